//! A sign-in ends in the browser in which it began.

use std::time::Duration;

use sophon_core::identity::oidc::SignInAnswer;
use sophon_core::identity::{Device, NamedTenant};
use sophon_model::ports::{AuditFilter, AuditRange};
use sophon_model::{AuditEntry, AuditOutcome, Kind};

use super::{ID, SIGN_IN_LIFETIME, Scene, grace};

#[tokio::test(flavor = "multi_thread")]
async fn another_browsers_answer_signs_nobody_in() {
    let scene = Scene::new(|_| {}).await;
    let (own, url) = scene.begin().await;
    let (others, _) = scene.begin().await;
    let returned = scene.server.browse(&url);
    let (state, code) = (returned.state, Some(returned.code));
    let mut changed = own.clone().into_bytes();
    changed[40] ^= 1;
    let changed = String::from_utf8(changed).unwrap();
    let foreign_state = "another state that a browser could send".to_owned();
    for (kept, state) in [
        (None, state.clone()),
        (Some(others), state.clone()),
        (Some(changed), state.clone()),
        (Some(String::new()), state.clone()),
        (Some(own.clone()), foreign_state),
    ] {
        let refused = scene.finish(kept, state, code.clone()).await.unwrap_err();
        assert_eq!((refused.kind(), refused.code()), (Kind::Unauthenticated, "sign_in_expired"));
    }
    scene.finish(Some(own), state, code).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_takes_for_ever_at_the_provider() {
    let scene = Scene::new(|_| {}).await;
    let (kept, url) = scene.begin().await;
    let returned = scene.server.browse(&url);
    scene.gateway.clock.advance(Duration::from_mins(10));
    let refused = scene.finish(Some(kept), returned.state, Some(returned.code)).await.unwrap_err();
    assert_eq!(refused.code(), "sign_in_expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_another_provider_is_no_answer() {
    let scene = Scene::new(|_| {}).await;
    let (kept, url) = scene.begin().await;
    let returned = scene.server.browse(&url);
    let answer = |issuer: &str| SignInAnswer {
        kept: Some(kept.clone()),
        state: returned.state.clone(),
        code: Some(returned.code.clone()),
        issuer: Some(issuer.to_owned()),
        device: Device::default(),
        tenant: NamedTenant::Unnamed,
    };
    let oidc = &scene.gateway.gateway.oidc;
    let mixed_up = oidc.finish(ID, answer("https://issuer.example")).await.unwrap_err();
    assert_eq!(mixed_up.code(), "sign_in_expired");
    assert_eq!(oidc.finish("unknown", answer(scene.server.url())).await.unwrap_err().kind(), Kind::NotFound);
    oidc.finish(ID, answer(scene.server.url())).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_the_provider_turns_away_is_told_so() {
    let scene = Scene::new(|_| {}).await;
    let (kept, url) = scene.begin().await;
    let refused = scene.finish(Some(kept), scene.server.browse(&url).state, None).await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (Kind::Unauthenticated, "refused_by_provider"));
}

#[tokio::test(flavor = "multi_thread")]
async fn it_goes_on_where_the_person_wanted_to() {
    let scene = Scene::new(|_| {}).await;
    let oidc = &scene.gateway.gateway.oidc;
    let device = Device::default();
    let begun = oidc.begin(ID, Some("/sessions/ses_1".into()), &device).await.unwrap();
    let returned = scene.server.browse(&begun.url);
    let finished = scene.finish(Some(begun.kept), returned.state, Some(returned.code)).await.unwrap();
    assert_eq!(finished.return_to.as_deref(), Some("/sessions/ses_1"));
    let elsewhere = oidc.begin(ID, Some("https://evil.example".into()), &device).await.unwrap_err();
    assert_eq!(elsewhere.field(), Some("return_to"));
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_are_slowed_down() {
    let scene = Scene::new(|_| {}).await;
    let device = Device { address: Some("192.0.2.1".parse().unwrap()), ..Device::default() };
    let finish = async || {
        let answer = SignInAnswer {
            kept: None,
            state: "state".into(),
            code: Some("code".into()),
            issuer: None,
            device: device.clone(),
            tenant: NamedTenant::Unnamed,
        };
        scene.gateway.gateway.oidc.finish(ID, answer).await.unwrap_err().kind()
    };
    for _ in 0..10 {
        assert_eq!(finish().await, Kind::Unauthenticated);
    }
    assert_eq!(finish().await, Kind::RateLimited);
    let begun = scene.gateway.gateway.oidc.begin(ID, None, &device).await;
    assert_eq!(begun.unwrap_err().kind(), Kind::RateLimited);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_out_is_a_sign_in_like_any_other() {
    let scene = Scene::new(|_| {}).await;
    let finished = scene.sign_in().await.unwrap();
    let caller = scene.caller(&finished).await;
    let identity = &scene.gateway.gateway.identity;
    let listed = identity.sign_ins(&caller).await.unwrap();
    assert_eq!(listed.len(), 1);
    identity
        .refresh(&finished.signed_in.refresh_token, Device::default(), NamedTenant::Unnamed)
        .await
        .unwrap();
    identity.revoke_sign_in(&caller, &listed[0].id).await.unwrap();
    let token = &finished.signed_in.access_token;
    identity.authenticate(token, NamedTenant::Unnamed).await.unwrap_err();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_provider_is_asked_again_after_a_while_however_often_a_sign_in_is_refreshed() {
    let scene = Scene::new(|_| {}).await;
    let finished = scene.sign_in().await.unwrap();
    let identity = &scene.gateway.gateway.identity;
    let mut token = finished.signed_in.refresh_token;
    let step = SIGN_IN_LIFETIME / 3;
    for _ in 0..2 {
        scene.gateway.clock.advance(step);
        token =
            identity.refresh(&token, Device::default(), NamedTenant::Unnamed).await.unwrap().refresh_token;
    }
    scene.gateway.clock.advance(step);
    let ended = identity.refresh(&token, Device::default(), NamedTenant::Unnamed).await.unwrap_err();
    assert_eq!(ended.kind(), Kind::Unauthenticated);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_browser_signs_out_at_the_provider_too() {
    let scene = Scene::new(|_| {}).await;
    let url = scene.gateway.gateway.oidc.sign_out_url(ID).await.unwrap().unwrap();
    let (address, query) = url.split_once('?').unwrap();
    assert_eq!(address, format!("{}/sign-out", scene.server.url()));
    assert!(query.contains("client_id=sophon"), "{query}");
    assert!(query.contains("post_logout_redirect_uri=https%3A%2F%2Fgateway.example%2F"), "{query}");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_sign_in_and_each_refusal_is_in_the_audit_log() {
    let scene = Scene::new(|_| {}).await;
    let finished = scene.sign_in().await.unwrap();
    let caller = scene.caller(&finished).await;
    scene.finish(None, "state".into(), Some("code".into())).await.unwrap_err();
    let told = scene
        .gateway
        .until(async || {
            let tenant = caller.tenant.clone();
            let range = AuditRange { filter: AuditFilter::default(), after: 0, up_to: i64::MAX };
            let read = scene.gateway.gateway.db.read(move |tx| tx.list_in(&tenant, &range, 1_000));
            let of_sign_ins = |entry: &AuditEntry| entry.action == "sign_in.create";
            let found: Vec<AuditEntry> = read.await.unwrap().into_iter().filter(of_sign_ins).collect();
            (found.len() == 2).then_some(found)
        })
        .await;
    let [done, refused] = <[AuditEntry; 2]>::try_from(told).unwrap();
    assert_eq!(
        (done.outcome, done.email),
        (AuditOutcome::Success, grace().email.map(|it| it.to_lowercase()))
    );
    assert_eq!(
        (refused.outcome, refused.details.code.as_deref()),
        (AuditOutcome::Denied, Some("sign_in_expired"))
    );
    assert_eq!([done.details.provider, refused.details.provider], [Some(ID.to_owned()), Some(ID.to_owned())]);
}
