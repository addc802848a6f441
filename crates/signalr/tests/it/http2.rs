//! A WebSocket inside an HTTP/2 connection (RFC 8441).

use axum::body::Body;
use futures_util::{SinkExt as _, StreamExt as _};
use http::{Method, Request, StatusCode, Version};
use hyper::ext::Protocol;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::support::start;

#[tokio::test]
async fn a_socket_inside_an_http2_connection_is_a_socket() {
    let server = start().await;
    let (near, far) = tokio::io::duplex(64 * 1024);
    let service = TowerToHyperService::new(server.hub.router::<()>("/hub"));
    tokio::spawn(async move {
        let mut serving = hyper::server::conn::http2::Builder::new(TokioExecutor::new());
        serving.enable_connect_protocol().serve_connection(TokioIo::new(far), service).await
    });
    let (mut sender, connection) =
        hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(near)).await.unwrap();
    tokio::spawn(connection);

    let connect = |protocol| {
        Request::builder()
            .method(Method::CONNECT)
            .version(Version::HTTP_2)
            .uri("http://localhost/hub")
            .header("sec-websocket-version", "13")
            .extension(Protocol::from_static(protocol))
            .body(Body::empty())
            .unwrap()
    };
    sender.ready().await.unwrap();
    let other = sender.send_request(connect("connect-udp")).await.unwrap();
    assert_eq!(other.status(), StatusCode::METHOD_NOT_ALLOWED);

    let response = sender.send_request(connect("websocket")).await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert!(!response.headers().contains_key("upgrade"));
    let stream = TokioIo::new(hyper::upgrade::on(response).await.unwrap());
    let mut socket = WebSocketStream::from_raw_socket(stream, Role::Client, None).await;
    let handshake = "{\"protocol\":\"json\",\"version\":1}\u{1e}";
    let call = "{\"type\":1,\"invocationId\":\"1\",\"target\":\"Echo\",\"arguments\":[7]}\u{1e}";
    socket.send(Message::text(format!("{handshake}{call}"))).await.unwrap();
    let mut heard = String::new();
    while heard.matches('\u{1e}').count() < 2 {
        heard += socket.next().await.unwrap().unwrap().to_text().unwrap();
    }
    assert_eq!(heard, "{}\u{1e}{\"type\":3,\"invocationId\":\"1\",\"result\":7}\u{1e}");
}
