//! Tenants: in which one somebody acts, what counts there, and that nothing of one is left or seen in another.

use std::time::Duration;

use fanout::Start;
use sophon_core::agents::NewAgent;
use sophon_core::chat::Sent;
use sophon_core::identity::AuthorizationState::{Ended, Unchanged};
use sophon_core::identity::{Device, Login, NamedTenant, NewApiToken, Presented};
use sophon_core::only_if::OnlyIf;
use sophon_core::sessions::NewSession;
use sophon_core::tenants::{
    CreatedTenant, FirstAdministrator, MembershipChange, NewMember, NewTenant, TenantChange, WhichUser,
};
use sophon_core::users::{NewUser, UserChange};
use sophon_model::ports::{MemberFilter, SessionFilter, TenantFilter, every};
use sophon_model::{
    Agent, Caller, CustomRole, Error, Kind, Node, Page, Permission, Permissions, RightsChange, RightsOf,
    Role, Task, TenantId, TenantStatus, Topic, UserId,
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
async fn an_account_is_managed_at_home_and_nobody_gets_in_as_who_may_do_more_elsewhere() {
    let app = TestGateway::offline().await;
    let gateway = &app.gateway;
    let made = acme(&app).await;
    let boss = acting(&app, &sign_in(&app, "boss@acme.example").await, NamedTenant::Unnamed).await;
    let new =
        NewUser { email: "eve@acme.example".into(), name: "Eve".into(), role: Role::Viewer, password: None };
    let eve = gateway.users.create(&boss, new).await.unwrap().user.id;
    let password = || UserChange { password: Some(PASSWORD.into()), ..UserChange::default() };
    gateway.users.update(&boss, &eve, password()).await.unwrap();
    join(&app, &app.admin().tenant, &eve, Role::Admin).await;
    for change in [password(), UserChange { email: Some("b@acme.example".into()), ..UserChange::default() }] {
        let error = gateway.users.update(&boss, &eve, change).await.unwrap_err();
        assert_eq!(error.kind(), Kind::NotAuthorized, "she administers the deployment now: {error}");
    }
    let error = gateway.users.delete(&boss, &eve, None).await.unwrap_err();
    assert_eq!(error.code(), "member_elsewhere");
    // In the main tenant she is a guest: her role is given there, her account is not touched.
    let error = gateway.users.update(&app.admin(), &eve, password()).await.unwrap_err();
    assert_eq!(error.code(), "managed_elsewhere");
    let demote = UserChange { role: Some(Role::Viewer), ..UserChange::default() };
    gateway.users.update(&app.admin(), &eve, demote).await.unwrap();
    gateway.users.delete(&app.admin(), &eve, None).await.unwrap();
    assert_eq!(gateway.users.get(&app.admin(), &eve).await.unwrap_err().kind(), Kind::NotFound);
    assert_eq!(gateway.users.get(&boss, &eve).await.unwrap().tenant_id, made.tenant.id, "she is still there");
    gateway.users.update(&boss, &eve, password()).await.unwrap();
    let suspend = UserChange { is_suspended: Some(true), ..UserChange::default() };
    gateway.users.update(&boss, &eve, suspend).await.unwrap();
}

#[tokio::test]
async fn who_manages_tenants_gives_no_more_in_the_main_one_than_it_has() {
    let app = TestGateway::offline().await;
    let tenants = &app.gateway.tenants;
    let made = acme(&app).await;
    let narrow = vec![Permission::ManageTenants];
    let role = app.gateway.roles.create(&app.admin(), "Tenants", narrow).await.unwrap().role;
    let ann = user(&app, "ann@example.com", role).await;
    let caller = acting(&app, &sign_in(&app, "ann@example.com").await, NamedTenant::Unnamed).await;
    let own = app.admin().tenant;
    let become_admin = || MembershipChange { role: Role::Admin, only_if: OnlyIf::default() };
    let error = tenants.change_member(&caller, &own, &ann, become_admin()).await.unwrap_err();
    assert_eq!(error.kind(), Kind::NotAuthorized);
    let boss = made.administrator.user.id.clone();
    let new = NewMember { user: WhichUser::Id(boss), role: Role::Admin };
    assert_eq!(tenants.add_member(&caller, &own, new).await.unwrap_err().kind(), Kind::NotAuthorized);
    let admin = app.admin().user;
    let demote = MembershipChange { role: Role::Viewer, only_if: OnlyIf::default() };
    assert_eq!(
        tenants.change_member(&caller, &own, &admin, demote).await.unwrap_err().kind(),
        Kind::NotAuthorized
    );
    let new = NewMember { user: WhichUser::Email("ANN@example.com".into()), role: Role::Admin };
    tenants.add_member(&caller, &made.tenant.id, new).await.unwrap();
}

#[tokio::test]
async fn a_tenant_keeps_an_administrator_and_the_main_one_stays() {
    let app = TestGateway::offline().await;
    let tenants = &app.gateway.tenants;
    let (admin, made) = (app.admin(), acme(&app).await);
    let boss = made.administrator.user.id.clone();
    let demote = MembershipChange { role: Role::Viewer, only_if: OnlyIf::default() };
    let error = tenants.change_member(&admin, &made.tenant.id, &boss, demote).await.unwrap_err();
    assert_eq!(error.code(), "last_administrator");
    let error = tenants.remove_member(&admin, &made.tenant.id, &boss, None).await.unwrap_err();
    assert_eq!(error.code(), "home_tenant");
    let disable = || TenantChange { is_disabled: Some(true), ..TenantChange::default() };
    assert_eq!(tenants.update(&admin, &admin.tenant, disable()).await.unwrap_err().code(), "main_tenant");
    assert_eq!(tenants.delete(&admin, &made.tenant.id).await.unwrap_err().code(), "tenant_not_disabled");
    assert_eq!(tenants.delete(&admin, &admin.tenant).await.unwrap_err().code(), "tenant_not_disabled");
    // A guest who is the only administrator of a tenant cannot be suspended at home either.
    let ann = user(&app, "ann@example.com", Role::Viewer).await;
    let known = FirstAdministrator::Known(WhichUser::Id(ann.clone()));
    tenants.create(&admin, new_tenant("of-ann", known)).await.unwrap();
    let suspend = UserChange { is_suspended: Some(true), ..UserChange::default() };
    assert_eq!(
        app.gateway.users.update(&admin, &ann, suspend).await.unwrap_err().code(),
        "last_administrator"
    );
    let taken = tenants
        .create(&admin, new_tenant("acme", FirstAdministrator::Known(WhichUser::Id(admin.user.clone()))))
        .await
        .unwrap_err();
    assert_eq!(taken.kind(), Kind::Conflict);
}

#[tokio::test]
async fn nobody_acts_in_a_tenant_that_is_disabled_and_its_work_ends() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).may_leave_work().start().await;
        let (admin, made) = (app.admin(), acme(&app).await);
        let ann = user(&app, "ann@example.com", Role::Operator).await;
        join(&app, &made.tenant.id, &ann, Role::Operator).await;
        let (of_boss, of_ann) =
            (sign_in(&app, "boss@acme.example").await, sign_in(&app, "ann@example.com").await);
        let boss = acting(&app, &of_boss, NamedTenant::Unnamed).await;
        let there = acting(&app, &of_ann, at("acme")).await;
        let home = acting(&app, &of_ann, NamedTenant::Unnamed).await;
        let identity = &app.gateway.identity;
        let set = async |is_disabled: bool| {
            let change = TenantChange { is_disabled: Some(is_disabled), ..TenantChange::default() };
            app.gateway.tenants.update(&admin, &made.tenant.id, change).await.unwrap();
        };
        let mut changes = identity.changes();
        set(true).await;
        let told = changes.recv().await.unwrap();
        assert!(told.concern(&boss) && told.concern(&there) && !told.concern(&home));
        assert_eq!(identity.standing(&boss).await.unwrap(), Ended, "{engine:?}");
        assert_eq!(identity.standing(&there).await.unwrap(), Ended);
        assert_eq!(identity.standing(&home).await.unwrap(), Unchanged, "it is out of that tenant alone");
        let gone = refused(&app, &of_ann, at("acme")).await;
        assert_eq!(gone.to_string(), refused(&app, &of_ann, at("nowhere")).await.to_string());
        assert_eq!(refused(&app, &of_boss, NamedTenant::Unnamed).await.code(), "tenant_disabled");
        set(false).await;
        assert_eq!(identity.standing(&there).await.unwrap(), Unchanged);
        acting(&app, &of_boss, NamedTenant::Unnamed).await;
    }
}

