//! Users and roles: who may make and change whom, and what counts at once.

use futures_util::future::join_all;
use sophon_core::database::Unit;
use sophon_core::identity::{
    AccountChange, AuthorizationState, Device, Login, NamedTenant, NewApiToken, Presented,
};
use sophon_core::roles::RoleChange;
use sophon_core::sessions::NewSession;
use sophon_core::users::{CreatedUser, NewUser, UserChange};
use sophon_model::ports::{MemberFilter, SessionFilter};
use sophon_model::{
    Caller, Credential, Error, Kind, Page, Permission, Permissions, RightsOf, Role, TenantId, User, UserId,
    UserStatus,
};
use sophon_testgateway::{Engine, Setup, TestGateway};
use sophon_testkit::make;

const NEW_PASSWORD: &str = "purple giraffe under water";

fn new_user(email: &str, role: Role) -> NewUser {
    NewUser { email: email.into(), name: "Ann".into(), role, password: None }
}

async fn made(app: &TestGateway, email: &str, role: Role) -> CreatedUser {
    app.gateway.users.create(&app.admin(), new_user(email, role)).await.unwrap()
}

fn login(email: &str, password: &str) -> Login {
    Login {
        email: email.into(),
        password: password.into(),
        device: Device::default(),
        tenant: NamedTenant::Unnamed,
    }
}

/// A new user who has chosen a password and signed in.
async fn signed_in(app: &TestGateway, email: &str, role: Role) -> (UserId, Caller) {
    let identity = &app.gateway.identity;
    let made = made(app, email, role.clone()).await;
    let first = made.password.unwrap();
    let token = identity.login(login(email, &first)).await.unwrap().access_token;
    let due = app.gateway.identify(Presented::Bearer(&token), NamedTenant::Unnamed).await.unwrap();
    identity.change_password(due.account().unwrap(), first, NEW_PASSWORD.into()).await.unwrap();
    (made.user.id, identity.authenticate(&token, NamedTenant::Unnamed).await.unwrap())
}

/// A caller with just these permissions.
async fn with_role(app: &TestGateway, name: &str, permissions: &[Permission]) -> Caller {
    let role = app.gateway.roles.create(&app.admin(), name, permissions.to_vec()).await.unwrap();
    signed_in(app, &format!("{name}@example.com"), role.role).await.1
}

#[tokio::test]
async fn the_password_that_somebody_else_chose_is_good_for_nothing_but_its_change() {
    let app = TestGateway::offline().await;
    let identity = &app.gateway.identity;
    let made = made(&app, "Ann@Example.com", Role::Operator).await;
    assert_eq!((made.user.email.as_str(), made.user.password_due), ("ann@example.com", true));
    let first = made.password.unwrap();
    let signed_in = identity.login(login("ann@example.com", &first)).await.unwrap();
    let elsewhere = identity.login(login("ann@example.com", &first)).await.unwrap();
    let refused = identity.authenticate(&signed_in.access_token, NamedTenant::Unnamed).await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (Kind::NotAuthorized, "password_change_required"));
    let due = app.gateway.identify(Presented::Bearer(&signed_in.access_token), NamedTenant::Unnamed).await;
    let due = due.unwrap().account().unwrap().clone();

    let change = async |current: &str, new: &str| {
        identity.change_password(&due, current.into(), new.into()).await.map(drop)
    };
    assert_eq!(change("not it", NEW_PASSWORD).await.unwrap_err().code(), "wrong_password");
    assert_eq!(change(&first, &first).await.unwrap_err().field(), Some("new_password"));
    assert_eq!(change(&first, "short").await.unwrap_err().field(), Some("new_password"));
    change(&first, NEW_PASSWORD).await.unwrap();

    identity.authenticate(&signed_in.access_token, NamedTenant::Unnamed).await.unwrap();
    assert_eq!(
        identity.authenticate(&elsewhere.access_token, NamedTenant::Unnamed).await.unwrap_err().kind(),
        Kind::Unauthenticated
    );
    identity.login(login("ann@example.com", &first)).await.unwrap_err();
    identity.login(login("ann@example.com", NEW_PASSWORD)).await.unwrap();
}

