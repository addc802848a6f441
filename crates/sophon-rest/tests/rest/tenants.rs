//! The tenant that a request names.

use http::Method;

use crate::app::TestApp;
use crate::client::{Answer, As, json};

async fn naming(caller: &As<'_>, path: &str, slug: &str) -> Answer {
    caller.send(Method::GET, path, &[("x-sophon-tenant", slug)], axum::body::Body::empty()).await
}

#[tokio::test]
async fn ones_own_tenant_may_be_named_in_the_header_and_in_the_address() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    naming(&admin, "/api/agents", "default").await.ok();
    let list = admin.get("/api/tenants/default/agents?limit=1").await.ok();
    assert_eq!(list["items"][0]["slug"], "sophon");
    naming(&admin, "/api/tenants/default/agents", "default").await.ok();
    let sent = admin.post("/api/tenants/default/chat", &json!({ "content": "hello" })).await.expect(202);
    let path = format!("/api/tenants/default/sessions/{}", sent["sessionId"].as_str().unwrap());
    admin.get(&path).await.ok();
}

#[tokio::test]
async fn another_tenant_is_refused_whether_it_exists_or_not() {
    let app = TestApp::start().await;
    app.stranger().await;
    for caller in [app.admin().await, app.script().await] {
        for slug in ["acme", "nowhere", "", "default,acme"] {
            naming(&caller, "/api/agents", slug).await.refused(403, "not_authorized");
        }
        caller.get("/api/tenants/acme/agents").await.refused(403, "not_authorized");
        naming(&caller, "/api/tenants/default/agents", "acme").await.refused(403, "not_authorized");
        naming(&caller, "/api/tenants/acme/agents", "default").await.refused(403, "not_authorized");
    }
}

#[tokio::test]
async fn a_refused_tenant_means_that_nothing_was_done() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    app.stranger().await;
    let send = json!({ "content": "hello" });
    admin.post("/api/tenants/acme/chat", &send).await.refused(403, "not_authorized");
    assert_eq!(admin.get("/api/sessions").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn who_did_not_sign_in_is_told_to_in_whatever_tenant() {
    let app = TestApp::start().await;
    app.anonymous().get("/api/tenants/acme/agents").await.refused(401, "unauthenticated");
    app.anonymous().get("/api/tenants/acme/health").await.ok();
    app.anonymous().get("/api/tenants/acme").await.refused(404, "not_found");
}

#[tokio::test]
async fn who_signs_in_to_another_tenant_is_refused_and_learns_that_after_the_password_only() {
    let app = TestApp::start().await;
    app.stranger().await;
    let login = |password: &str| json!({ "email": crate::app::EMAIL, "password": password });
    let right = login(crate::app::PASSWORD);
    for path in ["/api/tenants/acme/auth/login", "/api/tenants/nowhere/auth/login"] {
        app.anonymous().post(path, &right).await.refused(403, "not_authorized");
        app.anonymous().post(path, &login("wrong")).await.refused(401, "unauthenticated");
    }
    app.anonymous().post("/api/tenants/default/auth/login", &right).await.ok();
    let sign_ins = app.admin().await.get("/api/auth/sessions").await.ok();
    assert_eq!(sign_ins["items"].as_array().unwrap().len(), 2, "those that were refused left none");
}
