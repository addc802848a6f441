//! Negotiation, and the status codes by which requests are turned away.

use std::time::Duration;

use crate::support::{Doorman, LIMIT, TestHub, TestServer, serve, start};
use axum::body::{Body, to_bytes};
use http::{Request, StatusCode};
use serde_json::{Value, json};
use signalr::{Options, Transports};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

async fn post(server: &TestServer, uri: &str) -> http::Response<Body> {
    server.request(Request::post(uri).body(Body::empty()).unwrap()).await
}

async fn negotiate(server: &TestServer, query: &str) -> Value {
    let response = post(server, &format!("/hub/negotiate{query}")).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "application/json");
    serde_json::from_slice(&to_bytes(response.into_body(), 10_000).await.unwrap()).unwrap()
}

#[tokio::test]
async fn the_answer_tells_its_length_and_what_is_on_offer() {
    let server = start().await;
    let mut socket = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let ask = "POST /hub/negotiate?negotiateVersion=1 HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    socket.write_all(ask.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(LIMIT, socket.read_to_string(&mut answer))
        .await
        .expect("an answer in time")
        .unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.to_ascii_lowercase().contains(&format!("content-length: {}", body.len())), "{head}");
    let both = json!(["Text", "Binary"]);
    let offered = json!([
        { "transport": "WebSockets", "transferFormats": both },
        { "transport": "ServerSentEvents", "transferFormats": ["Text"] },
        { "transport": "LongPolling", "transferFormats": both },
    ]);
    let offer: Value = serde_json::from_str(body).unwrap();
    assert_eq!(offer["availableTransports"], offered);
    assert_eq!(offer.get("useStatefulReconnect"), None, "nobody asked for it");
}

#[tokio::test]
async fn version_1_keeps_the_token_apart_from_the_id() {
    let server = start().await;
    for query in ["?negotiateVersion=1", "?NEGOTIATEVERSION=1", "?negotiateVersion=99"] {
        let offer = negotiate(&server, query).await;
        assert_eq!(offer["negotiateVersion"], 1);
        assert_eq!(offer["connectionId"].as_str().unwrap().len(), 22);
        assert_eq!(offer["connectionToken"].as_str().unwrap().len(), 22);
        assert_ne!(offer["connectionToken"], offer["connectionId"]);
    }
}

#[tokio::test]
async fn version_0_has_only_the_id_and_it_opens_the_connection() {
    let server = start().await;
    for query in ["", "?negotiateVersion=0"] {
        let offer = negotiate(&server, query).await;
        assert_eq!((&offer["negotiateVersion"], &offer["connectionToken"]), (&json!(0), &Value::Null));
        let mut client = server.open(&format!("?id={}", offer["connectionId"].as_str().unwrap())).await;
        client.shake_hands().await;
    }
}

#[tokio::test]
async fn a_version_that_is_none_or_too_low_is_answered_with_an_error() {
    let server = start().await;
    for none in ["one", "3000000000"] {
        let error = format!("The client requested an invalid protocol version '{none}'");
        let offer = negotiate(&server, &format!("?negotiateVersion={none}")).await;
        assert_eq!(offer, json!({ "error": error }));
    }
    let server =
        serve(TestHub::default(), Options { minimum_negotiate_version: 1, ..Options::default() }).await;
    let error = "The client requested version '0', but the server does not support this version.";
    assert_eq!(negotiate(&server, "").await, json!({ "error": error }));
}

#[tokio::test]
async fn only_post_negotiates() {
    let server = start().await;
    let response = server.request(Request::get("/hub/negotiate").body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    let response = server.request(Request::put("/hub").body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn without_a_valid_credential_the_answer_is_a_bare_401() {
    let doorman = Doorman { token: Some("secret"), ..Doorman::default() };
    let server = serve(TestHub { doorman, ..TestHub::default() }, Options::default()).await;
    for query in ["", "?access_token=wrong"] {
        let response = post(&server, &format!("/hub/negotiate{query}")).await;
        assert_eq!(response.status(), StatusCode::UNAUTHORIZED);
        assert!(to_bytes(response.into_body(), 100).await.unwrap().is_empty());
    }
    let request = Request::post("/hub/negotiate").header("authorization", "bearer secret");
    let response = server.request(request.body(Body::empty()).unwrap()).await;
    assert_eq!(response.status(), StatusCode::OK);
    negotiate(&server, "?access_token=secret").await;
    assert!(websocket_status(&server, "?access_token=wrong").await.is_some_and(|status| status == 401));
}

/// The status by which a WebSocket was turned away.
async fn websocket_status(server: &TestServer, query: &str) -> Option<u16> {
    let url = format!("ws://{}/hub{query}", server.address);
    match tokio_tungstenite::connect_async(url).await {
        Err(tokio_tungstenite::tungstenite::Error::Http(response)) => Some(response.status().as_u16()),
        _ => None,
    }
}

#[tokio::test]
async fn a_websocket_needs_a_known_id_that_is_not_in_use() {
    let server = start().await;
    assert_eq!(websocket_status(&server, "?id=unknown").await, Some(404));
    assert_eq!(websocket_status(&server, "?id=AAAAAAAAAAAAAAAAAAAAAA").await, Some(404));
    let offer = negotiate(&server, "?negotiateVersion=1").await;
    let id = offer["connectionId"].as_str().unwrap();
    assert_eq!(websocket_status(&server, &format!("?id={id}")).await, Some(404), "the public id is no key");
    let token = offer["connectionToken"].as_str().unwrap();
    let mut client = server.open(&format!("?id={token}")).await;
    client.shake_hands().await;
    assert_eq!(websocket_status(&server, &format!("?id={token}")).await, Some(409));
    assert_eq!(server.hub.connections()[0].id().to_string(), id);
}

#[tokio::test]
async fn a_transport_that_is_not_offered_is_not_there() {
    let transports = Transports { websockets: false, ..Transports::default() };
    let server = serve(TestHub::default(), Options { transports, ..Options::default() }).await;
    let offer = negotiate(&server, "?negotiateVersion=1").await;
    assert!(!offer.to_string().contains("WebSockets"));
    assert_eq!(websocket_status(&server, "").await, Some(404));
}

#[tokio::test]
async fn a_negotiated_connection_that_nobody_opens_is_forgotten() {
    let options = Options {
        disconnect_timeout: Duration::from_millis(30),
        sweep_interval: Duration::from_millis(10),
        max_connections: 1,
        ..Options::default()
    };
    let server = serve(TestHub::default(), options).await;
    let offer = negotiate(&server, "?negotiateVersion=1").await;
    let token = offer["connectionToken"].as_str().unwrap();
    let room_again = async {
        while post(&server, "/hub/negotiate").await.status() != StatusCode::OK {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(LIMIT, room_again).await.expect("the place is free in time");
    assert_eq!(websocket_status(&server, &format!("?id={token}")).await, Some(404));
}

#[tokio::test]
async fn a_full_hub_takes_no_more() {
    let server = serve(TestHub::default(), Options { max_connections: 1, ..Options::default() }).await;
    negotiate(&server, "?negotiateVersion=1").await;
    assert_eq!(post(&server, "/hub/negotiate").await.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(websocket_status(&server, "").await, Some(503));
}
