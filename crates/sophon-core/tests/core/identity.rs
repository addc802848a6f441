use std::num::NonZeroU32;
use std::time::Duration;

use sophon_core::identity::{AuthorizationState, Device, Ends, Login, NamedTenant, NewApiToken, SignInRates};
use sophon_model::{Caller, Credential, Kind, Permission, Permissions, RightsOf, Role, User, UserStatus};

use sophon_testgateway::{ADMIN_PASSWORD, Setup};
use sophon_testkit::make;

use crate::harness::Harness;

fn login(email: &str, password: &str) -> Login {
    Login {
        email: email.into(),
        password: password.into(),
        device: device("test"),
        tenant: NamedTenant::Unnamed,
    }
}

fn device(name: &str) -> Device {
    Device { user_agent: Some(name.into()), address: Some([10, 0, 0, 1].into()), request_id: None }
}

#[tokio::test]
async fn signing_in_gives_tokens_that_say_who_one_is() {
    let app = Harness::offline().await;
    let identity = &app.gateway.identity;
    let signed_in = identity.login(login("ADMIN@example.com ", ADMIN_PASSWORD)).await.unwrap();
    let caller = identity.authenticate(&signed_in.access_token, NamedTenant::Unnamed).await.unwrap();
    assert_eq!(caller.user, app.admin().user);
    for (email, password) in
        [("admin@example.com", "wrong"), ("nobody@example.com", ADMIN_PASSWORD), ("", "")]
    {
        let refused = identity.login(login(email, password)).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Unauthenticated);
        assert_eq!(refused.message(), "E-mail address or password is wrong.");
    }
}

#[tokio::test]
async fn an_access_token_ends_with_its_time_and_with_its_sign_in() {
    let app = Harness::offline().await;
    let identity = &app.gateway.identity;
    let signed_in = identity.login(login("admin@example.com", ADMIN_PASSWORD)).await.unwrap();
    app.clock.advance(Duration::from_mins(15));
    identity.authenticate(&signed_in.access_token, NamedTenant::Unnamed).await.unwrap_err();
    let refreshed =
        identity.refresh(&signed_in.refresh_token, device("test"), NamedTenant::Unnamed).await.unwrap();
    let caller = identity.authenticate(&refreshed.access_token, NamedTenant::Unnamed).await.unwrap();
    let mut changes = identity.changes();
    identity.logout(&caller).await.unwrap();
    identity.authenticate(&refreshed.access_token, NamedTenant::Unnamed).await.unwrap_err();
    identity.refresh(&refreshed.refresh_token, device("test"), NamedTenant::Unnamed).await.unwrap_err();
    assert_eq!(changes.recv().await.unwrap(), RightsOf::User(caller.user.clone()));
    assert_eq!(identity.standing(&caller).await.unwrap(), AuthorizationState::Ended);
}

#[tokio::test]
async fn a_refresh_token_used_twice_ends_the_whole_sign_in() {
    let app = Harness::offline().await;
    let identity = &app.gateway.identity;
    let elsewhere = Device { address: Some([10, 0, 0, 2].into()), ..device("test") };
    for (thief, later) in
        [(device("thief"), 0), (elsewhere, 0), (device("test"), 31), (Device::default(), 31)]
    {
        let first = identity.login(login("admin@example.com", ADMIN_PASSWORD)).await.unwrap();
        let second =
            identity.refresh(&first.refresh_token, device("test"), NamedTenant::Unnamed).await.unwrap();
        identity.authenticate(&second.access_token, NamedTenant::Unnamed).await.unwrap();
        app.clock.advance(Duration::from_secs(later));
        identity.refresh(&first.refresh_token, thief, NamedTenant::Unnamed).await.unwrap_err();
        identity.authenticate(&second.access_token, NamedTenant::Unnamed).await.unwrap_err();
        identity.refresh(&second.refresh_token, device("test"), NamedTenant::Unnamed).await.unwrap_err();
    }
}

