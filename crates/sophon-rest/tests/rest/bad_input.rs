//! Rubbish gets the documented answer, and changes nothing.

use axum::body::Body;
use http::Method;
use serde_json::Value;
use sophon_model::Role;

use crate::app::TestApp;
use crate::client::json;

const JSON: [(&str, &str); 1] = [("content-type", "application/json")];

#[tokio::test]
async fn what_is_not_json_is_an_invalid_request() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for body in ["", "{", "{\"content\":}", "hello", "{\"content\":\"a\"} trailing", "\u{feff}{}"] {
        let answer = admin.send(Method::POST, "/api/chat", &JSON, body.to_owned().into()).await;
        answer.refused(400, "invalid_request");
    }
    let bytes = vec![b'{', b'"', 0xff, b'"', b':', b'1', b'}'];
    admin.send(Method::POST, "/api/chat", &JSON, bytes.into()).await.refused(400, "invalid_request");
    let deep = format!("{{\"attachments\":{}", "[".repeat(100_000));
    let answer = admin.send(Method::POST, "/api/chat", &JSON, deep.into()).await;
    assert!([400, 422].contains(&answer.status), "{}", answer.status);
}

#[tokio::test]
async fn the_body_is_of_the_declared_type() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let post = async |headers: &[(&str, &str)]| {
        admin.send(Method::POST, "/api/chat", headers, r#"{"content":"a"}"#.into()).await
    };
    for headers in [
        [].as_slice(),
        &[("content-type", "text/plain")],
        &[("content-type", "multipart/form-data; boundary=x")],
        &[("content-type", "application/x-www-form-urlencoded")],
        &[("content-type", "application/jsonp")],
        &[("content-type", "application/json"), ("content-encoding", "gzip")],
    ] {
        post(headers).await.refused(415, "unsupported_media_type");
    }
    assert_eq!(admin.get("/api/sessions").await.ok()["items"], json!([]));
    post(&[("content-type", "application/json; charset=utf-8")]).await.expect(202);
    post(&[("content-type", "Application/Problem+JSON")]).await.expect(202);
    post(&[("content-type", "application/json"), ("content-encoding", "identity")]).await.expect(202);
}

#[tokio::test]
async fn an_array_is_no_object_however_well_its_items_fit() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for (path, body, field) in [
        ("/api/auth/login", json!(["a@example.com", "password"]), ""),
        ("/api/sessions", json!([null, "t", "public", null, null]), ""),
        ("/api/chat", json!({ "content": "a", "attachments": [["k", "m", 1, null]] }), "attachments[0]"),
    ] {
        let details = admin.post(path, &body).await.refused(422, "validation_failed");
        assert_eq!(details["field"], field, "{path}");
    }
    assert_eq!(admin.get("/api/sessions").await.ok()["items"], json!([]));
}

#[tokio::test]
async fn the_body_has_a_size() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let sized = |size: usize| {
        let padding = size - r#"{"content":""}"#.len();
        Body::from(format!(r#"{{"content":"{}"}}"#, "x".repeat(padding)))
    };
    // Within the wire's limit, the core's limit on a message answers.
    let answer = admin.send(Method::POST, "/api/chat", &JSON, sized(1024 * 1024)).await;
    assert!(answer.text.contains("100000 bytes"), "{}", answer.text);
    answer.refused(413, "payload_too_large");
    for size in [1024 * 1024 + 1, 3 * 1024 * 1024] {
        let answer = admin.send(Method::POST, "/api/chat", &JSON, sized(size)).await;
        assert!(answer.text.contains("1048576 bytes"), "{}", answer.text);
        answer.refused(413, "payload_too_large");
    }
    let chunks = futures_util::stream::iter((0..3).map(|_| Ok::<_, std::io::Error>("x".repeat(512 * 1024))));
    let streamed = admin.send(Method::POST, "/api/chat", &JSON, Body::from_stream(chunks)).await;
    streamed.refused(413, "payload_too_large");
}

#[tokio::test]
async fn queries_are_as_strict_as_bodies() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for query in [
        "limit=x",
        "limit=",
        "limit=-1",
        "limit=1&limit=2",
        "limit=0",
        "limit=201",
        "cursor=eyJhdCI6MX0",
        "cursor=%F0%9F%92%A5",
        "offset=5",
        "Limit=5",
    ] {
        for path in ["/api/agents", "/api/sessions", "/api/tasks/active"] {
            admin.get(&format!("{path}?{query}")).await.refused(400, "invalid_request");
        }
    }
    let session = admin.post("/api/sessions", &json!({})).await.expect(201)["id"].clone();
    for query in ["since=x", "before=1.5", "cursor=abc", "since=99999999999999999999"] {
        let path = format!("/api/sessions/{}/messages?{query}", session.as_str().unwrap());
        admin.get(&path).await.refused(400, "invalid_request");
    }
    let first = admin.get("/api/agents?limit=200&cursor=").await.ok();
    assert_eq!(first["items"].as_array().unwrap().len(), 1);
    let details = admin.get("/api/agents?limit=0").await.refused(400, "invalid_request");
    assert_eq!(details["field"], "limit");
}

