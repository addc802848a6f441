//! The second factor: setting it up, signing in with it, and that there is no way round it.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::json;
use sophon_core::identity::{Device, Login, NamedTenant, NewApiToken, SecondStep, SignInRates, SignedIn};
use sophon_core::users::{NewUser, UserChange};
use sophon_model::ports::{AuditFilter, every};
use sophon_model::{
    AuditEntry, AuditOutcome, Caller, Error, Kind, Page, Result, Role, SecondFactor, StoredSecret, UserId,
};
use sophon_testgateway::{ADMIN_EMAIL, ADMIN_PASSWORD, Engine, Setup, TestGateway};
use totp_rs::{Builder, Secret, Totp};

const PASSWORD: &str = "purple giraffe under water";

fn device(address: [u8; 4]) -> Device {
    Device { user_agent: Some("test".into()), address: Some(address.into()), request_id: None }
}

fn login(email: &str, password: &str) -> Login {
    let (email, password) = (email.into(), password.into());
    Login { email, password, device: device([10, 0, 0, 1]), tenant: NamedTenant::Unnamed }
}

fn step(challenge: &str, code: &str) -> SecondStep {
    let (challenge, code) = (challenge.into(), code.into());
    SecondStep { challenge, code, device: device([10, 0, 0, 1]), tenant: NamedTenant::Unnamed }
}

/// A user with a second factor, and the app that has its key.
struct Owner {
    email: String,
    caller: Caller,
    app: Totp,
    recovery: Vec<String>,
}

impl Owner {
    /// A code that was not used yet.
    fn next_code(&self, app: &TestGateway) -> String {
        app.clock.advance(Duration::from_secs(30));
        self.code(app)
    }

    fn code(&self, app: &TestGateway) -> String {
        let seconds = app.gateway.db.now().as_millis() / 1000;
        self.app.generate(seconds.unsigned_abs()).to_string()
    }
}

async fn signed_in(app: &TestGateway, email: &str, role: Role) -> (UserId, SignedIn) {
    let new =
        NewUser { email: email.into(), name: "U".into(), role, password: Some("first password".into()) };
    let user = app.gateway.users.create(&app.admin(), new).await.unwrap().user;
    let identity = &app.gateway.identity;
    let first = identity.login(login(email, "first password")).await.unwrap();
    let due = app
        .gateway
        .identify(sophon_core::identity::Presented::Bearer(&first.access_token), NamedTenant::Unnamed);
    let caller = due.await.unwrap().account().unwrap().clone();
    identity.change_password(&caller, "first password".into(), PASSWORD.into()).await.unwrap();
    (user.id, first)
}

async fn owner(app: &TestGateway, email: &str) -> Owner {
    let (_, signed_in) = signed_in(app, email, Role::Viewer).await;
    let identity = &app.gateway.identity;
    let caller = identity.authenticate(&signed_in.access_token, NamedTenant::Unnamed).await.unwrap();
    let begun = identity.begin_second_factor(&caller, PASSWORD.into()).await.unwrap();
    let key = Secret::try_from_base32(&begun.key).unwrap();
    let totp = Builder::new().with_secret(key).with_account_name("a").build().unwrap();
    let mut owner = Owner { email: email.into(), caller, app: totp, recovery: Vec::new() };
    let code = owner.next_code(app);
    owner.recovery = identity.confirm_second_factor(&owner.caller, &code).await.unwrap();
    owner
}

/// What a right password is answered with.
async fn challenge(app: &TestGateway, owner: &Owner) -> String {
    let refused = app.gateway.identity.login(login(&owner.email, PASSWORD)).await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (Kind::Unauthenticated, "second_factor_required"));
    assert_eq!(refused.details().unwrap()["expiresInSeconds"], json!(300));
    refused.details().unwrap()["challenge"].as_str().unwrap().to_owned()
}

async fn entries(app: &TestGateway) -> Vec<AuditEntry> {
    app.gateway
        .audit
        .list(&app.admin(), AuditFilter::default(), Page::new(Some(200), None))
        .await
        .unwrap()
        .items
}