#[tokio::test]
async fn a_password_that_is_guessed_from_a_stolen_sign_in_is_guessed_slowly() {
    let app = TestGateway::offline().await;
    let (_, caller) = signed_in(&app, "ann@example.com", Role::Viewer).await;
    for _ in 0..100 {
        let guess = app.gateway.identity.change_password(&caller, "guess".into(), NEW_PASSWORD.into()).await;
        match guess.unwrap_err().kind() {
            Kind::Conflict => {}
            kind => return assert_eq!(kind, Kind::RateLimited),
        }
    }
    panic!("a hundred guesses");
}

#[tokio::test]
async fn nobody_makes_changes_or_takes_over_who_may_do_more() {
    let app = TestGateway::offline().await;
    let (users, roles) = (&app.gateway.users, &app.gateway.roles);
    let admin = made(&app, "boss@example.com", Role::Admin).await.user;
    let held =
        [Permission::ManageUsers, Permission::ManageRoles, Permission::AssignRoles, Permission::ViewUsers];
    let clerk = with_role(&app, "clerk", &held).await;

    let refused = users.create(&clerk, new_user("x@example.com", Role::Operator)).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::NotAuthorized);
    let change = UserChange { password: Some(NEW_PASSWORD.into()), ..UserChange::default() };
    let refused = users.update(&clerk, &admin.id, change).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::NotAuthorized);
    assert_eq!(users.delete(&clerk, &admin.id, None).await.unwrap_err().kind(), Kind::NotAuthorized);
    assert_eq!(users.end_sign_ins(&clerk, &admin.id, true).await.unwrap_err().kind(), Kind::NotAuthorized);
    let promote = UserChange { role: Some(Role::Admin), ..UserChange::default() };
    let refused = users.update(&clerk, &clerk.user, promote).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::NotAuthorized);
    let refused = roles.create(&clerk, "more", vec![Permission::ManageSystem]).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::NotAuthorized);
    let wider = RoleChange { permissions: Some(vec![Permission::ManageSystem]), ..RoleChange::default() };
    let refused = roles.update(&clerk, clerk.role.clone(), wider).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::NotAuthorized);

    let role = roles.create(&clerk, "guest", vec![Permission::ViewUsers]).await.unwrap().role;
    users.create(&clerk, new_user("guest@example.com", role)).await.unwrap();
}

#[tokio::test]
async fn an_api_token_of_an_administrator_does_not_take_over_its_owner() {
    let app = TestGateway::offline().await;
    let users = &app.gateway.users;
    let (id, caller) = signed_in(&app, "boss@example.com", Role::Admin).await;
    let other = made(&app, "ann@example.com", Role::Viewer).await.user.id;
    let password = || UserChange { password: Some("another good one".into()), ..UserChange::default() };
    let own = users.update(&caller, &id, password()).await.unwrap_err();
    assert_eq!(own.kind(), Kind::Conflict, "the present password is asked for elsewhere");

    let by_token = with_token(&app, &caller).await;
    let email = UserChange { email: Some("mine@example.com".into()), ..UserChange::default() };
    for refused in [
        users.update(&by_token, &id, password()).await.map(drop),
        users.update(&by_token, &id, email).await.map(drop),
        users.end_sign_ins(&by_token, &id, true).await,
    ] {
        assert_eq!(refused.unwrap_err().kind(), Kind::NotAuthorized);
    }
    app.gateway.identity.login(login("boss@example.com", NEW_PASSWORD)).await.unwrap();
    users.update(&by_token, &other, password()).await.unwrap();

    // Nor by way of somebody whom it makes, or of another administrator.
    let all = Permissions::ALL.without(&[Permission::EndSignIns]);
    let puppet = app.gateway.roles.create(&by_token, "puppet", all.iter().collect()).await.unwrap().role;
    users.create(&by_token, new_user("puppet@example.com", puppet.clone())).await.unwrap();
    let (_, puppet) = signed_in(&app, "second@example.com", puppet).await;
    for by in [&puppet, &by_token] {
        let demote = UserChange { role: Some(Role::Viewer), ..UserChange::default() };
        assert_eq!(
            users.update(by, &app.admin().user, demote).await.unwrap_err().kind(),
            Kind::NotAuthorized
        );
        assert_eq!(
            users.update(by, &app.admin().user, password()).await.unwrap_err().kind(),
            Kind::NotAuthorized
        );
    }
}

