//! What groups at a provider mean here.

use sophon_core::users::UserChange;
use sophon_model::Role;
use sophon_testgateway::Setup;
use sophon_testkit::OidcServer;
use sophon_testkit::oidc_server::Person;

use super::{Scene, grace, group, provider};

async fn role_in(scene: &Scene, groups: &[&str]) -> Role {
    scene.server.sign_in(grace().in_groups(groups));
    let finished = scene.sign_in().await.unwrap();
    let caller = scene.caller(&finished).await;
    assert_eq!(caller.role, finished.signed_in.profile.member.role);
    caller.role
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_mean_roles_at_each_sign_in() {
    let scene = Scene::new(|provider| {
        provider.roles = vec![group("staff", "Operator"), group("everybody", "Viewer")];
    })
    .await;
    assert_eq!(role_in(&scene, &["everybody", "staff"]).await, Role::Operator);
    let before = scene.sign_in().await.unwrap();
    assert_eq!(role_in(&scene, &["everybody"]).await, Role::Viewer);
    assert_eq!(scene.caller(&before).await.role, Role::Viewer, "what is open has the new role, too");
    scene.server.sign_in(grace().in_groups(&["strangers"]));
    assert_eq!(scene.refusal().await, "no_role");
    scene.server.sign_in(grace());
    assert_eq!(scene.refusal().await, "no_role");
}

#[tokio::test(flavor = "multi_thread")]
async fn others_get_the_default_role() {
    let scene = Scene::new(|provider| {
        provider.roles = vec![group("staff", "Operator")];
        provider.default_role = Some("Viewer".into());
    })
    .await;
    assert_eq!(role_in(&scene, &["staff"]).await, Role::Operator);
    assert_eq!(role_in(&scene, &[]).await, Role::Viewer);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_groups_a_role_that_was_given_here_stays() {
    let scene = Scene::new(|provider| provider.default_role = Some("Operator".into())).await;
    assert_eq!(role_in(&scene, &[]).await, Role::Operator);
    let grace = scene.sign_in().await.unwrap().signed_in.profile.member;
    let mover = scene.gateway.gateway.clone();
    let admin = super::accounts::admin(&scene).await;
    let change = UserChange { role: Some(Role::Viewer), ..UserChange::default() };
    mover.users.update(&admin, &grace.id, change).await.unwrap();
    assert_eq!(role_in(&scene, &["staff"]).await, Role::Viewer);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_administrator_stays_one() {
    let scene = Scene::new(|provider| {
        provider.roles = vec![group("admins", "Admin"), group("staff", "Viewer")];
    })
    .await;
    assert_eq!(role_in(&scene, &["admins"]).await, Role::Admin);
    let grace = scene.sign_in().await.unwrap();
    let (caller, users) = (scene.caller(&grace).await, &scene.gateway.gateway.users);
    let first = super::accounts::admin(&scene).await.user;
    let change = UserChange { role: Some(Role::Viewer), ..UserChange::default() };
    users.update(&caller, &first, change).await.unwrap();
    assert_eq!(role_in(&scene, &["staff"]).await, Role::Admin);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gateway_does_not_start_with_a_role_or_a_tenant_that_is_not_there() {
    for configure in [
        (|provider| provider.roles = vec![group("staff", "Owner")]) as fn(&mut super::ConfiguredProvider),
        |provider| provider.default_role = Some("viewer".into()),
        |provider| provider.tenant = Some("acme".into()),
    ] {
        let setup = Setup::default();
        let server = OidcServer::start(Person::new("a", "a@example.com", "A"), setup.clock()).await;
        let mut provider = provider(&server, setup.clock());
        configure(&mut provider);
        let Err(refused) = setup.identity_provider(provider).try_start().await else { panic!("it starts") };
        assert!(refused.message().starts_with("The identity provider 'example' cannot be used"), "{refused}");
    }
}
