use std::time::Duration;

use sophon_core::identity::{Login, NewApiToken, Standing};
use sophon_model::{Credential, Kind, Role, User, UserStatus};

use sophon_testgateway::ADMIN_PASSWORD;

use crate::harness::Harness;

fn login(email: &str, password: &str) -> Login {
    Login { email: email.into(), password: password.into(), user_agent: Some("test".into()), address: None }
}

#[tokio::test]
async fn signing_in_gives_tokens_that_say_who_one_is() {
    let app = Harness::offline().await;
    let identity = &app.gateway.identity;
    let signed_in = identity.login(login("ADMIN@example.com ", ADMIN_PASSWORD)).await.unwrap();
    let caller = identity.authenticate(&signed_in.access_token).await.unwrap();
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
    identity.authenticate(&signed_in.access_token).await.unwrap_err();
    let refreshed = identity.refresh(&signed_in.refresh_token).await.unwrap();
    let caller = identity.authenticate(&refreshed.access_token).await.unwrap();
    let mut changes = identity.changes();
    identity.logout(&caller).await.unwrap();
    identity.authenticate(&refreshed.access_token).await.unwrap_err();
    identity.refresh(&refreshed.refresh_token).await.unwrap_err();
    assert_eq!(changes.recv().await.unwrap(), caller.user);
    assert_eq!(identity.standing(&caller).await.unwrap(), Standing::Ended);
}

#[tokio::test]
async fn a_refresh_token_used_twice_ends_the_whole_sign_in() {
    let app = Harness::offline().await;
    let identity = &app.gateway.identity;
    let first = identity.login(login("admin@example.com", ADMIN_PASSWORD)).await.unwrap();
    let second = identity.refresh(&first.refresh_token).await.unwrap();
    identity.authenticate(&second.access_token).await.unwrap();
    identity.refresh(&first.refresh_token).await.unwrap_err();
    identity.authenticate(&second.access_token).await.unwrap_err();
    identity.refresh(&second.refresh_token).await.unwrap_err();
}

#[tokio::test]
async fn an_api_token_works_until_it_is_revoked_or_lapses() {
    let app = Harness::offline().await;
    let (identity, admin) = (&app.gateway.identity, app.admin());
    let new = NewApiToken { name: "ci".into(), expires_in_days: Some(1) };
    let (token, secret) = identity.create_api_token(&admin, new.clone()).await.unwrap();
    let caller = identity.authenticate(&secret).await.unwrap();
    assert_eq!(caller.credential, Credential::ApiToken(token.id.clone()));
    assert!(identity.api_tokens(&admin).await.unwrap()[0].last_used_at.is_some());
    let mut changes = identity.changes();
    identity.revoke_api_token(&admin, &token.id).await.unwrap();
    assert_eq!(changes.recv().await.unwrap(), caller.user);
    assert_eq!(identity.standing(&caller).await.unwrap(), Standing::Ended);
    assert_eq!(identity.standing(&admin).await.unwrap(), Standing::AsBefore);
    identity.authenticate(&secret).await.unwrap_err();
    identity.revoke_api_token(&admin, &token.id).await.unwrap_err();

    let (_, secret) = identity.create_api_token(&admin, new).await.unwrap();
    app.clock.advance(Duration::from_hours(24));
    identity.authenticate(&secret).await.unwrap_err();
}

#[tokio::test]
async fn what_was_begun_with_other_rights_does_not_stand_as_before() {
    let app = Harness::offline().await;
    let (identity, admin) = (&app.gateway.identity, app.admin());
    let new = NewApiToken { name: "ci".into(), expires_in_days: Some(1) };
    let (_, secret) = identity.create_api_token(&admin, new).await.unwrap();
    let caller = identity.authenticate(&secret).await.unwrap();
    let set = async |role: Role, status: UserStatus| {
        let id = caller.user.clone();
        let changed = app.gateway.db.write(move |unit| {
            let user = unit.tx.get(&id)?.unwrap();
            unit.tx.update(&User { role, status, ..user })
        });
        changed.await.unwrap();
        identity.standing(&caller).await.unwrap()
    };
    assert_eq!(set(Role::Viewer, UserStatus::Active).await, Standing::Changed);
    assert_eq!(set(Role::Admin, UserStatus::Active).await, Standing::AsBefore);
    assert_eq!(set(Role::Admin, UserStatus::Suspended).await, Standing::Ended);
    assert_eq!(set(Role::Admin, UserStatus::Active).await, Standing::AsBefore);
    app.clock.advance(Duration::from_hours(24));
    assert_eq!(identity.standing(&caller).await.unwrap(), Standing::Ended);
}

#[tokio::test]
async fn rubbish_is_nobody() {
    let app = Harness::offline().await;
    let long = "a".repeat(100_000);
    for credential in ["", "sk_", "sk_unknown", "a.b.c", "Bearer x", &long] {
        let refused = app.gateway.identity.authenticate(credential).await.unwrap_err();
        assert_eq!(refused.kind(), Kind::Unauthenticated);
    }
}