/// The caller by an API token that may do what such a token may if nothing else is said.
async fn with_token(app: &TestGateway, caller: &Caller) -> Caller {
    let new = NewApiToken { name: "script".into(), permissions: None, ends: None };
    let (_, secret) = app.gateway.identity.create_api_token(caller, new).await.unwrap();
    app.gateway.identity.authenticate(&secret, NamedTenant::Unnamed).await.unwrap()
}

#[tokio::test]
async fn what_was_asked_with_rights_that_have_ended_meanwhile_is_not_done() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).start().await;
        let (users, admin) = (&app.gateway.users, app.admin());
        let change = async |change: UserChange, id: &UserId| users.update(&admin, id, change).await;
        let name = || AccountChange { name: Some("Zombie".into()), ..AccountChange::default() };

        let (demoted, by) = signed_in(&app, "demoted@example.com", Role::Admin).await;
        change(UserChange { role: Some(Role::Operator), ..UserChange::default() }, &demoted).await.unwrap();
        let made = users.create(&by, new_user("x@example.com", Role::Admin)).await.unwrap_err();
        assert_eq!(made.kind(), Kind::NotAuthorized);
        let again = UserChange { role: Some(Role::Admin), ..UserChange::default() };
        assert_eq!(users.update(&by, &demoted, again).await.unwrap_err().kind(), Kind::NotAuthorized);
        let role = app.gateway.roles.create(&by, "mine", vec![Permission::ManageUsers]).await;
        assert_eq!(role.unwrap_err().kind(), Kind::NotAuthorized);

        let (suspended, by) = signed_in(&app, "suspended@example.com", Role::Admin).await;
        change(UserChange { is_suspended: Some(true), ..UserChange::default() }, &suspended).await.unwrap();
        let (deleted, by_deleted) = signed_in(&app, "deleted@example.com", Role::Admin).await;
        users.delete(&admin, &deleted, None).await.unwrap();
        for by in [&by, &by_deleted] {
            let made = users.create(by, new_user("y@example.com", Role::Viewer)).await.unwrap_err();
            let token = NewApiToken { name: "kept".into(), permissions: None, ends: None };
            let token = app.gateway.identity.create_api_token(by, token).await.unwrap_err();
            let account = app.gateway.identity.change_account(by, name()).await.unwrap_err();
            let session = app.gateway.sessions.create(by, NewSession::default()).await.unwrap_err();
            for refused in [made, token, account, session] {
                assert_eq!(refused.kind(), Kind::Unauthenticated);
            }
        }
    }
}

#[tokio::test]
async fn of_two_changes_of_a_password_with_the_same_present_one_the_first_counts() {
    let app = TestGateway::offline().await;
    let (_, caller) = signed_in(&app, "ann@example.com", Role::Viewer).await;
    let identity = &app.gateway.identity;
    let new = ["purple giraffe on ice", "purple giraffe on fire"];
    let changes = new.map(|new| identity.change_password(&caller, NEW_PASSWORD.into(), new.into()));
    let outcomes = join_all(changes).await;
    let refused: Vec<&str> = outcomes.iter().filter_map(|one| one.as_ref().err()).map(Error::code).collect();
    assert_eq!(refused, ["wrong_password"]);
    for (new, outcome) in new.into_iter().zip(&outcomes) {
        assert_eq!(identity.login(login("ann@example.com", new)).await.is_ok(), outcome.is_ok());
    }
}

