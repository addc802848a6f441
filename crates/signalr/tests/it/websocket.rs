//! One client over a WebSocket with the JSON format: the protocol as Microsoft's clients see it.

use std::sync::Arc;
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
async fn a_call_is_answered_with_its_id() {
    let server = start().await;
    let mut client = server.connect().await;
    client.call("7", "Echo", json!(["hello"])).await;
    assert_eq!(client.hear().await, json!({ "type": 3, "invocationId": "7", "result": "hello" }));
    client.call("8", "nothing", json!([])).await;
    assert_eq!(client.hear().await, json!({ "type": 3, "invocationId": "8" }));
}

#[tokio::test]
async fn a_call_without_an_id_is_never_answered() {
    let server = start().await;
    let mut client = server.connect().await;
    client.say(&json!({ "type": 1, "target": "Unknown", "arguments": [] })).await;
    client.say(&json!({ "type": 1, "target": "Fail", "arguments": ["now"] })).await;
    client.call("1", "ECHO", json!([1])).await;
    assert_eq!(client.hear().await["invocationId"], "1");
}

#[tokio::test]
async fn errors_have_microsofts_words() {
    let server = start().await;
    let mut client = server.connect().await;
    let cases = [
        ("Nope", json!([]), "Unknown hub method 'Nope'"),
        ("fail", json!(["now"]), "An unexpected error occurred invoking 'fail' on the server."),
        (
            "Fail",
            json!(["deliberate"]),
            "An unexpected error occurred invoking 'Fail' on the server. HubException: as you wish",
        ),
        ("Fail", json!(["unauthorized"]), "Failed to invoke 'Fail' because user is unauthorized"),
        ("Panic", json!([]), "An unexpected error occurred invoking 'Panic' on the server."),
        ("Echo", json!([]), "Failed to invoke 'Echo' due to an error on the server."),
        (
            "Count",
            json!([1]),
            "The client attempted to invoke the streaming 'Count' method with a non-streaming invocation.",
        ),
        ("Sum", json!([]), "Client sent 0 stream(s), Hub method expects 1."),
    ];
    for (method, arguments, error) in cases {
        client.call("1", method, arguments).await;
        assert_eq!(client.hear().await, json!({ "type": 3, "invocationId": "1", "error": error }));
    }
    client.say(&json!({ "type": 4, "invocationId": "2", "target": "Echo", "arguments": [1] })).await;
    let error = "The client attempted to invoke the non-streaming 'Echo' method with a streaming invocation.";
    assert_eq!(client.hear().await["error"], error);
}

#[tokio::test]
async fn detailed_errors_tell_type_and_text() {
    let options = Options { detailed_errors: true, ..Options::default() };
    let server = serve(TestHub::default(), options).await;
    let mut client = server.connect().await;
    client.call("1", "Fail", json!(["now"])).await;
    let error = "An unexpected error occurred invoking 'Fail' on the server. IoError: the disk is full";
    assert_eq!(client.hear().await["error"], error);
    client.call("2", "Echo", json!([1, 2])).await;
    let error = "Failed to invoke 'Echo' due to an error on the server. InvalidDataException: Invocation provides \
                 2 argument(s) but target expects 1.";
    assert_eq!(client.hear().await["error"], error);
}

#[tokio::test]
async fn the_calls_of_one_client_run_one_at_a_time_and_in_order() {
    let hub = TestHub::default();
    let gate = hub.gate.clone();
    let server = serve(hub, Options::default()).await;
    let mut client = server.connect().await;
    client.call("1", "Wait", json!([])).await;
    client.call("2", "Echo", json!(["after"])).await;
    // Streams do not wait behind it.
    client.say(&json!({ "type": 4, "invocationId": "3", "target": "Count", "arguments": [1] })).await;
    assert_eq!(client.hear().await, json!({ "type": 2, "invocationId": "3", "item": 0 }));
    assert_eq!(client.hear().await, json!({ "type": 3, "invocationId": "3" }));
    gate.notify_one();
    assert_eq!(client.hear().await["invocationId"], "1");
    assert_eq!(client.hear().await["invocationId"], "2");
}

#[tokio::test]
async fn more_calls_than_may_wait_are_read_later_and_none_is_lost() {
    let hub = TestHub::default();
    let gate = hub.gate.clone();
    let options = Options { max_queued_invocations: 2, ..Options::default() };
    let server = serve(hub, options).await;
    let mut client = server.connect().await;
    client.call("first", "Wait", json!([])).await;
    for id in 0..20 {
        client.call(&id.to_string(), "Echo", json!([id])).await;
    }
    gate.notify_one();
    assert_eq!(client.hear().await["invocationId"], "first");
    for id in 0..20 {
        assert_eq!(client.hear().await["result"], id);
    }
}

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
    let server = start().await;
    let mut client = server.connect().await;
    client.call("1", "Echo", json!(["x".repeat(33 * 1024)])).await;
    let close = client.hear().await;
    assert_eq!((&close["type"], &close["allowReconnect"]), (&json!(7), &json!(true)));
    assert!(close["error"].as_str().unwrap().contains("The maximum message size of 32768B was exceeded."));
    assert_eq!(client.hear_or_end().await, None);
}

