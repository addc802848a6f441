//! Connections without the hub protocol, over each transport.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::serve::ListenerExt as _;
use futures_util::{SinkExt as _, StreamExt as _};
use http::{Request, StatusCode};
use serde_json::Value;
use signalr::{Anyone, Options, RawConnection, RawServer, TransferFormat};
use tokio::net::TcpListener;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tower::ServiceExt as _;

use crate::support::{Client, LIMIT};

/// Says back what it hears, text as text and the rest as binary, until it hears "bye".
async fn echo(mut connection: RawConnection) {
    while let Some(bytes) = connection.receive().await {
        let last = bytes == "bye";
        let format = std::str::from_utf8(&bytes).map_or(TransferFormat::Binary, |_| TransferFormat::Text);
        connection.send(bytes, format).await.expect("the client is there");
        if last {
            return;
        }
    }
}

fn server() -> RawServer<Anyone> {
    RawServer::new(Anyone, Options::default(), |connection, ()| echo(connection))
}

fn router() -> Router {
    server().router("/echo")
}

/// A server on a port of its own, and its address.
async fn listen() -> (RawServer<Anyone>, String) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://{}/echo", listener.local_addr().unwrap());
    let listener = listener.tap_io(|socket| signalr::prepare(socket).unwrap());
    let server = server();
    let router = server.router("/echo");
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    (server, url)
}

async fn request(router: &Router, method: &str, uri: &str, body: &str) -> (StatusCode, Vec<u8>) {
    let request = Request::builder().method(method).uri(uri).body(Body::from(body.to_owned())).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = timeout(LIMIT, to_bytes(response.into_body(), 1024)).await.expect("a body in time");
    (status, body.unwrap().to_vec())
}

async fn negotiate(router: &Router) -> String {
    let (_, offer) = request(router, "POST", "/echo/negotiate?negotiateVersion=1", "").await;
    let offer: Value = serde_json::from_slice(&offer).unwrap();
    format!("/echo?id={}", offer["connectionToken"].as_str().unwrap())
}

#[tokio::test]
async fn a_websocket_says_back_text_and_binary_and_closes_with_code_1000() {
    let (_server, url) = listen().await;
    for farewell in ["bye", ""] {
        let (socket, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
        let mut client = Client::of(socket);
        client.say_text("no handshake").await;
        assert_eq!(client.frame().await, Some(Message::text("no handshake")));
        client.socket.send(Message::binary(vec![0xff, 0xfe])).await.unwrap();
        assert_eq!(client.frame().await, Some(Message::binary(vec![0xff, 0xfe])));
        if farewell.is_empty() {
            client.socket.close(None).await.unwrap();
        } else {
            client.say_text(farewell).await;
            assert_eq!(client.frame().await, Some(Message::text(farewell)));
        }
        let Some(Message::Close(Some(close))) = client.frame().await else { panic!("no close frame") };
        assert_eq!(u16::from(close.code), 1000);
    }
}

#[tokio::test]
async fn a_server_that_drains_closes_its_connections_and_takes_no_one_new() {
    let (server, url) = listen().await;
    let (socket, _) = tokio_tungstenite::connect_async(&url).await.unwrap();
    let mut client = Client::of(socket);
    let (drained, last) = tokio::join!(server.drain(LIMIT), async {
        let last = client.frame().await;
        drop(client);
        last
    });
    let Some(Message::Close(Some(close))) = last else { panic!("no close frame") };
    assert_eq!((u16::from(close.code), drained), (1000, true));
    assert!(tokio_tungstenite::connect_async(&url).await.is_err());
}

#[tokio::test]
async fn an_event_stream_tells_each_body_and_ends_when_it_has_been_served() {
    let router = router();
    let uri = negotiate(&router).await;
    let wanted = Request::get(&uri).header("accept", "text/event-stream").body(Body::empty()).unwrap();
    let mut events = router.clone().oneshot(wanted).await.unwrap().into_body().into_data_stream();
    for body in ["hello", "bye"] {
        assert_eq!(request(&router, "POST", &uri, body).await.0, StatusCode::OK);
    }
    let mut heard = Vec::new();
    while let Some(chunk) = timeout(LIMIT, events.next()).await.expect("an event in time") {
        heard.extend(chunk.unwrap());
    }
    assert_eq!(String::from_utf8(heard).unwrap(), ":\r\ndata: hello\r\n\r\ndata: bye\r\n\r\n");
}

#[tokio::test]
async fn polls_bring_each_body_and_204_when_it_has_been_served() {
    let router = router();
    let uri = negotiate(&router).await;
    assert_eq!(request(&router, "GET", &uri, "").await, (StatusCode::OK, Vec::new()), "the first opens");
    for body in ["hello", "bye"] {
        assert_eq!(request(&router, "POST", &uri, body).await.0, StatusCode::OK);
        assert_eq!(request(&router, "GET", &uri, "").await, (StatusCode::OK, body.into()));
    }
    assert_eq!(request(&router, "GET", &uri, "").await.0, StatusCode::NO_CONTENT);
}