#[tokio::test]
async fn strangers_do_not_keep_those_who_have_signed_in_from_changing_their_password() {
    let app = TestGateway::offline().await;
    let (_, caller) = signed_in(&app, "ann@example.com", Role::Viewer).await;
    let identity = &app.gateway.identity;
    let mut guess = login("ann@example.com", "guess");
    guess.device.address = Some("203.0.113.7".parse().unwrap());
    while identity.login(guess.clone()).await.unwrap_err().kind() != Kind::RateLimited {}
    let wrong = identity.change_password(&caller, "mistyped".into(), "purple giraffe on ice".into()).await;
    assert_eq!(wrong.unwrap_err().code(), "wrong_password");
    identity.change_password(&caller, NEW_PASSWORD.into(), "purple giraffe on ice".into()).await.unwrap();
}

#[tokio::test]
async fn who_is_suspended_and_let_in_again_signs_in_anew() {
    let app = TestGateway::offline().await;
    let (id, caller) = signed_in(&app, "ann@example.com", Role::Operator).await;
    let token = with_token(&app, &caller).await;
    let standing = async |caller: &Caller| app.gateway.identity.standing(caller).await.unwrap();
    for is_suspended in [true, false] {
        let change = UserChange { is_suspended: Some(is_suspended), ..UserChange::default() };
        app.gateway.users.update(&app.admin(), &id, change).await.unwrap();
    }
    assert_eq!(standing(&caller).await, AuthorizationState::Ended);
    assert_eq!(standing(&token).await, AuthorizationState::Unchanged);
    app.gateway.users.end_sign_ins(&app.admin(), &id, true).await.unwrap();
    assert_eq!(standing(&token).await, AuthorizationState::Ended);
}

fn may_not(error: &Error) -> bool {
    matches!(error.kind(), Kind::NotAuthorized | Kind::Unauthenticated)
}

#[tokio::test]
async fn a_tenant_keeps_an_administrator_whatever_is_asked_for_at_once() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).start().await;
        let users = &app.gateway.users;
        let admins = app.gateway.db.write(|unit| {
            let tenant = make::tenant(unit.new_id::<TenantId>());
            unit.tx.insert(&tenant)?;
            let admin = |unit: &mut Unit<'_>| {
                let user = User { tenant_id: tenant.id.clone(), ..make::user(unit.new_id::<UserId>()) };
                make::register(unit.tx, &user, Role::Admin)?;
                Ok::<_, Error>(user)
            };
            Ok([admin(unit)?, admin(unit)?, admin(unit)?])
        });
        let admins = admins.await.unwrap();
        let demote = || UserChange { role: Some(Role::Viewer), ..UserChange::default() };
        let suspend = || UserChange { is_suspended: Some(true), ..UserChange::default() };
        // Each by another one, in a circle, twice.
        let as_caller = |user: &User| {
            let tenant = user.tenant_id.clone();
            let permissions = Permissions::ALL.without(Permission::OF_DEPLOYMENT);
            Caller { user: user.id.clone(), tenant, permissions, ..app.admin() }
        };
        let callers = [&admins[1], &admins[2], &admins[0]].map(as_caller);
        let demoted = join_all((0..3).map(|n| users.update(&callers[n], &admins[n].id, demote())));
        let suspended = join_all((0..3).map(|n| users.update(&callers[n], &admins[n].id, suspend())));
        let (demoted, suspended) = tokio::join!(demoted, suspended);
        let refused = demoted.iter().chain(&suspended).filter_map(|outcome| outcome.as_ref().err());
        // Who was demoted before may not any more.
        let is_right = |error: &Error| error.code() == "last_administrator" || may_not(error);
        assert!(refused.clone().all(is_right), "{engine:?}");
        assert!(refused.count() > 0, "{engine:?}");
        let filter = MemberFilter {
            role: Some(Role::Admin),
            status: Some(UserStatus::Active),
            ..MemberFilter::default()
        };
        let left = users.list(&callers[0], filter, Page::new(None, None)).await.unwrap().items;
        assert_eq!(left.len(), 1, "{engine:?}");
    }
}

