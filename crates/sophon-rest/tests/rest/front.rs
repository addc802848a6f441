//! What stands before all wires: ids, panics, hosts and origins, unknown addresses.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::routing::get;
use http::Method;
use sophon_model::Error;
use sophon_rest::Options;
use tokio::net::TcpListener;

use crate::app::TestApp;
use crate::client::{Answer, As, Http, json};

async fn naming(caller: &As<'_>, header: &str, value: &str) -> Answer {
    caller.send(Method::GET, "/api/health", &[(header, value)], Body::empty()).await
}

#[tokio::test]
async fn each_request_has_an_id_of_its_own() {
    let app = TestApp::start().await;
    let first = app.anonymous().get("/api/health").await;
    let second = naming(&app.anonymous(), "x-sophon-request-id", "req_mine").await;
    let id = |answer: &Answer| answer.header("x-sophon-request-id").unwrap().to_owned();
    assert_ne!(id(&first), id(&second));
    assert_ne!(id(&second), "req_mine");
}

#[tokio::test]
async fn an_unknown_address_is_told_in_the_envelope() {
    let app = TestApp::start().await;
    for path in [
        "/api",
        "/api/",
        "/api/nothing",
        "/api/sessions/ses_1/nothing",
        "/api/agents/",
        "/nothing",
        "/api//health",
    ] {
        app.anonymous().get(path).await.refused(404, "not_found");
        app.anonymous().act(path).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn an_unknown_method_is_told_with_those_that_are_known() {
    let app = TestApp::start().await;
    for (method, path, allowed) in [
        (Method::DELETE, "/api/agents", ["GET", "POST"].as_slice()),
        (Method::PUT, "/api/agents/sophon", &["GET", "PATCH", "DELETE"]),
        (Method::GET, "/api/chat", &["POST"]),
        (Method::POST, "/health", &["GET"]),
        (Method::OPTIONS, "/api/agents", &["GET", "POST"]),
    ] {
        let answer = app.anonymous().send(method, path, &[], Body::empty()).await;
        let allow = answer.header("allow").unwrap().to_owned();
        assert!(allowed.iter().all(|method| allow.contains(method)), "{path}: {allow}");
        answer.refused(405, "method_not_allowed");
    }
}

/// Serves `router` as the server does, behind the front.
async fn serve(app: &TestApp, router: Router) -> Http {
    let router = sophon_rest::front(router, &app.gateway, &Options::default());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let http = Http::to(listener.local_addr().unwrap());
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, service).await.unwrap() });
    http
}

#[tokio::test]
async fn a_panic_is_answered_and_the_gateway_lives_on() {
    async fn panics() {
        panic!("a secret detail");
    }
    let app = TestApp::start().await;
    let http = serve(&app, Router::new().route("/api/boom", get(panics))).await;
    let anonymous = As { http: &http, credential: None };
    for _ in 0..2 {
        let answer = anonymous.get("/api/boom").await;
        assert!(!answer.text.contains("secret"), "{}", answer.text);
        answer.refused(500, "internal_error");
    }
}

#[tokio::test]
async fn other_wires_live_beside_this_one() {
    let app = TestApp::start().await;
    let stream = Router::new().route("/api/sessions/{id}/stream", get(async || "\"events\""));
    let closed = async || sophon_rest::error_response(Error::conflict("The session is over."));
    let stream = stream.route("/api/sessions/{id}/closed", get(closed));
    let page = async || "\"a page\"";
    let router = sophon_rest::routes(&app.gateway, &Options::default()).merge(stream).fallback(page);
    let http = serve(&app, router).await;
    let anonymous = As { http: &http, credential: None };
    assert_eq!(anonymous.get("/api/sessions/ses_1/stream").await.ok(), "events");
    assert_eq!(anonymous.get("/api/tenants/acme/sessions/ses_1/stream").await.ok(), "events");
    assert_eq!(anonymous.get("/sessions/ses_1").await.ok(), "a page");
    anonymous.get("/api/sessions/ses_1/closed").await.refused(409, "conflict");
    anonymous.get("/api/sessions/ses_1/streams").await.refused(404, "not_found");
    anonymous.get("/api/health").await.ok();
}

#[tokio::test]
async fn foreign_hosts_are_misdirected_whatever_they_ask() {
    let app =
        TestApp::setup().options(|options| options.allowed_hosts.push("gw.example.com".into())).start().await;
    let anonymous = app.anonymous();
    naming(&anonymous, "host", "localhost:1234").await.ok();
    naming(&anonymous, "host", "gw.example.com").await.ok();
    naming(&anonymous, "host", "evil.example").await.refused(421, "invalid_request");
    let headers = [("host", "evil.example")];
    anonymous.send(Method::GET, "/swagger/", &headers, Body::empty()).await.refused(421, "invalid_request");
}

#[tokio::test]
async fn pages_of_other_sites_cannot_act() {
    let app = TestApp::setup().auto_admin().start().await;
    let anonymous = app.anonymous();
    let own = format!("http://{}", app.address);
    for (origin, is_ours) in [(own.as_str(), true), ("https://evil.example", false), ("null", false)] {
        let send = json!({ "content": "hello" });
        let answer = anonymous.send_json(Method::POST, "/api/chat", &[("origin", origin)], &send).await;
        if is_ours {
            answer.expect(202);
        } else {
            answer.refused(403, "not_authorized");
        }
    }
    assert_eq!(anonymous.get("/api/sessions").await.ok()["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn pages_of_an_allowed_origin_may_read_what_they_are_answered() {
    let origin = "https://app.example.com";
    let app = TestApp::setup().options(|options| options.allowed_origins.push(origin.into())).start().await;
    let anonymous = app.anonymous();
    let answer = naming(&anonymous, "origin", origin).await;
    assert_eq!(answer.header("access-control-allow-origin"), Some(origin));
    assert!(answer.header("access-control-expose-headers").unwrap().contains("x-sophon-request-id"));
    let ask = [
        ("origin", origin),
        ("access-control-request-method", "POST"),
        ("access-control-request-headers", "authorization,content-type,x-signalr-user-agent"),
    ];
    let leave = anonymous.send(Method::OPTIONS, "/api/chat", &ask, Body::empty()).await;
    assert_eq!((leave.status, leave.header("access-control-allow-origin")), (200, Some(origin)));
    assert!(leave.header("access-control-allow-headers").unwrap().contains("x-signalr-user-agent"));
    let stranger = naming(&anonymous, "origin", "https://evil.example").await;
    assert_eq!(stranger.header("access-control-allow-origin"), None);
    stranger.refused(403, "not_authorized");
    assert_eq!(anonymous.get("/api/health").await.header("access-control-allow-origin"), None);
}