#[tokio::test]
async fn ten_refreshes_at_once_and_one_whose_answer_was_lost_get_the_same_answer() {
    let app = Harness::offline().await;
    let identity = &app.gateway.identity;
    let first = identity.login(login("admin@example.com", ADMIN_PASSWORD)).await.unwrap();
    let refresh = || identity.refresh(&first.refresh_token, device("test"), NamedTenant::Unnamed);
    let answers = futures_util::future::join_all((0..10).map(|_| refresh())).await;
    app.clock.advance(Duration::from_secs(30));
    let again = refresh().await.unwrap();
    for answer in answers {
        let answer = answer.unwrap();
        assert_eq!(answer.refresh_token, again.refresh_token);
        assert_eq!((answer.access_token, answer.expires_at), (again.access_token.clone(), again.expires_at));
    }
    assert_ne!(again.refresh_token, first.refresh_token);
    let third = identity.refresh(&again.refresh_token, device("test"), NamedTenant::Unnamed).await.unwrap();
    identity.authenticate(&third.access_token, NamedTenant::Unnamed).await.unwrap();
    assert_eq!(identity.sign_ins(&app.admin()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn strangers_do_not_lock_the_owner_of_an_account_out() {
    let few = SignInRates { by_address: per_minute(4), by_account: per_minute(6) };
    let app = Setup::default().settings(|settings| settings.sign_ins = few).start().await;
    let identity = &app.gateway.identity;
    let attempt = |password: &str, address: [u8; 4]| {
        let device = Device { address: Some(address.into()), ..device("test") };
        identity.login(Login { device, ..login("admin@example.com", password) })
    };
    let mut refused = 0;
    for attempted in 0..9 {
        let stranger = [10, 1, 0, attempted / 3];
        let error = attempt("wrong", stranger).await.unwrap_err();
        refused += usize::from(error.kind() == Kind::RateLimited);
    }
    for _ in 0..3 {
        refused +=
            usize::from(attempt("wrong", [10, 1, 0, 2]).await.unwrap_err().kind() == Kind::RateLimited);
    }
    assert!(refused > 0, "strangers are slowed down");
    for owner in 0..3 {
        attempt(ADMIN_PASSWORD, [10, 2, 0, owner]).await.unwrap();
    }
    for _ in 0..6 {
        attempt(ADMIN_PASSWORD, [10, 2, 0, 1]).await.unwrap();
    }
}

fn per_minute(number: u32) -> NonZeroU32 {
    NonZeroU32::new(number).unwrap()
}

#[tokio::test]
async fn what_is_too_long_is_refused_before_anything_looks_at_it() {
    let app = Harness::offline().await;
    let identity = &app.gateway.identity;
    let long = "x".repeat(1_000_000);
    for (email, password) in [(long.as_str(), "short"), ("admin@example.com", long.as_str())] {
        for _ in 0..100 {
            let refused = identity.login(login(email, password)).await.unwrap_err();
            assert_eq!(refused.kind(), Kind::ValidationFailed, "it is not even counted");
        }
    }
    identity.refresh(&long, device("test"), NamedTenant::Unnamed).await.unwrap_err();
    identity.login(login("admin@example.com", ADMIN_PASSWORD)).await.unwrap();
}

fn token_for_a_day(permissions: Option<Vec<Permission>>) -> NewApiToken {
    NewApiToken { name: "ci".into(), permissions, ends: Some(Ends::InDays(1)) }
}

#[tokio::test]
async fn an_api_token_works_until_it_is_revoked_or_lapses() {
    let app = Harness::offline().await;
    let (identity, admin) = (&app.gateway.identity, app.admin());
    let new = token_for_a_day(None);
    let (token, secret) = identity.create_api_token(&admin, new.clone()).await.unwrap();
    let caller = identity.authenticate(&secret, NamedTenant::Unnamed).await.unwrap();
    assert_eq!(caller.credential, Credential::ApiToken(token.id.clone(), token.expires_at));
    assert!(identity.api_tokens(&admin).await.unwrap()[0].last_used_at.is_some());
    let mut changes = identity.changes();
    identity.revoke_api_token(&admin, &token.id).await.unwrap();
    assert_eq!(changes.recv().await.unwrap(), RightsOf::User(caller.user.clone()));
    assert_eq!(identity.standing(&caller).await.unwrap(), AuthorizationState::Ended);
    assert_eq!(identity.standing(&admin).await.unwrap(), AuthorizationState::Unchanged);
    identity.authenticate(&secret, NamedTenant::Unnamed).await.unwrap_err();
    identity.revoke_api_token(&admin, &token.id).await.unwrap_err();

    let (_, secret) = identity.create_api_token(&admin, new).await.unwrap();
    app.clock.advance(Duration::from_hours(24));
    identity.authenticate(&secret, NamedTenant::Unnamed).await.unwrap_err();
}

#[tokio::test]
async fn a_token_may_do_what_it_was_given_and_hands_on_no_more_than_that() {
    use Permission::{EndSignIns, SendMessages, ViewUsers};
    let app = Harness::offline().await;
    let (identity, admin) = (&app.gateway.identity, app.admin());
    let make = async |by: &Caller, new| {
        let (token, secret) = identity.create_api_token(by, new).await?;
        Ok::<_, sophon_model::Error>((
            token,
            identity.authenticate(&secret, NamedTenant::Unnamed).await.unwrap(),
        ))
    };
    let (_, whole) = make(&admin, token_for_a_day(None)).await.unwrap();
    assert_eq!(whole.permissions, Permissions::ALL.without(&[EndSignIns]), "that must be named");
    let wanted = Some(vec![ViewUsers, SendMessages, ViewUsers]);
    let (parent, narrow) = make(&admin, token_for_a_day(wanted)).await.unwrap();
    assert_eq!(narrow.permissions, Permissions::of(&[SendMessages, ViewUsers]));

    let (child, same) = make(&narrow, NewApiToken { ends: None, ..token_for_a_day(None) }).await.unwrap();
    assert_eq!((same.permissions, child.expires_at), (narrow.permissions, parent.expires_at));
    for (wanted, ends, field) in [
        (Some(vec![EndSignIns]), None, "permissions"),
        (Some(vec![Permission::ManageUsers]), None, "permissions"),
        (None, Some(Ends::InDays(2)), "expires_at"),
        (None, Some(Ends::InDays(0)), "expires_in_days"),
        (None, Some(Ends::At(app.gateway.db.now())), "expires_at"),
    ] {
        let refused = make(&narrow, NewApiToken { ends, ..token_for_a_day(wanted) }).await.unwrap_err();
        assert_eq!((refused.kind(), refused.field()), (Kind::ValidationFailed, Some(field)));
    }

    let (grandchild, last) = make(&same, token_for_a_day(Some(vec![ViewUsers]))).await.unwrap();
    assert_eq!(grandchild.parent_id, Some(child.id));
    identity.revoke_api_token(&admin, &parent.id).await.unwrap();
    for fallen in [&narrow, &same, &last] {
        assert_eq!(identity.standing(fallen).await.unwrap(), AuthorizationState::Ended);
    }
    assert_eq!(identity.standing(&whole).await.unwrap(), AuthorizationState::Unchanged);
}

#[tokio::test]
async fn a_token_ends_sign_ins_only_if_it_was_given_that_by_name() {
    let app = Harness::offline().await;
    let (identity, admin) = (&app.gateway.identity, app.admin());
    for permissions in [None, Some(vec![Permission::SendMessages]), Some(vec![Permission::EndSignIns])] {
        identity.login(login("admin@example.com", ADMIN_PASSWORD)).await.unwrap();
        let sign_in = identity.sign_ins(&admin).await.unwrap().remove(0).id;
        let (_, secret) =
            identity.create_api_token(&admin, token_for_a_day(permissions.clone())).await.unwrap();
        let token = identity.authenticate(&secret, NamedTenant::Unnamed).await.unwrap();
        let (other, _) = identity.create_api_token(&admin, token_for_a_day(None)).await.unwrap();
        let revoked = identity.revoke_api_token(&token, &other.id).await;
        assert_eq!(revoked.is_ok(), permissions.as_deref() == Some(&[Permission::EndSignIns]));
        let (own, _) = identity.create_api_token(&token, token_for_a_day(None)).await.unwrap();
        identity.revoke_api_token(&token, &own.id).await.unwrap();
        let ended = identity.revoke_sign_in(&token, &sign_in).await;
        match permissions.as_deref() {
            Some([Permission::EndSignIns]) => ended.unwrap(),
            _ => assert_eq!(ended.unwrap_err().kind(), Kind::NotAuthorized, "{permissions:?}"),
        }
        let _ = identity.revoke_sign_in(&admin, &sign_in).await;
    }
}

#[tokio::test]
async fn what_was_begun_with_other_rights_does_not_stand_as_before() {
    let app = Harness::offline().await;
    let (identity, admin) = (&app.gateway.identity, app.admin());
    let new = token_for_a_day(None);
    let (_, secret) = identity.create_api_token(&admin, new).await.unwrap();
    let caller = identity.authenticate(&secret, NamedTenant::Unnamed).await.unwrap();
    let set = async |role: Role, status: UserStatus| {
        let id = caller.user.clone();
        let changed = app.gateway.db.write(move |unit| {
            let user = unit.tx.get(&id)?.unwrap();
            unit.tx.update(&make::membership(&user, role))?;
            unit.tx.update(&User { status, ..user })
        });
        changed.await.unwrap();
        identity.standing(&caller).await.unwrap()
    };
    assert_eq!(set(Role::Viewer, UserStatus::Active).await, AuthorizationState::Changed);
    assert_eq!(set(Role::Admin, UserStatus::Active).await, AuthorizationState::Unchanged);
    assert_eq!(set(Role::Admin, UserStatus::Suspended).await, AuthorizationState::Ended);
    assert_eq!(set(Role::Admin, UserStatus::Active).await, AuthorizationState::Unchanged);
    app.clock.advance(Duration::from_hours(24));
    assert_eq!(identity.standing(&caller).await.unwrap(), AuthorizationState::Ended);
}

#[tokio::test]
async fn rubbish_is_nobody() {
    let app = Harness::offline().await;
    let long = "a".repeat(100_000);
    for credential in ["", "sk_", "sk_unknown", "a.b.c", "Bearer x", &long] {
        let refused = app.gateway.identity.authenticate(credential, NamedTenant::Unnamed).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Unauthenticated);
    }
}
