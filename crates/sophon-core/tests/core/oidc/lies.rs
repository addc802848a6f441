//! Providers that lie, and what strangers make of an honest one's answers.

use sophon_core::identity::Device;
use std::time::Duration;

use sophon_model::Kind;
use sophon_testkit::oidc_server::{Discovery, Lie};

use super::{ID, Scene};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_does_not_prove_what_it_claims_signs_nobody_in() {
    let scene = Scene::new(|_| {}).await;
    for lie in Lie::ALL {
        scene.server.lie(Some(lie));
        let refused = scene.sign_in().await.expect_err("it is refused");
        assert_eq!(
            (refused.kind(), refused.code()),
            (Kind::Unauthenticated, "identity_not_proven"),
            "{lie:?}"
        );
        scene.server.lie(None);
        // Whoever proves who they are has nothing counted against them.
        scene.sign_in().await.unwrap_or_else(|error| panic!("after {lie:?}: {error}"));
        scene.gateway.clock.advance(Duration::from_secs(1));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_says_wrongly_how_it_is_used_is_not_used() {
    let scene = Scene::new(|_| {}).await;
    for discovery in Discovery::DISHONEST {
        scene.server.discovery(discovery);
        // What was read or failed before is no longer kept.
        scene.gateway.clock.advance(Duration::from_hours(2));
        let begun = scene.gateway.gateway.oidc.begin(ID, None, &Device::default()).await;
        let refused = begun.expect_err("it is refused");
        let known = (Kind::UpstreamUnavailable, "identity_provider_unavailable");
        assert_eq!((refused.kind(), refused.code()), known, "{discovery:?}");
    }
    scene.server.discovery(Discovery::Honest);
    scene.gateway.clock.advance(Duration::from_hours(2));
    scene.sign_in().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_repeated_for_a_moment_and_the_provider_is_not_asked_again() {
    let scene = Scene::new(|_| {}).await;
    scene.server.discovery(Discovery::Broken);
    let begin = async || scene.gateway.gateway.oidc.begin(ID, None, &Device::default()).await;
    for _ in 0..5 {
        begin().await.unwrap_err();
    }
    assert_eq!(scene.server.discovered(), 1);
    scene.server.discovery(Discovery::Honest);
    scene.gateway.clock.advance(Duration::from_secs(6));
    begin().await.unwrap();
    assert_eq!(scene.server.discovered(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_of_the_provider_counts_and_unknown_keys_do_not_have_it_asked_without_end() {
    let scene = Scene::new(|_| {}).await;
    scene.sign_in().await.unwrap();
    scene.gateway.clock.advance(Duration::from_mins(1));
    scene.server.rotate();
    scene.sign_in().await.unwrap();
    assert_eq!(scene.server.discovered(), 2);
    // The keys were read a moment ago.
    for _ in 0..3 {
        scene.server.rotate();
        assert_eq!(scene.refusal().await, "identity_not_proven");
    }
    assert_eq!(scene.server.discovered(), 2);
    scene.gateway.clock.advance(Duration::from_secs(31));
    scene.sign_in().await.unwrap();
    assert_eq!(scene.server.discovered(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_good_for_one_use() {
    let scene = Scene::new(|_| {}).await;
    let (kept, url) = scene.begin().await;
    let returned = scene.server.browse(&url);
    let finish =
        async || scene.finish(Some(kept.clone()), returned.state.clone(), Some(returned.code.clone())).await;
    finish().await.unwrap();
    assert_eq!(finish().await.unwrap_err().code(), "identity_not_proven");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_little_difference_of_the_clocks_does_no_harm() {
    let scene = Scene::new(|_| {}).await;
    let (kept, url) = scene.begin().await;
    let returned = scene.server.browse(&url);
    // The token that is made now ends in five minutes.
    scene.gateway.clock.advance(Duration::from_secs(30));
    scene.finish(Some(kept), returned.state, Some(returned.code)).await.unwrap();
}