#[tokio::test]
async fn a_sign_in_takes_the_password_and_a_code_of_the_app() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).start().await;
        let identity = &app.gateway.identity;
        let owner = owner(&app, "ann@example.com").await;
        assert_eq!(owner.recovery.len(), 10);
        let state = identity.second_factor(&owner.caller).await.unwrap();
        assert_eq!((state.since, state.recovery_codes_left), (Some(app.gateway.db.now()), 10));

        let first = challenge(&app, &owner).await;
        let code = owner.next_code(&app);
        let signed_in = identity.second_step(step(&first, &code)).await.unwrap();
        identity.authenticate(&signed_in.access_token, NamedTenant::Unnamed).await.unwrap();

        // A challenge is good once, and so is a code.
        let used = identity.second_step(step(&first, &owner.next_code(&app))).await.unwrap_err();
        assert_eq!(used.code(), "sign_in_expired");
        let second = challenge(&app, &owner).await;
        let used = identity.second_step(step(&second, &code)).await.unwrap_err();
        assert_eq!((used.kind(), used.code()), (Kind::Unauthenticated, "wrong_code"));
        let recovery = owner.recovery[3].to_uppercase().replace('-', " ");
        identity.second_step(step(&second, &recovery)).await.unwrap();
        let third = challenge(&app, &owner).await;
        assert_eq!(identity.second_step(step(&third, &recovery)).await.unwrap_err().code(), "wrong_code");
        assert_eq!(identity.second_factor(&owner.caller).await.unwrap().recovery_codes_left, 9);

        // A sign-in is refreshed without a code.
        identity
            .refresh(&signed_in.refresh_token, device([10, 0, 0, 1]), NamedTenant::Unnamed)
            .await
            .unwrap();

        let told = entries(&app).await;
        let of = |outcome, code: Option<&str>| {
            let is_one = |entry: &&AuditEntry| {
                entry.action == "sign_in.create"
                    && entry.outcome == outcome
                    && entry.details.code.as_deref() == code
            };
            told.iter().filter(is_one).count()
        };
        assert_eq!(of(AuditOutcome::Denied, Some("second_factor_required")), 3);
        assert_eq!(of(AuditOutcome::Denied, Some("wrong_code")), 2);
        let told = serde_json::to_string(&told).unwrap();
        for secret in [first.split_once('.').unwrap().1, &code, &owner.recovery[0]] {
            assert!(!told.contains(secret), "{secret} is in the audit log");
        }
    }
}

#[tokio::test]
async fn of_many_who_come_at_once_with_one_challenge_or_one_code_one_signs_in() {
    for engine in Engine::available() {
        let app = Setup::default().on(engine).start().await;
        let identity = &app.gateway.identity;
        let owner = owner(&app, "ann@example.com").await;
        let signed_in = |outcomes: &[Result<SignedIn>]| outcomes.iter().filter(|one| one.is_ok()).count();

        let one = challenge(&app, &owner).await;
        let code = owner.next_code(&app);
        let codes = [code.as_str(), &owner.recovery[0], &owner.recovery[1], &owner.recovery[2]];
        let outcomes = join_all(codes.map(|code| identity.second_step(step(&one, code)))).await;
        assert_eq!(signed_in(&outcomes), 1, "one challenge: {outcomes:?}");

        for code in [owner.next_code(&app), owner.recovery[5].clone()] {
            let mut challenges = Vec::new();
            for _ in 0..4 {
                challenges.push(challenge(&app, &owner).await);
            }
            let outcomes =
                join_all(challenges.iter().map(|one| identity.second_step(step(one, &code)))).await;
            assert_eq!(signed_in(&outcomes), 1, "one code: {outcomes:?}");
        }
    }
}