#[tokio::test]
async fn what_happens_in_one_tenant_is_not_sent_to_the_same_user_in_another() {
    let app = TestGateway::offline().await;
    let made = acme(&app).await;
    let ann = user(&app, "ann@example.com", Role::Operator).await;
    join(&app, &made.tenant.id, &ann, Role::Operator).await;
    let token = sign_in(&app, "ann@example.com").await;
    let (home, there) =
        (acting(&app, &token, NamedTenant::Unnamed).await, acting(&app, &token, at("acme")).await);
    let gateway = &app.gateway;
    let followed = |caller: &Caller| {
        let own = caller.in_tenant();
        let subscription = gateway.db.bus().subscribe();
        for topic in [
            Topic::User(own.clone()),
            Topic::Feed(own.clone()),
            Topic::Tasks(own.clone()),
            Topic::Approvals(own),
        ] {
            subscription.follow(&topic, Start::Now);
        }
        subscription
    };
    for topic in
        [Topic::User(there.in_tenant()), Topic::Feed(there.in_tenant()), Topic::Tasks(there.in_tenant())]
    {
        assert_eq!(gateway.may_follow(&home, &topic).await.unwrap_err().kind(), Kind::NotFound, "{topic}");
    }
    let (at_home, in_acme) = (followed(&home), followed(&there));
    let sent = gateway.chat.send(&there, message(None, "a question")).await.unwrap();
    ended(&app, &there, &sent).await;
    let session = gateway.sessions.create(&home, NewSession::default()).await.unwrap();
    let mut entries = Vec::new();
    at_home.next(&mut entries).await.unwrap();
    let told = format!("{:?}", entries.iter().map(|entry| entry.value()).collect::<Vec<_>>());
    assert!(told.contains(session.id.as_str()) && !told.contains(sent.session_id.as_str()), "{told}");
    let mut entries = Vec::new();
    in_acme.next(&mut entries).await.unwrap();
    assert!(format!("{:?}", entries[0].value()).contains(sent.session_id.as_str()));
    // Nor is it listed, found or opened there.
    let page = || Page::new(None, None);
    let listed = gateway.sessions.list(&home, SessionFilter::default(), page()).await.unwrap().items;
    assert_eq!(listed.iter().map(|one| &one.id).collect::<Vec<_>>(), [&session.id]);
    assert!(gateway.sessions.search(&home, "question".into(), page()).await.unwrap().items.is_empty());
    assert_eq!(gateway.sessions.search(&there, "question".into(), page()).await.unwrap().items.len(), 1);
    let opened = gateway.sessions.get(Some(&home), &sent.session_id).await.unwrap_err();
    assert_eq!(opened.kind(), Kind::NotFound);
}

