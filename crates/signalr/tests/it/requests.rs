//! The transports made of requests: Server-Sent Events and long polling, request by request.

use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use futures_util::{FutureExt as _, StreamExt as _};
use http::{Request, Response, StatusCode};
use serde_json::{Value, json};
use signalr::{Figures, Options, Transports};

use crate::support::{LIMIT, TestHub, TestServer, serve, start};

const HANDSHAKE: &str = "{\"protocol\":\"json\",\"version\":1}\u{1e}";

async fn negotiate(server: &TestServer) -> String {
    let response = send(server, "POST", "/hub/negotiate?negotiateVersion=1", "").await;
    let offer: Value = serde_json::from_slice(&body(response).await).unwrap();
    offer["connectionToken"].as_str().unwrap().to_owned()
}

async fn send(server: &TestServer, method: &str, uri: &str, body: impl Into<Body>) -> Response<Body> {
    let request = Request::builder().method(method).uri(uri).body(body.into()).unwrap();
    tokio::time::timeout(LIMIT, server.request(request)).await.expect("an answer in time")
}

async fn body(response: Response<Body>) -> Vec<u8> {
    to_bytes(response.into_body(), 1_000_000).await.unwrap().to_vec()
}

async fn events(server: &TestServer, token: &str) -> Response<Body> {
    events_with(server, token, "x-plain").await
}

/// Opens the event stream with a header that the test hub's `connected` looks at.
async fn events_with(server: &TestServer, token: &str, header: &str) -> Response<Body> {
    let request = Request::get(format!("/hub?id={token}")).header("accept", "text/event-stream");
    server.request(request.header(header, "1").body(Body::empty()).unwrap()).await
}

/// Opens a long-polling connection and shakes hands; the handshake's answer has been polled.
async fn long_polling(server: &TestServer) -> String {
    let uri = format!("/hub?id={}", negotiate(server).await);
    let first = send(server, "GET", &uri, "").await;
    assert_eq!(first.status(), StatusCode::OK);
    assert!(body(first).await.is_empty(), "the first poll returns at once");
    assert_eq!(send(server, "POST", &uri, HANDSHAKE).await.status(), StatusCode::OK);
    assert_eq!(body(send(server, "GET", &uri, "").await).await, b"{}\x1e");
    uri
}

#[tokio::test]
async fn an_event_stream_opens_with_a_comment_and_tells_one_event_a_write() {
    let server = start().await;
    let token = negotiate(&server).await;
    let response = events(&server, &token).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    assert_eq!(response.headers()["cache-control"], "no-cache,no-store");
    assert_eq!(response.headers()["content-encoding"], "identity");
    let mut chunks = response.into_body().into_data_stream();
    assert_eq!(chunks.next().await.unwrap().unwrap(), ":\r\n");
    let uri = format!("/hub?id={token}");
    let both = format!(
        "{HANDSHAKE}{{\"type\":1,\"invocationId\":\"1\",\"target\":\"Echo\",\"arguments\":[1]}}\u{1e}"
    );
    let answer = send(&server, "POST", &uri, both).await;
    assert_eq!(
        (answer.status(), answer.headers()["content-type"].clone()),
        (StatusCode::OK, "text/plain".parse().unwrap())
    );
    assert_eq!(chunks.next().await.unwrap().unwrap(), "data: {}\u{1e}\r\n\r\n");
    let event = chunks.next().await.unwrap().unwrap();
    assert_eq!(event, "data: {\"type\":3,\"invocationId\":\"1\",\"result\":1}\u{1e}\r\n\r\n");
    assert_eq!(events(&server, &token).await.status(), StatusCode::CONFLICT);
    assert_eq!(send(&server, "GET", &uri, "").await.status(), StatusCode::BAD_REQUEST, "another transport");
    assert_eq!(send(&server, "DELETE", &uri, "").await.status(), StatusCode::BAD_REQUEST);
    drop(chunks);
    server.until(|hub| hub.hub().gone.load(Ordering::SeqCst) == 1).await;
    server.until(|hub| hub.connection_count() == 0).await;
}