#[tokio::test]
async fn a_challenge_is_for_its_device_and_ends_soon() {
    let often = std::num::NonZeroU32::new(1_000).unwrap();
    let often = SignInRates { by_address: often, by_account: often };
    let app = Setup::default().settings(|settings| settings.sign_ins = often).start().await;
    let identity = &app.gateway.identity;
    let (ann, bob) = (owner(&app, "ann@example.com").await, owner(&app, "bob@example.com").await);
    let one = challenge(&app, &ann).await;
    let elsewhere = SecondStep { device: device([10, 9, 9, 9]), ..step(&one, &ann.next_code(&app)) };
    let browser = Device { user_agent: Some("other".into()), ..device([10, 0, 0, 1]) };
    let browser = SecondStep { device: browser, ..step(&one, &ann.code(&app)) };
    let secret = one.split_once('.').unwrap().1;
    let of_another = challenge(&app, &bob).await;
    let swapped = format!("{}.{secret}", of_another.split_once('.').unwrap().0);
    let mut refused = vec![elsewhere, browser];
    for wrong in [swapped.as_str(), "", ".", secret, "chal_1.", "chal_1.x", "at_x.y", &"x".repeat(200)] {
        refused.push(step(wrong, &ann.code(&app)));
    }
    for wrong in refused {
        assert_eq!(identity.second_step(wrong).await.unwrap_err().code(), "sign_in_expired");
    }
    assert_eq!(
        identity.second_step(step(&of_another, &ann.code(&app))).await.unwrap_err().code(),
        "wrong_code",
        "a code of another user's"
    );
    app.clock.advance(Duration::from_mins(5));
    assert_eq!(
        identity.second_step(step(&one, &ann.code(&app))).await.unwrap_err().code(),
        "sign_in_expired"
    );
}

#[tokio::test]
async fn wrong_codes_end_a_challenge_and_then_the_app_has_to_wait_and_recovery_codes_do_not() {
    let app = TestGateway::offline().await;
    let identity = &app.gateway.identity;
    let owner = owner(&app, "ann@example.com").await;
    let guess = |code: &str| if code == "000000" { "000001".to_owned() } else { "000000".to_owned() };
    for _ in 0..2 {
        let one = challenge(&app, &owner).await;
        let wrong = guess(&owner.code(&app));
        for number in 0..6 {
            // From elsewhere each time, or the address would be slowed down before.
            let refused = identity.second_step(step(&one, &wrong)).await.unwrap_err();
            let expected = if number < 5 { "wrong_code" } else { "sign_in_expired" };
            assert!([expected, "rate_limited"].contains(&refused.code()), "{number}: {refused:?}");
            tokio::time::pause();
            tokio::time::advance(Duration::from_mins(1)).await;
            tokio::time::resume();
        }
    }
    let one = challenge(&app, &owner).await;
    let refused = identity.second_step(step(&one, &owner.next_code(&app))).await.unwrap_err();
    assert_eq!(refused.kind(), Kind::RateLimited, "a right code has to wait, too: {refused:?}");
    assert!(refused.retry_after().unwrap() > Duration::from_mins(5));
    identity.second_step(step(&one, &owner.recovery[0])).await.unwrap();
    let one = challenge(&app, &owner).await;
    identity.second_step(step(&one, &owner.next_code(&app))).await.unwrap();
}

#[tokio::test]
async fn a_wrong_password_is_answered_alike_with_a_second_factor_and_without() {
    let app = TestGateway::offline().await;
    let owner = owner(&app, "ann@example.com").await;
    for email in [owner.email.as_str(), ADMIN_EMAIL, "nobody@example.com"] {
        let refused = app.gateway.identity.login(login(email, "wrong password")).await.unwrap_err();
        assert_eq!((refused.code(), refused.details()), ("unauthenticated", None));
        assert_eq!(refused.message(), "E-mail address or password is wrong.");
    }
}