#[tokio::test]
async fn who_leaves_a_tenant_hands_over_what_is_there_and_keeps_the_rest() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).start().await;
        let (admin, made) = (app.admin(), acme(&app).await);
        let boss_id = made.administrator.user.id.clone();
        let ann = user(&app, "ann@example.com", Role::Operator).await;
        join(&app, &made.tenant.id, &ann, Role::Operator).await;
        let token = sign_in(&app, "ann@example.com").await;
        let (home, there) =
            (acting(&app, &token, NamedTenant::Unnamed).await, acting(&app, &token, at("acme")).await);
        let gateway = &app.gateway;
        let kept = gateway.sessions.create(&home, NewSession::default()).await.unwrap();
        let left = gateway.sessions.create(&there, NewSession::default()).await.unwrap();
        let tenants = &gateway.tenants;
        let refused = tenants.remove_member(&admin, &made.tenant.id, &ann, None).await.unwrap_err();
        assert_eq!((refused.code(), &refused.details().unwrap()["sessions"]), ("has_belongings", &1.into()));
        let stranger = tenants.remove_member(&admin, &made.tenant.id, &ann, Some(admin.user.clone())).await;
        assert_eq!(stranger.unwrap_err().field(), Some("reassign_to"), "an heir is a member of that tenant");
        tenants.remove_member(&admin, &made.tenant.id, &ann, Some(boss_id.clone())).await.unwrap();
        let boss = acting(&app, &sign_in(&app, "boss@acme.example").await, NamedTenant::Unnamed).await;
        let page = || Page::new(None, None);
        let his = gateway.sessions.list(&boss, SessionFilter::default(), page()).await.unwrap().items;
        assert_eq!(
            his.iter().map(|one| (&one.id, &one.owner_id)).collect::<Vec<_>>(),
            [(&left.id, &boss_id)]
        );
        let hers = gateway.sessions.list(&home, SessionFilter::default(), page()).await.unwrap().items;
        assert_eq!(hers.iter().map(|one| &one.id).collect::<Vec<_>>(), [&kept.id], "{engine:?}");
    }
}