#[tokio::test]
async fn what_a_user_may_do_counts_at_once_and_ends_its_work() {
    let app = TestGateway::offline().await;
    let (users, identity) = (&app.gateway.users, &app.gateway.identity);
    let (id, caller) = signed_in(&app, "ann@example.com", Role::Operator).await;
    let mut changes = identity.changes();

    let demote = UserChange { role: Some(Role::Viewer), ..UserChange::default() };
    users.update(&app.admin(), &id, demote).await.unwrap();
    assert_eq!(changes.recv().await.unwrap(), RightsOf::User(id.clone()));
    assert_eq!(identity.standing(&caller).await.unwrap(), AuthorizationState::Changed);

    let role =
        app.gateway.roles.create(&app.admin(), "r", vec![Permission::SendMessages]).await.unwrap().role;
    let change = UserChange { role: Some(role.clone()), ..UserChange::default() };
    users.update(&app.admin(), &id, change).await.unwrap();
    assert_eq!(changes.recv().await.unwrap(), RightsOf::User(id.clone()));
    let fewer = RoleChange { permissions: Some(Vec::new()), ..RoleChange::default() };
    app.gateway.roles.update(&app.admin(), role.clone(), fewer).await.unwrap();
    assert_eq!(
        changes.recv().await.unwrap(),
        RightsOf::User(id.clone()),
        "a change of the role is one of its users"
    );
    let in_use = app.gateway.roles.delete(&app.admin(), role).await.unwrap_err();
    assert_eq!(in_use.code(), "role_in_use");

    let suspend = |is_suspended| UserChange { is_suspended: Some(is_suspended), ..UserChange::default() };
    users.update(&app.admin(), &id, suspend(true)).await.unwrap();
    assert_eq!(identity.standing(&caller).await.unwrap(), AuthorizationState::Ended);
    identity.login(login("ann@example.com", NEW_PASSWORD)).await.unwrap_err();
    users.update(&app.admin(), &id, suspend(false)).await.unwrap();
    identity.login(login("ann@example.com", NEW_PASSWORD)).await.unwrap();
}

#[tokio::test]
async fn what_a_deleted_user_had_is_another_ones_and_its_address_is_free() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).start().await;
        let (users, admin) = (&app.gateway.users, app.admin());
        let (id, caller) = signed_in(&app, "ann@example.com", Role::Operator).await;
        let heir = made(&app, "bob@example.com", Role::Operator).await.user;
        let session = app.gateway.sessions.create(&caller, NewSession::default()).await.unwrap();

        let refused = users.delete(&admin, &id, None).await.unwrap_err();
        assert_eq!((refused.code(), &refused.details().unwrap()["sessions"]), ("has_belongings", &1.into()));
        assert!(refused.message().starts_with("This user has 1 session. Name"), "{refused}");
        let viewer = made(&app, "vera@example.com", Role::Viewer).await.user;
        let refused = users.delete(&admin, &id, Some(viewer.id)).await.unwrap_err();
        assert_eq!(refused.field(), Some("reassign_to"), "it could not even delete what it gets");
        for nobody in [id.clone(), UserId::from("usr_nobody")] {
            let refused = users.delete(&admin, &id, Some(nobody)).await.unwrap_err();
            assert_eq!(refused.field(), Some("reassign_to"));
        }
        assert_eq!(users.delete(&admin, &admin.user, None).await.unwrap_err().kind(), Kind::Conflict);
        users.delete(&admin, &id, Some(heir.id.clone())).await.unwrap();

        let as_heir = Caller {
            user: heir.id,
            role: Role::Operator,
            permissions: Permissions::of(&[Permission::SendMessages]),
            ..admin.clone()
        };
        assert_eq!(
            app.gateway.sessions.get(Some(&as_heir), &session.id).await.unwrap().owner_id,
            as_heir.user
        );
        let listed = app
            .gateway
            .sessions
            .list(&as_heir, SessionFilter::default(), Page::new(None, None))
            .await
            .unwrap();
        assert_eq!(listed.items.len(), 1, "{engine:?}");
        assert_eq!(app.gateway.identity.standing(&caller).await.unwrap(), AuthorizationState::Ended);
        assert_eq!(users.get(&admin, &id).await.unwrap_err().kind(), Kind::NotFound);
        assert_eq!(users.delete(&admin, &id, None).await.unwrap_err().kind(), Kind::NotFound);
        made(&app, "ann@example.com", Role::Viewer).await;
        let words = MemberFilter { search: Some("ANN@".into()), ..MemberFilter::default() };
        let found = users.list(&admin, words, Page::new(None, None)).await.unwrap().items;
        assert_eq!(found.len(), 1, "{engine:?}");
    }
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_a_generated_one() {
    let app = TestGateway::offline().await;
    let (users, identity) = (&app.gateway.users, &app.gateway.identity);
    let (id, caller) = signed_in(&app, "ann@example.com", Role::Operator).await;
    let reset = users.reset_password(&app.admin(), &id).await.unwrap();
    assert!(reset.user.password_due);
    assert_eq!(identity.standing(&caller).await.unwrap(), AuthorizationState::Ended);
    identity.login(login("ann@example.com", NEW_PASSWORD)).await.unwrap_err();
    let token = identity.login(login("ann@example.com", &reset.password)).await.unwrap().access_token;
    assert_eq!(
        identity.authenticate(&token, NamedTenant::Unnamed).await.unwrap_err().code(),
        "password_change_required"
    );

    let again = users.reset_password(&app.admin(), &id).await.unwrap();
    assert_ne!(again.password, reset.password);
    let own = users.reset_password(&app.admin(), &app.admin().user).await.unwrap_err();
    assert_eq!(own.code(), "own_password");
    let boss = made(&app, "boss@example.com", Role::Admin).await.user;
    let clerk = with_role(&app, "clerk", &[Permission::ManageUsers, Permission::ViewUsers]).await;
    for beyond in [&id, &boss.id] {
        let refused = users.reset_password(&clerk, beyond).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::NotAuthorized, "it may do more than the clerk");
    }
}

