//! Tenants: in which one somebody acts, what counts there, and that nothing of one is left or seen in another.

mod apart;
mod ends;
mod members;

use std::time::Duration;

use fanout::Start;
use sophon_core::agents::NewAgent;
use sophon_core::chat::Sent;
use sophon_core::identity::AuthorizationState::{Ended, Unchanged};
use sophon_core::identity::{Device, Login, NamedTenant, NewApiToken, Presented};
use sophon_core::only_if::OnlyIf;
use sophon_core::sessions::{ChangeMarks, ChangeSession, MOST_PINNED, NewSession};
use sophon_core::tenants::{
    CreatedTenant, FirstAdministrator, MembershipChange, NewMember, NewTenant, TenantChange, WhichUser,
};
use sophon_core::users::{NewUser, UserChange};
use sophon_model::ports::{MarksFilter, MemberFilter, SessionFilter, TagUse, TenantFilter, every};
use sophon_model::{
    Agent, Caller, CustomRole, Error, Kind, Node, Page, Permission, Permissions, RightsChange, RightsOf,
    Role, SessionId, Task, TenantId, TenantStatus, Topic, UserId, Visibility,
};
use sophon_testgateway::{Engine, Setup, TestGateway, message};

const PASSWORD: &str = "purple giraffe under water";

fn new_tenant(slug: &str, administrator: FirstAdministrator) -> NewTenant {
    NewTenant { name: slug.to_uppercase(), slug: slug.into(), description: None, administrator }
}

fn boss(email: &str) -> FirstAdministrator {
    FirstAdministrator::New { email: email.into(), name: "Boss".into(), password: Some(PASSWORD.into()) }
}

async fn acme(app: &TestGateway) -> CreatedTenant {
    app.gateway.tenants.create(&app.admin(), new_tenant("acme", boss("boss@acme.example"))).await.unwrap()
}

/// A user of the administrator's tenant.
async fn user(app: &TestGateway, email: &str, role: Role) -> UserId {
    let new = NewUser { email: email.into(), name: "Ann".into(), role, password: Some(PASSWORD.into()) };
    app.gateway.users.create(&app.admin(), new).await.unwrap().user.id
}

async fn join(app: &TestGateway, tenant: &TenantId, user: &UserId, role: Role) {
    let new = NewMember { user: WhichUser::Id(user.clone()), role };
    app.gateway.tenants.add_member(&app.admin(), tenant, new).await.unwrap();
}

/// Waits until what was asked has been answered.
async fn ended(app: &TestGateway, caller: &Caller, sent: &Sent) {
    app.until(async || {
        let task = app.gateway.tasks.get(caller, &sent.task_id).await.unwrap().task;
        task.status.is_final().then_some(())
    })
    .await;
}

fn at(slug: &str) -> NamedTenant {
    NamedTenant::Slug(slug.into())
}

/// Signs in, with a password of its own, and returns the access token.
async fn sign_in(app: &TestGateway, email: &str) -> String {
    let identity = &app.gateway.identity;
    let login = |password: &str| Login {
        email: email.into(),
        password: password.into(),
        device: Device::default(),
        tenant: NamedTenant::Unnamed,
    };
    let own = format!("the own one of {email}");
    let first = identity.login(login(PASSWORD)).await.unwrap();
    let presented = Presented::Bearer(&first.access_token);
    let due = app.gateway.identify(presented, NamedTenant::Unnamed).await.unwrap();
    let due = due.account().unwrap().clone();
    identity.change_password(&due, PASSWORD.into(), own.clone()).await.unwrap();
    identity.login(login(&own)).await.unwrap().access_token
}

async fn acting(app: &TestGateway, token: &str, named: NamedTenant) -> Caller {
    app.gateway.identity.authenticate(token, named).await.unwrap()
}

async fn refused(app: &TestGateway, token: &str, named: NamedTenant) -> Error {
    app.gateway.identity.authenticate(token, named).await.unwrap_err()
}

#[tokio::test]
async fn a_user_acts_in_each_of_its_tenants_with_the_role_that_it_has_there() {
    let app = TestGateway::offline().await;
    let made = acme(&app).await;
    let other =
        app.gateway.tenants.create(&app.admin(), new_tenant("other", boss("o@o.example"))).await.unwrap();
    let ann = user(&app, "ann@example.com", Role::Viewer).await;
    join(&app, &made.tenant.id, &ann, Role::Operator).await;
    let token = sign_in(&app, "ann@example.com").await;
    let home = acting(&app, &token, NamedTenant::Unnamed).await;
    assert_eq!((&home.tenant, &home.role), (&app.admin().tenant, &Role::Viewer), "at home if none is named");
    let there = acting(&app, &token, at("acme")).await;
    assert_eq!((&there.tenant, &there.role), (&made.tenant.id, &Role::Operator));
    let profile = app.gateway.identity.me(&there).await.unwrap();
    let known: Vec<_> = profile.tenants.iter().map(|one| one.tenant_slug.as_str()).collect();
    assert_eq!((profile.member.tenant_slug.as_str(), known), ("acme", vec!["default", "acme"]));
    let foreign = refused(&app, &token, at(&other.tenant.slug)).await;
    let unknown = refused(&app, &token, at("nowhere")).await;
    let several = refused(&app, &token, NamedTenant::Several).await;
    for error in [&foreign, &unknown, &several] {
        assert_eq!((error.kind(), error.to_string()), (Kind::NotAuthorized, unknown.to_string()));
    }
    assert_eq!(
        acting(&app, &token, NamedTenant::in_headers([&b"acme"[..], b"acme"])).await.tenant,
        there.tenant
    );
}

