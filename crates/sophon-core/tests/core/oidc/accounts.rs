//! Which account somebody from a provider signs in to.

use sophon_core::identity::{Device, Login, NamedTenant};
use sophon_core::users::{NewUser, UserChange};
use sophon_model::{Caller, Role};
use sophon_testgateway::{ADMIN_EMAIL, ADMIN_PASSWORD, Engine};
use sophon_testkit::oidc_server::Person;

use super::{ID, Scene, grace};

const PASSWORD: &str = "a password of her own";

/// The administrator, who has an account of its own.
pub(super) async fn admin(scene: &Scene) -> Caller {
    signed_in(scene, ADMIN_EMAIL, ADMIN_PASSWORD).await
}

async fn signed_in(scene: &Scene, email: &str, password: &str) -> Caller {
    let (device, tenant) = (Device::default(), NamedTenant::Unnamed);
    let login = Login { email: email.into(), password: password.into(), device, tenant };
    let identity = &scene.gateway.gateway.identity;
    let signed_in = identity.login(login).await.unwrap();
    match identity.authenticate(&signed_in.access_token, NamedTenant::Unnamed).await {
        Ok(caller) => caller,
        Err(error) => panic!("{email}: {error}"),
    }
}

/// An account with the address that Grace has at the provider.
async fn local_grace(scene: &Scene) -> Caller {
    let admin = admin(scene).await;
    let new = NewUser {
        email: "grace@example.com".into(),
        name: "Grace".into(),
        role: Role::Operator,
        password: Some("the first password".into()),
    };
    scene.gateway.gateway.users.create(&admin, new).await.unwrap();
    let (device, tenant) = (Device::default(), NamedTenant::Unnamed);
    let identity = &scene.gateway.gateway.identity;
    let login =
        Login { email: "grace@example.com".into(), password: "the first password".into(), device, tenant };
    let token = identity.login(login).await.unwrap().access_token;
    let due = identity.authenticate(&token, NamedTenant::Unnamed).await;
    assert_eq!(due.unwrap_err().code(), "password_change_required");
    let presented = sophon_core::identity::Presented::Bearer(&token);
    let identified = scene.gateway.gateway.identify(presented, NamedTenant::Unnamed).await.unwrap();
    let due = identified.account().unwrap();
    identity.change_password(due, "the first password".into(), PASSWORD.into()).await.unwrap();
    signed_in(scene, "grace@example.com", PASSWORD).await
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_new_gets_an_account_and_comes_back_to_it() {
    for engine in Engine::available() {
        let scene = Scene::on(engine, |_| {}).await;
        let first = scene.sign_in().await.unwrap();
        let member = &first.signed_in.profile.member;
        assert_eq!((member.email.as_str(), member.name.as_str()), ("grace@example.com", "Grace"));
        assert_eq!((&member.role, member.password_due), (&Role::Viewer, false));
        // An account stays the person's when the provider has another address for them.
        scene.server.sign_in(Person { email: Some("new@example.com".into()), ..grace() });
        let second = scene.sign_in().await.unwrap();
        assert_eq!(second.signed_in.profile.member.id, member.id);
        // Another person with the old address is another person.
        scene.server.sign_in(Person { subject: "mallory".into(), ..grace() });
        assert_eq!(scene.refusal().await, "link_required");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_signs_in_with_a_password_to_an_account_that_has_none() {
    let scene = Scene::new(|_| {}).await;
    scene.sign_in().await.unwrap();
    for password in ["", "!", "grace@example.com", ADMIN_PASSWORD] {
        let (device, tenant) = (Device::default(), NamedTenant::Unnamed);
        let login = Login { email: "grace@example.com".into(), password: password.into(), device, tenant };
        scene.gateway.gateway.identity.login(login).await.unwrap_err();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_that_is_not_confirmed_is_nobodys() {
    let scene = Scene::new(|_| {}).await;
    let unconfirmed = [
        Person { is_email_verified: Some(false), ..grace() },
        Person { is_email_verified: None, ..grace() },
        Person { email: None, ..grace() },
        Person { email: Some("not an address".into()), ..grace() },
        // Whether there is such an account is not told either.
        Person { email: Some(ADMIN_EMAIL.into()), is_email_verified: None, ..grace() },
    ];
    for person in unconfirmed {
        scene.server.sign_in(person.clone());
        assert_eq!(scene.refusal().await, "email_not_verified", "{person:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_gets_an_account_where_none_are_made() {
    let scene = Scene::new(|provider| provider.creates_accounts = false).await;
    assert_eq!(scene.refusal().await, "no_account");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_there_is_connected_with_its_own_password() {
    let scene = Scene::new(|_| {}).await;
    let own = local_grace(&scene).await;
    let refused = scene.sign_in().await.unwrap_err();
    assert_eq!(refused.code(), "link_required");
    let token = refused.details().unwrap()["linkToken"].as_str().unwrap().to_owned();
    let oidc = &scene.gateway.gateway.oidc;
    // It connects nobody else's account, and an API token connects none.
    let admin = admin(&scene).await;
    assert_eq!(oidc.link(&admin, ID, &token).await.unwrap_err().code(), "link_expired");
    oidc.link(&own, ID, "made up").await.unwrap_err();
    oidc.link(&own, ID, &token).await.unwrap();
    let finished = scene.sign_in().await.unwrap();
    assert_eq!(finished.signed_in.profile.member.id, own.user);
    assert_eq!(finished.signed_in.profile.member.role, Role::Operator, "it keeps its role");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_trusted_with_a_domain_connects_by_its_word() {
    let scene = Scene::new(|provider| provider.trusted_domains = vec!["example.com".into()]).await;
    let own = local_grace(&scene).await;
    // Its word on other domains counts for no more than before.
    let outside = Person { email: Some("ada@elsewhere.example".into()), is_email_verified: None, ..grace() };
    scene.server.sign_in(Person { subject: "ada".into(), ..outside });
    assert_eq!(scene.refusal().await, "email_not_verified");
    // It need not say that an address is confirmed, but it must not say the opposite.
    scene.server.sign_in(Person { is_email_verified: Some(false), ..grace() });
    assert_eq!(scene.refusal().await, "email_not_verified");
    scene.server.sign_in(Person { is_email_verified: None, ..grace() });
    assert_eq!(scene.sign_in().await.unwrap().signed_in.profile.member.id, own.user);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_was_suspended_or_deleted_stays_out() {
    let scene = Scene::new(|_| {}).await;
    let user = scene.sign_in().await.unwrap().signed_in.profile.member.id;
    let admin = admin(&scene).await;
    let users = &scene.gateway.gateway.users;
    let suspend = |is_suspended| UserChange { is_suspended: Some(is_suspended), ..UserChange::default() };
    users.update(&admin, &user, suspend(true)).await.unwrap();
    assert_eq!(scene.refusal().await, "account_disabled");
    users.update(&admin, &user, suspend(false)).await.unwrap();
    scene.sign_in().await.unwrap();
    users.delete(&admin, &user, None).await.unwrap();
    assert_eq!(scene.refusal().await, "account_disabled");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_tells_to_the_bearer_of_the_token_alone_counts_as_well() {
    let scene = Scene::new(|_| {}).await;
    scene.server.tell_apart();
    let finished = scene.sign_in().await.unwrap();
    assert_eq!(finished.signed_in.profile.member.email, "grace@example.com");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_password_that_somebody_else_chose_signs_nobody_in_once_the_person_has_come_by_the_provider() {
    let scene = Scene::new(|provider| provider.trusted_domains = vec!["example.com".into()]).await;
    let admin = admin(&scene).await;
    let new = NewUser {
        email: "grace@example.com".into(),
        name: "Grace".into(),
        role: Role::Operator,
        password: Some("the first password".into()),
    };
    scene.gateway.gateway.users.create(&admin, new).await.unwrap();
    let identity = &scene.gateway.gateway.identity;
    let login = || Login {
        email: "grace@example.com".into(),
        password: "the first password".into(),
        device: Device::default(),
        tenant: NamedTenant::Unnamed,
    };
    let theirs = identity.login(login()).await.unwrap().access_token;
    let finished = scene.sign_in().await.unwrap();
    assert_eq!(scene.caller(&finished).await.role, Role::Operator);
    identity.login(login()).await.unwrap_err();
    let ended = identity.authenticate(&theirs, NamedTenant::Unnamed).await.unwrap_err();
    assert_eq!(ended.code(), "unauthenticated");
}
