//! What anybody may ask, and what happens while the gateway drains.

use http::Method;

use crate::app::TestApp;
use crate::client::json;

#[tokio::test]
async fn health_version_and_tools_are_told_at_both_addresses() {
    let app = TestApp::start().await;
    let anonymous = app.anonymous();
    for prefix in ["", "/api"] {
        assert_eq!(anonymous.get(&format!("{prefix}/health")).await.ok(), json!({ "status": "ok" }));
        let version = anonymous.get(&format!("{prefix}/version")).await.ok();
        assert_eq!(version, json!({ "name": "sophon", "version": env!("CARGO_PKG_VERSION") }));
        let tools = anonymous.get(&format!("{prefix}/tools")).await.ok();
        let tools = tools["items"].as_array().unwrap();
        let calculator = tools.iter().find(|tool| tool["name"] == "calculator.evaluate").unwrap();
        assert_eq!(calculator["risk"], "none");
        assert_eq!(calculator["parameters"]["type"], "object");
    }
}

#[tokio::test]
async fn a_gateway_that_drains_says_so_and_takes_no_new_work() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    app.gateway.lifecycle.drain();
    for path in ["/health", "/api/health", "/ready", "/api/ready"] {
        assert_eq!(app.anonymous().get(path).await.expect(503), json!({ "status": "draining" }));
    }
    let refused = admin.post("/api/chat", &json!({ "content": "hello" })).await;
    assert_eq!(refused.header("retry-after"), Some("5"));
    refused.refused(503, "service_unavailable");
    admin.post("/api/discussions/dis_1/runs", &json!({})).await.refused(503, "service_unavailable");
    assert_eq!(admin.get("/api/sessions").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn what_was_begun_before_a_gateway_drains_can_be_decided_and_cancelled_and_people_can_leave() {
    let app = TestApp::setup().silent_model().start().await;
    let admin = app.admin().await;
    let sent = admin.post("/api/chat", &json!({ "content": "hello" })).await.expect(202);
    app.gateway.lifecycle.drain();
    let task = sent["taskId"].as_str().unwrap();
    let cancelled = admin.act(&format!("/api/tasks/{task}/cancel")).await;
    assert!([200, 202].contains(&cancelled.status), "{}", cancelled.text);
    for decision in ["approvals/apr_1/approve", "approvals/apr_1/reject"] {
        admin.post(&format!("/api/{decision}"), &json!({})).await.refused(404, "not_found");
    }
    admin.act("/api/auth/logout").await.expect(204);
}

#[tokio::test]
async fn the_document_and_its_page_are_served() {
    let app = TestApp::start().await;
    let document = app.anonymous().get("/swagger/v1/swagger.json").await.ok();
    assert_eq!(document, serde_json::to_value(sophon_rest::openapi()).unwrap());
    let older = app.anonymous().get("/swagger/v1/openapi-3.0.json").await.ok();
    assert!(older["openapi"].as_str().unwrap().starts_with("3.0."));
    let addresses = |document: &serde_json::Value| document["paths"].as_object().unwrap().len();
    assert_eq!(addresses(&older), addresses(&document));
    let redirect = app.anonymous().get("/swagger").await;
    assert_eq!((redirect.status, redirect.header("location")), (303, Some("/swagger/")));
    let page = app.anonymous().get("/swagger/").await;
    assert_eq!(page.status, 200);
    assert!(page.text.contains("swagger-ui") && !page.text.contains("<script>"), "{}", page.text);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'self'"), "{policy}");
    let script = app.anonymous().get("/swagger/swagger-initializer.js").await;
    assert!(script.text.contains("/swagger/v1/swagger.json"), "{}", script.text);
}

#[tokio::test]
async fn heads_are_served_without_bodies() {
    let app = TestApp::start().await;
    let head = app.anonymous().send(Method::HEAD, "/api/health", &[], axum::body::Body::empty()).await;
    assert_eq!((head.status, head.text.as_str()), (200, ""));
}

#[tokio::test]
async fn the_page_of_the_document_stays_under_the_base_path() {
    let app = TestApp::setup().options(|options| options.base_path = "/sophon".into()).start().await;
    let redirect = app.anonymous().get("/sophon/swagger").await;
    assert_eq!(redirect.header("location"), Some("/sophon/swagger/"));
    let document = app.anonymous().get("/sophon/swagger/v1/swagger.json").await.ok();
    assert_eq!(document["servers"][0]["url"], "/sophon");
}
