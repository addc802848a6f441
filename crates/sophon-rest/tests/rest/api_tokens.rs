//! API tokens.

use std::time::Duration;

use sophon_model::Role;

use crate::app::TestApp;
use crate::client::json;

#[tokio::test]
async fn the_secret_is_shown_once_and_counts() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let created = admin.post("/api/auth/tokens", &json!({ "name": " ci " })).await.expect(201);
    let secret = created["token"].as_str().unwrap().to_owned();
    assert!(secret.starts_with("sk_") && secret.len() >= 43, "{secret}");
    assert_eq!(created["apiToken"]["name"], "ci");
    assert_eq!(created["apiToken"]["hint"], secret[..9]);
    assert_eq!(created["apiToken"]["expiresAt"], json!(null));
    app.bearing(Some(secret.clone())).get("/api/auth/me").await.ok();
    let answer = admin.get("/api/auth/tokens").await;
    assert!(!answer.text.contains(&secret));
    let list = answer.ok();
    assert_eq!(list["items"][0]["id"], created["apiToken"]["id"]);
    assert_eq!(list["items"][0]["lastUsedAt"], "2026-11-22T12:00:00.000Z");
}

#[tokio::test]
async fn a_token_ends_with_its_time() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let token = json!({ "name": "short", "expiresInDays": 1 });
    let created = admin.post("/api/auth/tokens", &token).await.expect(201);
    assert_eq!(created["apiToken"]["expiresAt"], "2026-11-23T12:00:00.000Z");
    let script = app.bearing(created["token"].as_str().map(ToOwned::to_owned));
    script.get("/api/auth/me").await.ok();
    app.clock.advance(Duration::from_hours(24));
    script.get("/api/auth/me").await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_revoked_token_is_worth_nothing() {
    let app = TestApp::start().await;
    let (admin, script) = (app.admin().await, app.script().await);
    let id = admin.get("/api/auth/tokens").await.ok()["items"][0]["id"].clone();
    let path = format!("/api/auth/tokens/{}", id.as_str().unwrap());
    admin.delete(&path).await.expect(204);
    script.get("/api/auth/me").await.refused(401, "unauthenticated");
    admin.delete(&path).await.refused(404, "not_found");
    assert_eq!(admin.get("/api/auth/tokens").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn tokens_of_others_do_not_exist() {
    let app = TestApp::start().await;
    let script = app.script().await;
    let id = script.get("/api/auth/tokens").await.ok()["items"][0]["id"].clone();
    let other = app.colleague(Role::Operator).await;
    assert_eq!(other.get("/api/auth/tokens").await.ok()["items"], json!([]));
    let path = format!("/api/auth/tokens/{}", id.as_str().unwrap());
    other.delete(&path).await.refused(404, "not_found");
    script.get("/api/auth/me").await.ok();
}

#[tokio::test]
async fn a_token_has_a_name_and_a_sensible_life() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (token, field) in [
        (json!({ "name": " " }), "name"),
        (json!({ "name": "x".repeat(101) }), "name"),
        (json!({}), "name"),
        (json!({ "name": "a", "expiresInDays": 0 }), "expiresInDays"),
        (json!({ "name": "a", "expiresInDays": 4_000 }), "expiresInDays"),
        (json!({ "name": "a", "expiresInDays": -1 }), "expiresInDays"),
        (json!({ "name": "a", "scope": "all" }), "scope"),
    ] {
        let details = admin.post("/api/auth/tokens", &token).await.refused(422, "validation_failed");
        assert_eq!(details["field"], field, "{token}");
    }
    assert_eq!(admin.get("/api/auth/tokens").await.ok()["items"], json!([]));
}
