//! How often one may ask.

use std::num::NonZeroU32;

use sophon_core::rates::Rates;

use crate::app::TestApp;
use crate::client::json;

#[tokio::test]
async fn the_read_after_the_last_that_is_allowed_is_refused_until_the_time_told() {
    let app = TestApp::setup().rates(|rates| rates.reads = NonZeroU32::new(3).unwrap()).start().await;
    let admin = app.admin().await;
    for _ in 0..3 {
        admin.get("/api/agents").await.ok();
    }
    let answer = admin.get("/api/sessions").await;
    let wait: u64 = answer.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=20).contains(&wait), "three a minute are one every 20 seconds: {wait}");
    answer.refused(429, "rate_limited");
    admin.post("/api/sessions", &json!({})).await.expect(201);
    app.script().await.get("/api/agents").await.ok();
    app.anonymous().get("/api/version").await.ok();
    app.anonymous().get("/health").await.ok();
}

#[tokio::test]
async fn by_default_the_121st_read_in_a_moment_is_refused() {
    let app = TestApp::setup().rates(|rates| *rates = Rates::default()).start().await;
    let admin = app.admin().await;
    let reads = futures_util::future::join_all((0..200).map(|_| admin.get("/api/agents"))).await;
    let allowed = reads.iter().filter(|answer| answer.status == 200).count();
    // One more is let in each half second that the 200 take.
    assert!((120..200).contains(&allowed), "{allowed}");
    for answer in reads.into_iter().filter(|answer| answer.status != 200) {
        assert_eq!(answer.header("retry-after"), Some("1"));
        answer.refused(429, "rate_limited");
    }
}

#[tokio::test]
async fn checks_of_the_providers_have_a_rate_of_their_own() {
    let app = TestApp::setup().rates(|rates| rates.expensive = NonZeroU32::MIN).start().await;
    let admin = app.admin().await;
    admin.post("/api/models/check", &json!({})).await.ok();
    admin.post("/api/models/check", &json!({})).await.refused(429, "rate_limited");
    admin.post("/api/sessions", &json!({})).await.expect(201);
}

#[tokio::test]
async fn those_who_did_not_sign_in_are_counted_by_address() {
    let app = TestApp::setup()
        .rates(|rates| rates.reads = NonZeroU32::MIN)
        .options(|options| {
            options.trusted_proxies = vec!["127.0.0.0/8".parse().unwrap()];
        })
        .start()
        .await;
    let from = async |address: &str| {
        let headers = [("x-forwarded-for", address)];
        let body = axum::body::Body::empty();
        app.anonymous().send(http::Method::GET, "/api/version", &headers, body).await
    };
    from("203.0.113.1").await.ok();
    from("203.0.113.1").await.refused(429, "rate_limited");
    from("203.0.113.2").await.ok();
    from("198.51.100.1, 203.0.113.2").await.refused(429, "rate_limited");
}