#[tokio::test]
async fn an_account_is_changed_by_its_owner_and_not_with_an_api_token() {
    let app = TestGateway::offline().await;
    let identity = &app.gateway.identity;
    let (_, caller) = signed_in(&app, "ann@example.com", Role::Viewer).await;
    let change = |name: &str, email: &str| AccountChange {
        name: Some(name.into()),
        email: Some(email.into()),
        ..AccountChange::default()
    };
    let changed = identity.change_account(&caller, change("Anna", "Anna@example.com")).await.unwrap().member;
    assert_eq!((changed.name.as_str(), changed.email.as_str()), ("Anna", "anna@example.com"));
    let taken = identity.change_account(&caller, change("Anna", "admin@example.com")).await.unwrap_err();
    assert_eq!(taken.kind(), Kind::Conflict);
    let by_token = Caller { credential: Credential::ApiToken("tok_1".into(), None), ..caller };
    let refused = identity.change_account(&by_token, change("A", "a@example.com")).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::NotAuthorized);
    let refused = identity.change_password(&by_token, NEW_PASSWORD.into(), "another one".into()).await;
    assert_eq!(refused.unwrap_err().kind(), Kind::NotAuthorized);
}

#[tokio::test]
async fn a_password_that_is_tried_first_is_refused_wherever_one_is_set() {
    let app = TestGateway::offline().await;
    let (id, caller) = signed_in(&app, "ann.smith@example.com", Role::Viewer).await;
    let (users, admin, identity) = (&app.gateway.users, app.admin(), &app.gateway.identity);
    for common in ["Password1!", "iloveyou", "Ann.Smith-1990", "sophon2026"] {
        let new =
            NewUser { password: Some(common.into()), ..new_user("ann.smith@example.org", Role::Viewer) };
        assert_eq!(users.create(&admin, new).await.unwrap_err().field(), Some("password"), "{common}");
        let set = UserChange { password: Some(common.into()), ..UserChange::default() };
        assert_eq!(users.update(&admin, &id, set).await.unwrap_err().field(), Some("password"), "{common}");
        let changed = identity.change_password(&caller, NEW_PASSWORD.into(), common.into()).await;
        assert_eq!(changed.unwrap_err().field(), Some("new_password"), "{common}");
    }
    identity.change_password(&caller, NEW_PASSWORD.into(), "smith and the giraffe".into()).await.unwrap();
}