#[tokio::test]
async fn a_tenant_is_deleted_with_all_that_it_has_and_nothing_else() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).start().await;
        let (admin, made, gateway) = (app.admin(), acme(&app).await, &app.gateway);
        let tenant = made.tenant.id.clone();
        let boss = acting(&app, &sign_in(&app, "boss@acme.example").await, NamedTenant::Unnamed).await;
        let new = NewUser {
            email: "eve@acme.example".into(),
            name: "Eve".into(),
            role: Role::Viewer,
            password: None,
        };
        let eve = gateway.users.create(&boss, new).await.unwrap().user.id;
        join(&app, &admin.tenant, &eve, Role::Viewer).await;
        let ann = user(&app, "ann@example.com", Role::Viewer).await;
        join(&app, &tenant, &ann, Role::Viewer).await;
        gateway
            .agents
            .create(&boss, NewAgent { name: "Second".into(), ..NewAgent::default() })
            .await
            .unwrap();
        gateway.roles.create(&boss, "Support", Vec::new()).await.unwrap();
        let sent = gateway.chat.send(&boss, message(None, "remember me")).await.unwrap();
        ended(&app, &boss, &sent).await;
        let own = gateway.chat.send(&admin, message(None, "remember me")).await.unwrap();
        app.ended(&own).await;
        let disable = TenantChange { is_disabled: Some(true), ..TenantChange::default() };
        gateway.tenants.update(&admin, &tenant, disable).await.unwrap();
        let deleting = gateway.tenants.delete(&admin, &tenant).await.unwrap();
        assert_eq!(deleting.status, TenantStatus::Deleting);
        let again = gateway.tenants.delete(&admin, &tenant).await;
        assert!(again.is_err_and(|error| ["tenant_deleting", "not_found"].contains(&error.code())));
        app.until(async || match gateway.tenants.get(&admin, &tenant).await {
            Err(error) if error.kind() == Kind::NotFound => Some(()),
            _ => None,
        })
        .await;
        let (gone, session, topic) =
            (tenant.clone(), sent.session_id.clone(), Topic::Session(sent.session_id.clone()));
        let (boss_id, eve_id, own_session) = (boss.user.clone(), eve.clone(), own.session_id.clone());
        let checked = gateway.db.read(move |tx| {
            assert_eq!(tx.count_in(&gone, &every::<Agent>())?, 0);
            assert_eq!(tx.count_in(&gone, &every::<CustomRole>())?, 0);
            assert_eq!(tx.count_in(&gone, &every::<Task>())?, 0);
            assert_eq!(tx.count_in(&gone, &every::<Node>())?, 0);
            assert_eq!(tx.count_in(&gone, &MemberFilter::default())?, 0);
            assert!(tx.get(&session)?.is_none());
            assert!(tx.events(&topic, 0, u64::MAX, 9)?.is_empty());
            assert!(tx.get(&boss_id)?.is_none(), "an account without a tenant is gone");
            let eve = tx.get(&eve_id)?.expect("a member of another tenant is not");
            assert!(tx.main_tenant()?.is_some_and(|main| main.id == eve.tenant_id), "that is her home now");
            assert!(tx.get(&own_session)?.is_some());
            Ok(())
        });
        checked.await.unwrap();
        let members =
            gateway.users.list(&admin, MemberFilter::default(), Page::new(None, None)).await.unwrap();
        assert_eq!(members.items.len(), 3, "{engine:?}: nobody else went");
        acting(&app, &sign_in(&app, "ann@example.com").await, NamedTenant::Unnamed).await;
    }
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