#[tokio::test]
async fn an_oversized_frame_and_broken_records_end_it_too() {
    let server = start().await;
    for text in
        ["x".repeat(300 * 1024), "{\"type\":\u{1e}".to_owned(), "[]\u{1e}".to_owned(), "{}\u{1e}".to_owned()]
    {
        let mut client = server.connect().await;
        client.say_text(text).await;
        let close = client.hear().await;
        assert_eq!(close["type"], 7, "{close}");
    }
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
async fn a_client_answers_the_server() {
    let server = start().await;
    let mut client = server.connect().await;
    client.call("1", "Ask", json!([10_000])).await;
    let question = client.hear().await;
    assert_eq!((&question["target"], &question["arguments"]), (&json!("Question"), &json!(["what?"])));
    // While the method waits for the client, the client's next call runs.
    client.call("2", "Echo", json!(["meanwhile"])).await;
    assert_eq!(client.hear().await["result"], "meanwhile");
    client.say(&json!({ "type": 3, "invocationId": question["invocationId"], "result": 42 })).await;
    assert_eq!(client.hear().await, json!({ "type": 3, "invocationId": "1", "result": 42 }));
}

#[tokio::test]
async fn no_one_else_can_answer_and_a_failed_answer_is_an_error() {
    let server = start().await;
    let (mut asked, mut stranger) = (server.connect().await, server.connect().await);
    asked.call("1", "Ask", json!([10_000])).await;
    let id = asked.hear().await["invocationId"].clone();
    stranger.say(&json!({ "type": 3, "invocationId": id, "result": "forged" })).await;
    stranger.call("1", "Nothing", json!([])).await;
    stranger.hear().await;
    asked.say(&json!({ "type": 3, "invocationId": id, "error": "I will not say" })).await;
    let error = "An unexpected error occurred invoking 'Ask' on the server. HubException: I will not say";
    assert_eq!(asked.hear().await["error"], error);
    asked.call("2", "Ask", json!([10])).await;
    assert_eq!(asked.hear().await["target"], "Question");
    let error = "An unexpected error occurred invoking 'Ask' on the server.";
    assert_eq!(asked.hear().await["error"], error);
}

#[tokio::test]
async fn streams_go_both_ways_and_can_be_cancelled() {
    let server = start().await;
    let mut client = server.connect().await;
    client.say(&json!({ "type": 4, "invocationId": "1", "target": "Break", "arguments": [] })).await;
    assert_eq!(client.hear().await["item"], 1);
    let error = "An error occurred on the server while streaming results. HubException: broken";
    assert_eq!(client.hear().await, json!({ "type": 3, "invocationId": "1", "error": error }));

    client.say(&json!({ "type": 4, "invocationId": "2", "target": "Forever", "arguments": [] })).await;
    assert_eq!(client.hear().await["item"], "first");
    client.say(&json!({ "type": 4, "invocationId": "2", "target": "Forever", "arguments": [] })).await;
    assert_eq!(client.hear().await["error"], "Invocation ID '2' is already in use.");
    client.say(&json!({ "type": 5, "invocationId": "2" })).await;
    assert_eq!(client.hear().await, json!({ "type": 3, "invocationId": "2" }));

    client
        .say(&json!({ "type": 1, "invocationId": "3", "target": "Sum", "arguments": [], "streamIds": ["s"] }))
        .await;
    for item in 1..=50 {
        client.say(&json!({ "type": 2, "invocationId": "s", "item": item })).await;
    }
    client.say(&json!({ "type": 3, "invocationId": "s" })).await;
    assert_eq!(client.hear().await, json!({ "type": 3, "invocationId": "3", "result": 1275 }));

    client
        .say(&json!({ "type": 1, "invocationId": "4", "target": "Sum", "arguments": [], "streamIds": ["s"] }))
        .await;
    client.say(&json!({ "type": 3, "invocationId": "s", "error": "out of numbers" })).await;
    let error = "An unexpected error occurred invoking 'Sum' on the server. HubException: out of numbers";
    assert_eq!(client.hear().await["error"], error);
}

#[tokio::test]
async fn hub_methods_learn_that_the_client_has_gone() {
    let server = start().await;
    let mut client = server.connect().await;
    client.say(&json!({ "type": 4, "invocationId": "1", "target": "Forever", "arguments": [] })).await;
    client.hear().await;
    client
        .say(&json!({ "type": 1, "invocationId": "2", "target": "Sum", "arguments": [], "streamIds": ["s"] }))
        .await;
    drop(client);
    let gone: Arc<_> = server.hub.hub().gone.clone();
    server.until(|_| gone.load(Ordering::SeqCst) == 1).await;
    // Nothing of the connection is left running.
    assert!(server.hub.drain("end", LIMIT).await);
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

#[tokio::test]
async fn a_burst_of_calls_in_one_large_frame_is_taken() {
    let server = start().await;
    let mut client = server.connect().await;
    let mut burst = String::new();
    for id in 0..5_000 {
        let call = json!({ "type": 1, "invocationId": id.to_string(), "target": "Echo", "arguments": [id] });
        burst.push_str(&call.to_string());
        burst.push('\u{1e}');
    }
    assert!(burst.len() > 300_000);
    client.say_text(burst).await;
    for id in 0..5_000 {
        assert_eq!(client.hear().await["result"], id);
    }
}