#[tokio::test]
async fn an_event_stream_ends_after_its_close_message() {
    let server = start().await;
    let token = negotiate(&server).await;
    let response = events(&server, &token).await;
    send(&server, "POST", &format!("/hub?id={token}"), HANDSHAKE).await;
    server.until(|hub| hub.connections().iter().any(|open| open.format().is_some())).await;
    server.hub.connections()[0].close(Some("enough"), false);
    let uri = format!("/hub?id={token}");
    let ping = || send(&server, "POST", &uri, "{\"type\":6}\u{1e}");
    assert_eq!(ping().await.status(), StatusCode::NOT_FOUND, "the Close message is on its way");
    let all = tokio::time::timeout(LIMIT, body(response)).await.expect("the stream ends in time");
    let all = String::from_utf8(all).unwrap();
    assert!(all.ends_with("{\"type\":7,\"error\":\"enough\"}\u{1e}\r\n\r\n"), "{all}");
    assert_eq!(ping().await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_refused_client_is_told_of_its_handshake_and_of_the_reason_in_one_event() {
    let server = start().await;
    let token = negotiate(&server).await;
    let response = events_with(&server, &token, "x-refuse").await;
    send(&server, "POST", &format!("/hub?id={token}"), HANDSHAKE).await;
    let all = tokio::time::timeout(LIMIT, body(response)).await.expect("the stream ends in time");
    let close = "{\"type\":7,\"error\":\"Connection closed with an error. HubException: not you\"}";
    assert_eq!(String::from_utf8(all).unwrap(), format!(":\r\ndata: {{}}\u{1e}{close}\u{1e}\r\n\r\n"));
}

#[tokio::test]
async fn a_client_is_told_of_its_handshake_while_the_hub_is_still_thinking() {
    let server = start().await;
    let token = negotiate(&server).await;
    let mut chunks = events_with(&server, &token, "x-ponder").await.into_body().into_data_stream();
    assert_eq!(chunks.next().await.unwrap().unwrap(), ":\r\n");
    send(&server, "POST", &format!("/hub?id={token}"), HANDSHAKE).await;
    let told = tokio::time::timeout(LIMIT, chunks.next()).await.expect("in time").unwrap().unwrap();
    let told = std::str::from_utf8(&told).unwrap();
    assert!(told.starts_with("data: {}\u{1e}{") && told.contains("\"Told\""), "{told}");
}

#[tokio::test(start_paused = true)]
async fn messagepack_is_refused_over_an_event_stream_once_its_request_has_been_answered() {
    let server = start().await;
    let token = negotiate(&server).await;
    let mut chunks = events(&server, &token).await.into_body().into_data_stream();
    assert_eq!(chunks.next().await.unwrap().unwrap(), ":\r\n");
    let handshake = "{\"protocol\":\"messagepack\",\"version\":1}\u{1e}";
    assert_eq!(send(&server, "POST", &format!("/hub?id={token}"), handshake).await.status(), StatusCode::OK);
    tokio::task::yield_now().await;
    assert!(chunks.next().now_or_never().is_none(), "the answer to the request goes ahead");
    let refusal = chunks.next().await.unwrap().unwrap();
    let text = "Cannot use the 'messagepack' protocol on the current transport. The transport does not support \
                'Binary' transfer format.";
    assert_eq!(refusal, format!("data: {{\"error\":\"{text}\"}}\u{1e}\r\n\r\n"));
    assert!(chunks.next().await.is_none());
}

#[tokio::test]
async fn a_poll_brings_everything_since_the_last_one() {
    let server = start().await;
    let uri = long_polling(&server).await;
    let three = "{\"type\":1,\"invocationId\":\"1\",\"target\":\"Echo\",\"arguments\":[1]}\u{1e}";
    send(&server, "POST", &uri, three.repeat(3)).await;
    let mut heard = String::new();
    while heard.matches('\u{1e}').count() < 3 {
        let poll = send(&server, "GET", &uri, "").await;
        assert_eq!(poll.headers()["content-type"], "application/octet-stream");
        heard += std::str::from_utf8(&body(poll).await).unwrap();
    }
    assert_eq!(heard, "{\"type\":3,\"invocationId\":\"1\",\"result\":1}\u{1e}".repeat(3));
}

#[tokio::test]
async fn a_body_may_hold_more_than_a_message_may() {
    let server = start().await;
    let uri = long_polling(&server).await;
    let text = "x".repeat(20_000);
    let call = json!({ "type": 1, "invocationId": "1", "target": "Echo", "arguments": [text] });
    let sending = send(&server, "POST", &uri, format!("{call}\u{1e}").repeat(50));
    let polling = async {
        let mut answers = 0;
        while answers < 50 {
            let heard = String::from_utf8(body(send(&server, "GET", &uri, "").await).await).unwrap();
            answers += heard.matches('\u{1e}').count();
        }
        answers
    };
    let (sent, answers) = tokio::join!(sending, polling);
    assert_eq!((sent.status(), answers), (StatusCode::OK, 50));
}

#[tokio::test]
async fn a_poll_waits_its_time_and_a_new_one_sends_it_home() {
    let server =
        serve(TestHub::default(), Options { poll_timeout: Duration::from_millis(50), ..Options::default() })
            .await;
    let uri = long_polling(&server).await;
    let empty = send(&server, "GET", &uri, "").await;
    assert_eq!(empty.status(), StatusCode::OK);
    assert!(body(empty).await.is_empty());

    let server = start().await;
    let uri = long_polling(&server).await;
    let (first, second) = tokio::join!(send(&server, "GET", &uri, ""), async {
        tokio::task::yield_now().await;
        let waiting = send(&server, "GET", &uri, "");
        let telling = async {
            tokio::task::yield_now().await;
            server.publish("all", "News", 1);
        };
        tokio::join!(waiting, telling).0
    });
    assert_eq!(first.status(), StatusCode::NO_CONTENT);
    assert_eq!(second.status(), StatusCode::OK);
    assert!(String::from_utf8(body(second).await).unwrap().contains("News"));
}

#[tokio::test]
async fn delete_ends_the_connection_and_the_waiting_poll() {
    let server = start().await;
    let uri = long_polling(&server).await;
    let (poll, delete) = tokio::join!(send(&server, "GET", &uri, ""), send(&server, "DELETE", &uri, ""));
    assert_eq!((poll.status(), delete.status()), (StatusCode::NO_CONTENT, StatusCode::ACCEPTED));
    server.until(|hub| hub.hub().gone.load(Ordering::SeqCst) == 1).await;
}

#[tokio::test]
async fn what_is_sent_while_the_close_message_waits_is_taken_and_means_nothing() {
    let server = start().await;
    let uri = long_polling(&server).await;
    server.hub.connections()[0].close(Some("enough"), true);
    server.until(|hub| hub.connection_count() == 0).await;
    assert_eq!(send(&server, "POST", &uri, "{\"type\":6}\u{1e}").await.status(), StatusCode::OK);
    let last = body(send(&server, "GET", &uri, "").await).await;
    assert!(String::from_utf8(last).unwrap().contains("enough"));
}

#[tokio::test]
async fn what_was_negotiated_before_a_drain_is_not_opened_after_it() {
    let server = start().await;
    let uri = format!("/hub?id={}", negotiate(&server).await);
    assert!(server.hub.drain("restarting", LIMIT).await);
    assert_eq!(send(&server, "GET", &uri, "").await.status(), StatusCode::SERVICE_UNAVAILABLE);
}

#[tokio::test]
async fn a_server_drains_as_soon_as_the_pollers_have_left() {
    for leave in ["GET", "DELETE"] {
        let options = Options { close_timeout: LIMIT * 2, ..Options::default() };
        let server = serve(TestHub::default(), options).await;
        let uri = long_polling(&server).await;
        let leaving = async {
            let close = body(send(&server, "GET", &uri, "").await).await;
            assert!(String::from_utf8(close).unwrap().contains("restarting"));
            send(&server, leave, &uri, "").await.status()
        };
        let (left, drained) = tokio::join!(leaving, server.hub.drain("restarting", LIMIT));
        let expected = if leave == "GET" { StatusCode::NO_CONTENT } else { StatusCode::ACCEPTED };
        assert_eq!((left, drained), (expected, true), "{leave}");
    }
}

#[tokio::test]
async fn the_close_message_waits_for_the_next_poll_and_204_comes_after_it() {
    let server = start().await;
    let uri = long_polling(&server).await;
    server.hub.connections()[0].close(Some("enough"), true);
    let last = send(&server, "GET", &uri, "").await;
    let close = "{\"type\":7,\"error\":\"enough\",\"allowReconnect\":true}\u{1e}";
    assert_eq!(body(last).await, close.as_bytes());
    assert_eq!(send(&server, "GET", &uri, "").await.status(), StatusCode::NO_CONTENT);
}

#[tokio::test]
async fn a_client_that_stops_polling_is_let_go_and_a_waiting_poll_keeps_it() {
    let options = Options {
        disconnect_timeout: Duration::from_millis(40),
        sweep_interval: Duration::from_millis(5),
        poll_timeout: Duration::from_millis(300),
        ..Options::default()
    };
    let server = serve(TestHub::default(), options).await;
    let uri = long_polling(&server).await;
    assert_eq!(send(&server, "GET", &uri, "").await.status(), StatusCode::OK);
    server.until(|hub| hub.hub().gone.load(Ordering::SeqCst) == 1).await;
    assert_eq!(server.hub.connection_count(), 0);
}

#[tokio::test]
async fn a_slow_poller_is_closed_with_a_reason_and_the_others_miss_nothing() {
    let server = start().await;
    let uri = long_polling(&server).await;
    let mut quick = server.connect().await;
    for number in 0..300 {
        server.publish("all", "News", number);
        assert_eq!(quick.hear().await["arguments"], json!([number]));
    }
    server.until(|hub| hub.connection_count() == 1).await;
    let mut heard = Vec::new();
    loop {
        let poll = send(&server, "GET", &uri, "").await;
        if poll.status() == StatusCode::NO_CONTENT {
            break;
        }
        heard.extend(body(poll).await);
    }
    let heard = String::from_utf8(heard).unwrap();
    let last = heard.split_terminator('\u{1e}').next_back().unwrap();
    let close: Value = serde_json::from_str(last).unwrap();
    assert_eq!((&close["type"], &close["allowReconnect"]), (&json!(7), &json!(true)), "{close}");
}

#[tokio::test]
async fn requests_without_a_valid_id_are_turned_away() {
    let server = start().await;
    for method in ["GET", "POST", "DELETE"] {
        for unnamed in ["/hub", "/hub?id="] {
            let answer = send(&server, method, unnamed, "").await;
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{method} {unnamed}");
            assert_eq!(body(answer).await, b"Connection ID required");
        }
        assert_eq!(
            send(&server, method, "/hub?id=nobody", "").await.status(),
            StatusCode::NOT_FOUND,
            "{method}"
        );
    }
    assert_eq!(events(&server, "nobody").await.status(), StatusCode::NOT_FOUND);
    let offer = send(&server, "POST", "/hub/negotiate?negotiateVersion=1", "").await;
    let offer: Value = serde_json::from_slice(&body(offer).await).unwrap();
    let token = offer["connectionToken"].as_str().unwrap();
    let mut client = server.open(&format!("?id={token}")).await;
    client.shake_hands().await;
    let uri = format!("/hub?id={token}");
    assert_eq!(send(&server, "POST", &uri, "x").await.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(send(&server, "GET", &uri, "").await.status(), StatusCode::BAD_REQUEST);
    assert_eq!(send(&server, "DELETE", &uri, "").await.status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn transports_that_are_not_offered_and_bodies_that_are_too_large_are_refused() {
    let transports = Transports { server_sent_events: false, ..Transports::default() };
    let server = serve(TestHub::default(), Options { transports, ..Options::default() }).await;
    let token = negotiate(&server).await;
    assert_eq!(events(&server, &token).await.status(), StatusCode::NOT_FOUND);
    let uri = long_polling(&server).await;
    let large = send(&server, "POST", &uri, "x".repeat(30_000_001)).await;
    assert_eq!(large.status(), StatusCode::PAYLOAD_TOO_LARGE);
}

#[tokio::test]
async fn someone_elses_credential_does_not_carry_a_connection_on() {
    let server = start().await;
    let token = negotiate(&server).await;
    let alice = format!("/hub?id={token}&access_token=alice");
    assert_eq!(send(&server, "GET", &alice, "").await.status(), StatusCode::OK);
    let mallory = format!("/hub?id={token}&access_token=mallory");
    for method in ["GET", "POST", "DELETE"] {
        assert_eq!(send(&server, method, &mallory, "").await.status(), StatusCode::FORBIDDEN, "{method}");
    }
    assert_eq!(send(&server, "POST", &alice, HANDSHAKE).await.status(), StatusCode::OK);
}

#[tokio::test]
async fn what_is_posted_before_the_first_poll_is_what_the_session_reads_first() {
    let server = start().await;
    let uri = format!("/hub?id={}", negotiate(&server).await);
    let (first, second) = HANDSHAKE.split_at(10);
    for part in [first, second] {
        let posted = send(&server, "POST", &uri, part).await;
        assert_eq!(posted.status(), StatusCode::OK);
        assert!(body(posted).await.is_empty());
    }
    let call = "{\"type\":1,\"invocationId\":\"1\",\"target\":\"Echo\",\"arguments\":[1]}\u{1e}";
    assert_eq!(send(&server, "POST", &uri, call).await.status(), StatusCode::OK);
    assert_eq!(send(&server, "GET", &uri, "").await.status(), StatusCode::OK);
    let mut heard = String::new();
    while heard.matches('\u{1e}').count() < 2 {
        heard += std::str::from_utf8(&body(send(&server, "GET", &uri, "").await).await).unwrap();
    }
    assert_eq!(heard, "{}\u{1e}{\"type\":3,\"invocationId\":\"1\",\"result\":1}\u{1e}");
}

#[tokio::test]
async fn an_event_stream_and_a_socket_read_first_what_was_posted_before_them() {
    let server = start().await;
    let token = negotiate(&server).await;
    send(&server, "POST", &format!("/hub?id={token}"), HANDSHAKE).await;
    let mut chunks = events(&server, &token).await.into_body().into_data_stream();
    assert_eq!(chunks.next().await.unwrap().unwrap(), ":\r\n");
    assert_eq!(chunks.next().await.unwrap().unwrap(), "data: {}\u{1e}\r\n\r\n");

    let token = negotiate(&server).await;
    send(&server, "POST", &format!("/hub?id={token}"), HANDSHAKE).await;
    let mut client = server.open(&format!("?id={token}")).await;
    assert_eq!(client.hear().await, json!({}));
}

#[tokio::test]
async fn little_is_kept_for_a_connection_that_is_not_open_and_for_its_own_caller_only() {
    let server = start().await;
    let uri = format!("/hub?id={}", negotiate(&server).await);
    let answer = send(&server, "POST", &uri, "x".repeat(4097)).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(send(&server, "POST", &uri, HANDSHAKE).await.status(), StatusCode::OK);
    let answer = send(&server, "POST", &uri, "x".repeat(4096)).await;
    assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE, "with what is kept it is too much");
    let mallory = format!("{uri}&access_token=mallory");
    for method in ["POST", "GET"] {
        assert_eq!(send(&server, method, &mallory, "").await.status(), StatusCode::FORBIDDEN, "{method}");
    }
}

#[tokio::test]
async fn the_figures_tell_what_is_open_and_what_was_called() {
    let server = start().await;
    let (_poller, mut client) = (long_polling(&server).await, server.connect().await);
    for (target, argument) in [("Echo", "1"), ("Fail", "deliberate"), ("Unknown", "1")] {
        client.call("1", target, json!([argument])).await;
        client.hear().await;
    }
    negotiate(&server).await;
    let figures = server.hub.figures();
    let expected = Figures {
        websockets: 1,
        long_polling: 1,
        negotiated: 1,
        opened: 2,
        calls: 2,
        failed_calls: 1,
        ..Figures::default()
    };
    assert_eq!((figures, figures.open()), (expected, 2));
}
