//! One client over a WebSocket with the JSON format: its handshake, its frames, its time-outs and its end.

use std::sync::atomic::Ordering;
use std::time::Duration;

use crate::support::{Doorman, LIMIT, TestHub, serve, start};
use futures_util::SinkExt as _;
use serde_json::json;
use signalr::Options;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{CloseCode, Data, OpCode};

#[tokio::test]
async fn messages_may_share_a_frame_or_be_spread_over_several() {
    let server = start().await;
    let mut client = server.open("").await;
    let call = "{\"arguments\":[\"a\\u001eb\"],\"target\":\"Echo\",\"invocationId\":\"1\",\"type\":1,\"headers\":{}}\u{1e}";
    client.say_text(format!("{{\"protocol\":\"json\",\"version\":1}}\u{1e}{}", &call[..30])).await;
    client.say_text(&call[30..]).await;
    assert_eq!(client.hear().await, json!({}));
    assert_eq!(client.hear().await["result"], "a\u{1e}b");
}

#[tokio::test]
async fn a_refused_handshake_says_why_and_ends_the_connection() {
    let server = start().await;
    let mut client = server.open("").await;
    client.say(&json!({ "protocol": "xml", "version": 1 })).await;
    assert_eq!(client.hear().await, json!({ "error": "The protocol 'xml' is not supported." }));
    assert_eq!(client.hear_or_end().await, None);
    let mut client = server.open("").await;
    client.say(&json!({ "protocol": "json", "version": 7 })).await;
    let error = "The server does not support version 7 of the 'json' protocol.";
    assert_eq!(client.hear().await, json!({ "error": error }));
}

#[tokio::test]
async fn a_client_that_does_not_shake_hands_is_let_go() {
    let options = Options {
        handshake_timeout: Duration::from_millis(50),
        sweep_interval: Duration::from_millis(10),
        ..Options::default()
    };
    let server = serve(TestHub::default(), options).await;
    let mut client = server.open("").await;
    assert_eq!(client.hear().await, json!({ "error": "Handshake was canceled." }));
    assert_eq!(client.hear_or_end().await, None);
}

#[tokio::test]
async fn an_oversized_message_ends_the_connection_with_a_reason() {
    let options = Options { detailed_errors: true, ..Options::default() };
    let server = serve(TestHub::default(), options).await;
    let mut client = server.connect().await;
    client.call("1", "Echo", json!(["x".repeat(33 * 1024)])).await;
    let close = client.hear().await;
    assert_eq!((&close["type"], &close["allowReconnect"]), (&json!(7), &json!(true)));
    assert!(close["error"].as_str().unwrap().contains("The maximum message size of 32768B was exceeded."));
    assert_eq!(client.hear_or_end().await, None);
}

#[tokio::test]
async fn whatever_breaks_the_protocol_ends_it_and_nothing_is_told_of_the_servers_insides() {
    let server = start().await;
    for text in [
        "x".repeat(33 * 1024),
        "x".repeat(300 * 1024),
        "{\"type\":\u{1e}".to_owned(),
        "[1,\"1\",\"Echo\",[1]]\u{1e}".to_owned(),
        "{}\u{1e}".to_owned(),
        "{\"type\":1,\"target\":7,\"arguments\":[]}\u{1e}".to_owned(),
    ] {
        let mut client = server.connect().await;
        client.say_text(text).await;
        let error = "Connection closed with an error.";
        assert_eq!(client.hear().await, json!({ "type": 7, "error": error, "allowReconnect": true }));
    }
}

#[tokio::test]
async fn of_a_property_that_comes_twice_the_last_counts() {
    let server = start().await;
    let mut client = server.connect().await;
    let record = "{\"type\":6,\"type\":1,\"target\":\"Nope\",\"invocationId\":\"1\",\"target\":\"Echo\",\
                  \"arguments\":[1],\"arguments\":[2],\"x\":[],\"x\":{}}\u{1e}";
    client.say_text(record).await;
    assert_eq!(client.hear().await, json!({ "type": 3, "invocationId": "1", "result": 2 }));
}

#[tokio::test]
async fn an_answer_to_what_nobody_asked_is_passed_over() {
    let server = start().await;
    let mut client = server.connect().await;
    client.say(&json!({ "type": 3, "invocationId": "", "result": 1 })).await;
    client.say(&json!({ "type": 3, "invocationId": "never asked", "error": "no" })).await;
    client.call("1", "Echo", json!(["still here"])).await;
    assert_eq!(client.hear().await["result"], "still here");
}

#[tokio::test]
async fn the_servers_close_has_its_reason_and_comes_after_what_is_on_its_way() {
    let server = start().await;
    let mut client = server.connect().await;
    client.call("1", "Tell", json!(["a last word"])).await;
    client.call("2", "Bye", json!([])).await;
    assert_eq!(client.hear().await["arguments"], json!(["a last word"]));
    assert_eq!(client.hear().await["invocationId"], "1");
    let close = loop {
        let record = client.hear().await;
        // The answer to `Bye` itself races with the close.
        if record["type"] == 7 {
            break record;
        }
    };
    assert_eq!(close, json!({ "type": 7, "error": "you asked for it" }));
    let Some(Message::Close(Some(frame))) = client.frame().await else { panic!("a close frame") };
    assert_eq!(frame.code, CloseCode::Normal);
}