#[tokio::test]
async fn setting_up_and_switching_off_take_the_password_and_codes() {
    let app = TestGateway::offline().await;
    let identity = &app.gateway.identity;
    let owner = owner(&app, "ann@example.com").await;
    let code = |error: Error| error.code().to_owned();
    let by = &owner.caller;
    assert_eq!(code(identity.begin_second_factor(by, "wrong".into()).await.unwrap_err()), "wrong_password");
    assert_eq!(
        code(identity.begin_second_factor(by, PASSWORD.into()).await.unwrap_err()),
        "second_factor_on"
    );
    let begun = identity.confirm_second_factor(by, &owner.next_code(&app)).await.unwrap_err();
    assert_eq!(code(begun), "second_factor_not_begun");
    for (password, typed, expected) in [
        ("wrong", owner.next_code(&app), "wrong_password"),
        (PASSWORD, "000".into(), "wrong_code"),
        (PASSWORD, String::new(), "wrong_code"),
    ] {
        let refused = identity.disable_second_factor(by, password.into(), &typed).await.unwrap_err();
        assert_eq!(code(refused), expected);
        let refused = identity.renew_recovery_codes(by, password.into(), &typed).await.unwrap_err();
        assert_eq!(code(refused), expected);
    }
    let renewed = identity.renew_recovery_codes(by, PASSWORD.into(), &owner.recovery[0]).await.unwrap();
    let old = identity.disable_second_factor(by, PASSWORD.into(), &owner.recovery[1]).await.unwrap_err();
    assert_eq!(code(old), "wrong_code", "codes of before count no longer");

    // Not with an API token, which has the user's other rights and goes on.
    let new = NewApiToken { name: "script".into(), permissions: None, ends: None };
    let (_, secret) = identity.create_api_token(by, new).await.unwrap();
    let token = identity.authenticate(&secret, NamedTenant::Unnamed).await.unwrap();
    for refused in [
        identity.disable_second_factor(&token, PASSWORD.into(), &renewed[0]).await.unwrap_err(),
        identity.renew_recovery_codes(&token, PASSWORD.into(), &renewed[0]).await.unwrap_err(),
        identity.confirm_second_factor(&token, "000000").await.unwrap_err(),
        identity.begin_second_factor(&token, PASSWORD.into()).await.unwrap_err(),
    ] {
        assert_eq!(refused.kind(), Kind::NotAuthorized);
    }
    identity.disable_second_factor(by, PASSWORD.into(), &renewed[0]).await.unwrap();
    identity.login(login(&owner.email, PASSWORD)).await.unwrap();
    assert_eq!(secrets(&app).await, 0, "the key is gone");
}

async fn secrets(app: &TestGateway) -> usize {
    let all =
        app.gateway.db.read(|tx| Ok((tx.all(&every::<StoredSecret>())?, tx.all(&every::<SecondFactor>())?)));
    let (secrets, factors) = all.await.unwrap();
    assert_eq!(secrets.len(), factors.len(), "each factor has a key");
    secrets.len()
}