#[tokio::test]
async fn ids_that_nobody_has_do_not_exist() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let long = "x".repeat(4_000);
    for id in ["ses_unknown", "0", "null", "%27%20OR%201=1--", "..%2F..%2Fetc", "%F0%9F%92%A5", long.as_str()]
    {
        admin.get(&format!("/api/sessions/{id}")).await.refused(404, "not_found");
        admin.get(&format!("/api/sessions/{id}/messages")).await.refused(404, "not_found");
        admin.delete(&format!("/api/sessions/{id}")).await.refused(404, "not_found");
        admin.get(&format!("/api/agents/{id}")).await.refused(404, "not_found");
        admin.get(&format!("/api/tasks/{id}")).await.refused(404, "not_found");
        admin.act(&format!("/api/tasks/{id}/cancel")).await.refused(404, "not_found");
        admin.delete(&format!("/api/auth/tokens/{id}")).await.refused(404, "not_found");
        admin.delete(&format!("/api/auth/sessions/{id}")).await.refused(404, "not_found");
    }
    admin.get("/api/sessions/%ff").await.refused(400, "invalid_request");
}

#[tokio::test]
async fn the_null_character_is_not_our_fault() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    for answer in [
        admin.post("/api/chat", &json!({ "content": "a\u{0}b" })).await,
        admin.post("/api/agents", &json!({ "name": "a\u{0}b" })).await,
        admin.post("/api/sessions", &json!({ "title": "a\u{0}b" })).await,
        admin.get("/api/sessions/a%00b").await,
        admin.get("/api/sessions?q=a%00b").await,
        admin.post("/api/auth/login", &json!({ "email": "a\u{0}b", "password": "x" })).await,
    ] {
        assert!(answer.status < 500, "{answer:?}");
    }
}

#[tokio::test]
async fn credentials_of_any_wrong_kind_are_rejected() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let good = admin.credential.clone().unwrap();
    let refused = async |value: &str| {
        let headers = [("authorization", value)];
        let answer = app.anonymous().send(Method::GET, "/api/auth/me", &headers, Body::empty()).await;
        answer.refused(401, "unauthenticated");
    };
    for value in
        ["", "Bearer", "Bearer ", "Bearer null", "Bearer sk_", "Bearer sk_null", "Basic YTpi", good.as_str()]
    {
        refused(value).await;
    }
    refused(&format!("Bearer {good}x")).await;
    refused(&format!("Bearer {good} {good}")).await;
    refused(&format!("Bearer {}", "x".repeat(5_000))).await;
    let bearer = format!("Bearer {good}");
    let two = [("authorization", bearer.as_str()), ("authorization", bearer.as_str())];
    app.anonymous()
        .send(Method::GET, "/api/auth/me", &two, Body::empty())
        .await
        .refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_token_in_the_address_or_elsewhere_is_no_credential() {
    let app = TestApp::start().await;
    let token = app.admin().await.credential.unwrap();
    let anonymous = app.anonymous();
    // Routes without a query have nothing to refuse, and do not look.
    for name in ["access_token", "token"] {
        let path = format!("/api/auth/me?{name}={token}");
        anonymous.get(&path).await.refused(401, "unauthenticated");
        anonymous.get(&format!("/api/agents?{name}={token}")).await.refused(401, "unauthenticated");
    }
    for (name, value) in [("cookie", format!("access_token={token}")), ("x-api-key", token.clone())] {
        let headers = [(name, value.as_str())];
        let answer = anonymous.send(Method::GET, "/api/auth/me", &headers, Body::empty()).await;
        answer.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn forged_claims_about_oneself_have_no_effect() {
    let app = TestApp::start().await;
    let viewer = app.colleague(Role::Viewer).await;
    let headers = [("x-forwarded-user", "admin"), ("x-role", "Admin"), ("x-user-id", "usr_1")];
    let answer = viewer.send_json(Method::POST, "/api/agents", &headers, &json!({ "name": "a" })).await;
    answer.refused(403, "not_authorized");
    let me: Value = viewer.send(Method::GET, "/api/auth/me", &headers, Body::empty()).await.ok();
    assert_eq!(me["role"], "Viewer");
}