#[tokio::test]
async fn an_empty_close_frame_is_answered_with_code_1000() {
    let server = start().await;
    let mut client = server.connect().await;
    client.socket.send(Message::Close(None)).await.unwrap();
    let Some(Message::Close(Some(frame))) = client.frame().await else { panic!("a close frame with a code") };
    assert_eq!(frame.code, CloseCode::Normal);
    server.until(|hub| hub.hub().gone.load(Ordering::SeqCst) == 1 && hub.connection_count() == 0).await;
}

#[tokio::test]
async fn a_refused_connection_may_not_come_back_and_is_not_said_goodbye_to() {
    let server = start().await;
    let request = http::Request::builder()
        .uri(format!("ws://{}/hub", server.address))
        .header("x-refuse", "1")
        .header("host", "localhost")
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        .body(())
        .unwrap();
    let (socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let mut client = crate::support::Client::of(socket);
    client.shake_hands().await;
    let error = "Connection closed with an error. HubException: not you";
    assert_eq!(client.hear().await, json!({ "type": 7, "error": error }));
    server.until(|hub| hub.connection_count() == 0).await;
    assert_eq!(server.hub.hub().gone.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_silent_connection_gets_pings_and_a_client_that_stops_its_own_is_let_go() {
    let options = Options {
        keep_alive: Duration::from_millis(20),
        client_timeout: Duration::from_millis(200),
        sweep_interval: Duration::from_millis(10),
        ..Options::default()
    };
    let server = serve(TestHub::default(), options).await;
    let mut client = server.connect().await;
    let Some(Message::Text(ping)) = client.frame().await else { panic!("a ping") };
    assert_eq!(ping.as_str(), "{\"type\":6}\u{1e}");
    client.say(&json!({ "type": 6 })).await;
    let close = client.hear().await;
    let error = "Connection closed with an error. Client hasn't sent a message/ping within the configured \
                 ClientTimeoutInterval.";
    assert_eq!(close, json!({ "type": 7, "error": error, "allowReconnect": true }));
}

#[tokio::test]
async fn an_expired_credential_ends_the_connection_and_lets_the_client_come_back() {
    let doorman = Doorman { expires_after: Some(Duration::from_millis(50)), ..Doorman::default() };
    let hub = TestHub { doorman, ..TestHub::default() };
    let options = Options { sweep_interval: Duration::from_millis(10), ..Options::default() };
    let server = serve(hub, options).await;
    let mut client = server.connect().await;
    let close = client.hear().await;
    assert_eq!((&close["type"], &close["allowReconnect"]), (&json!(7), &json!(true)));
}

#[tokio::test]
async fn a_server_that_drains_tells_everyone_to_come_back_and_takes_no_one_new() {
    let server = start().await;
    let mut clients = [server.connect().await, server.connect().await];
    let hub = server.hub.clone();
    let drained = tokio::spawn(async move { hub.drain("restarting", LIMIT).await });
    for client in &mut clients {
        assert_eq!(client.hear().await, json!({ "type": 7, "error": "restarting", "allowReconnect": true }));
        assert_eq!(client.hear_or_end().await, None);
    }
    drop(clients);
    assert!(drained.await.unwrap());
    let url = format!("ws://{}/hub", server.address);
    assert!(tokio_tungstenite::connect_async(url).await.is_err());
}

#[tokio::test]
async fn connections_are_closed_by_who_their_caller_is() {
    let server = start().await;
    let mut revoked = server.open("?access_token=eve").await;
    revoked.shake_hands().await;
    let mut other = server.open("?access_token=bob").await;
    other.shake_hands().await;
    assert_eq!(server.hub.close_where(|caller| caller == "eve", Some("revoked"), false), 1);
    assert_eq!(revoked.hear().await, json!({ "type": 7, "error": "revoked" }));
    other.call("1", "Echo", json!([true])).await;
    assert_eq!(other.hear().await["result"], true);
}

#[tokio::test]
async fn websocket_pings_are_answered_and_messages_in_many_frames_are_put_together() {
    let server = start().await;
    let mut client = server.connect().await;
    client.socket.send(Message::Ping("are you there".into())).await.unwrap();
    assert_eq!(client.frame().await, Some(Message::Pong("are you there".into())));
    let record = "{\"type\":1,\"invocationId\":\"1\",\"target\":\"Echo\",\"arguments\":[\"pieces\"]}\u{1e}";
    let pieces = [
        (&record[..10], OpCode::Data(Data::Text), false),
        (&record[10..], OpCode::Data(Data::Continue), true),
    ];
    for (piece, opcode, last) in pieces {
        let frame = Frame::message(piece.to_owned(), opcode, last);
        client.socket.send(Message::Frame(frame)).await.unwrap();
    }
    assert_eq!(client.hear().await["result"], "pieces");
}