#[tokio::test]
async fn there_is_no_way_round_a_second_factor() {
    let app = TestGateway::offline().await;
    let identity = &app.gateway.identity;
    let (_, elsewhere) = signed_in(&app, "ann@example.com", Role::Viewer).await;
    let by = identity.authenticate(&elsewhere.access_token, NamedTenant::Unnamed).await.unwrap();
    let here = identity.login(login("ann@example.com", PASSWORD)).await.unwrap();
    let begun = identity.begin_second_factor(&by, PASSWORD.into()).await.unwrap();
    identity.login(login("ann@example.com", PASSWORD)).await.unwrap();
    let key = Secret::try_from_base32(&begun.key).unwrap();
    let totp = Builder::new().with_secret(key).with_account_name("a").build().unwrap();
    let owner = Owner { email: "ann@example.com".into(), caller: by, app: totp, recovery: Vec::new() };
    let recovery = identity.confirm_second_factor(&owner.caller, &owner.next_code(&app)).await.unwrap();

    // What was signed in without it has ended; the one that set it up goes on.
    identity.authenticate(&here.access_token, NamedTenant::Unnamed).await.unwrap_err();
    let refreshed = identity.refresh(&here.refresh_token, device([10, 0, 0, 1]), NamedTenant::Unnamed).await;
    assert_eq!(refreshed.unwrap_err().kind(), Kind::Unauthenticated);
    identity.authenticate(&elsewhere.access_token, NamedTenant::Unnamed).await.unwrap();

    // A changed or a reset password leaves it on, and ends what waits for it.
    let waiting = challenge(&app, &owner).await;
    app.gateway.users.reset_password(&app.admin(), &owner.caller.user).await.unwrap();
    let refused = identity.second_step(step(&waiting, &recovery[0])).await.unwrap_err();
    assert_eq!(refused.code(), "sign_in_expired");
    let set = UserChange { password: Some(PASSWORD.into()), ..UserChange::default() };
    app.gateway.users.update(&app.admin(), &owner.caller.user, set).await.unwrap();
    let waiting = challenge(&app, &owner).await;

    // Who is suspended meanwhile does not come in with what waits.
    let suspend = |is| UserChange { is_suspended: Some(is), ..UserChange::default() };
    app.gateway.users.update(&app.admin(), &owner.caller.user, suspend(true)).await.unwrap();
    let refused = identity.second_step(step(&waiting, &recovery[0])).await.unwrap_err();
    assert_eq!(refused.code(), "sign_in_expired");
    app.gateway.users.update(&app.admin(), &owner.caller.user, suspend(false)).await.unwrap();
    let refused = identity.second_step(step(&waiting, &recovery[0])).await.unwrap_err();
    assert_eq!(refused.code(), "sign_in_expired", "nor later");
    let waiting = challenge(&app, &owner).await;
    identity.second_step(step(&waiting, &recovery[0])).await.unwrap();
}

#[tokio::test]
async fn an_administrator_removes_a_lost_factor_and_its_owner_signs_in_anew() {
    let app = TestGateway::offline().await;
    let (identity, users) = (&app.gateway.identity, &app.gateway.users);
    let owner = owner(&app, "ann@example.com").await;
    let id = &owner.caller.user;
    assert!(users.get(&app.admin(), id).await.unwrap().second_factor_since.is_some());
    let (_, operator) = signed_in(&app, "op@example.com", Role::Operator).await;
    let operator = identity.authenticate(&operator.access_token, NamedTenant::Unnamed).await.unwrap();
    assert_eq!(users.remove_second_factor(&operator, id).await.unwrap_err().kind(), Kind::NotAuthorized);
    let own = users.remove_second_factor(&app.admin(), &app.admin().user).await.unwrap_err();
    assert_eq!(own.code(), "own_second_factor");
    let waiting = challenge(&app, &owner).await;
    users.remove_second_factor(&app.admin(), id).await.unwrap();
    assert_eq!(
        identity.standing(&owner.caller).await.unwrap(),
        sophon_core::identity::AuthorizationState::Ended
    );
    let refused = identity.second_step(step(&waiting, &owner.recovery[0])).await.unwrap_err();
    assert_eq!(refused.code(), "sign_in_expired");
    identity.login(login(&owner.email, PASSWORD)).await.unwrap();
    assert_eq!(secrets(&app).await, 0);
    assert_eq!(users.remove_second_factor(&app.admin(), id).await.unwrap_err().kind(), Kind::NotFound);
    assert!(entries(&app).await.iter().any(|entry| {
        entry.action == "second_factor.remove" && entry.details.user_id.as_ref() == Some(id)
    }));
    identity.login(login(ADMIN_EMAIL, ADMIN_PASSWORD)).await.unwrap();
}

#[tokio::test]
async fn a_second_factor_goes_with_its_account() {
    let app = TestGateway::offline().await;
    let owner = owner(&app, "ann@example.com").await;
    assert_eq!(secrets(&app).await, 1);
    app.gateway.users.delete(&app.admin(), &owner.caller.user, None).await.unwrap();
    assert_eq!(secrets(&app).await, 0);
}