#[tokio::test]
async fn an_api_token_acts_in_the_tenant_that_it_was_made_in_and_in_no_other() {
    let app = TestGateway::offline().await;
    let made = acme(&app).await;
    let ann = user(&app, "ann@example.com", Role::Operator).await;
    join(&app, &made.tenant.id, &ann, Role::Admin).await;
    let sign_in = sign_in(&app, "ann@example.com").await;
    let (home, there) =
        (acting(&app, &sign_in, NamedTenant::Unnamed).await, acting(&app, &sign_in, at("acme")).await);
    let identity = &app.gateway.identity;
    let new = || NewApiToken { name: "script".into(), permissions: None, ends: None };
    let (of_home, secret_of_home) = identity.create_api_token(&home, new()).await.unwrap();
    let (_, secret_of_acme) = identity.create_api_token(&there, new()).await.unwrap();
    assert_eq!(acting(&app, &secret_of_home, NamedTenant::Unnamed).await.tenant, home.tenant);
    assert_eq!(acting(&app, &secret_of_home, at("default")).await.tenant, home.tenant);
    assert_eq!(refused(&app, &secret_of_home, at("acme")).await.kind(), Kind::NotAuthorized);
    let of_acme = acting(&app, &secret_of_acme, NamedTenant::Unnamed).await;
    assert_eq!(
        (&of_acme.tenant, &of_acme.role),
        (&made.tenant.id, &Role::Admin),
        "not the home of its maker"
    );
    assert_eq!(refused(&app, &secret_of_acme, at("default")).await.kind(), Kind::NotAuthorized);
    assert_eq!(identity.me(&of_acme).await.unwrap().tenants.len(), 1, "it learns of no other one");
    let listed = identity.api_tokens(&there).await.unwrap();
    assert!(listed.iter().all(|token| token.id != of_home.id) && listed.len() == 1);
    assert_eq!(identity.revoke_api_token(&there, &of_home.id).await.unwrap_err().kind(), Kind::NotFound);

    // A member who leaves and comes back does not find its tokens working again.
    app.gateway.tenants.remove_member(&app.admin(), &made.tenant.id, &ann, None).await.unwrap();
    assert_eq!(refused(&app, &secret_of_acme, NamedTenant::Unnamed).await.kind(), Kind::Unauthenticated);
    join(&app, &made.tenant.id, &ann, Role::Admin).await;
    assert_eq!(refused(&app, &secret_of_acme, NamedTenant::Unnamed).await.kind(), Kind::Unauthenticated);
    acting(&app, &secret_of_home, NamedTenant::Unnamed).await;
}

#[tokio::test]
async fn what_concerns_the_deployment_is_done_in_the_main_tenant_alone() {
    let app = TestGateway::offline().await;
    let gateway = &app.gateway;
    let made = acme(&app).await;
    let boss = acting(&app, &sign_in(&app, "boss@acme.example").await, NamedTenant::Unnamed).await;
    assert_eq!(boss.role, Role::Admin);
    assert_eq!(boss.permissions, Permissions::ALL.without(Permission::OF_DEPLOYMENT));
    for refused in [
        gateway.tenants.list(&boss, TenantFilter::default(), Page::new(None, None)).await.map(drop),
        gateway.tenants.get(&boss, &made.tenant.id).await.map(drop),
        gateway.models.providers(&boss).await.map(drop),
        gateway.jobs.counts(&boss).await.map(drop),
    ] {
        let error = refused.unwrap_err();
        assert_eq!(error.kind(), Kind::NotAuthorized);
        let missing = error.details().unwrap()["permission"].as_str().unwrap().to_owned();
        assert!(Permission::OF_DEPLOYMENT.iter().any(|permission| permission.name() == missing), "{missing}");
    }
    // A role that includes it does not either, and the administrator can still make others.
    let listed = gateway.roles.get(&boss, Role::Admin).await.unwrap();
    assert_eq!(listed.permissions, boss.permissions);
    let roles = &gateway.roles;
    let wide = roles.create(&boss, "Wide", vec![Permission::ManageModels]).await.unwrap_err();
    assert_eq!(wide.kind(), Kind::NotAuthorized);
    let new =
        NewUser { email: "second@acme.example".into(), name: "S".into(), role: Role::Admin, password: None };
    gateway.users.create(&boss, new).await.unwrap();
    // A member of both has it where it counts.
    let ann = user(&app, "ann@example.com", Role::Admin).await;
    join(&app, &made.tenant.id, &ann, Role::Admin).await;
    let token = sign_in(&app, "ann@example.com").await;
    assert!(acting(&app, &token, NamedTenant::Unnamed).await.has(Permission::ManageTenants));
    assert!(!acting(&app, &token, at("acme")).await.has(Permission::ManageTenants));
}

#[tokio::test]
async fn a_process_learns_whose_rights_another_one_has_changed() {
    for engine in Engine::available() {
        if engine == Engine::Sqlite {
            continue;
        }
        let app = Setup::default().on(engine).start().await;
        let mut changes = app.gateway.identity.changes();
        // What is written past the service is what another process writes.
        let noted = app.gateway.db.write(|unit| {
            let whose = RightsOf::Tenant(TenantId::from("tenant_other"));
            let (id, at) = (unit.new_id(), unit.now());
            unit.tx.insert(&RightsChange { id, whose, at })
        });
        noted.await.unwrap();
        let told = tokio::time::timeout(Duration::from_secs(5), changes.recv()).await;
        let told = told.expect("it is noticed within five seconds").unwrap();
        assert_eq!(told, RightsOf::Tenant(TenantId::from("tenant_other")));
    }
}
