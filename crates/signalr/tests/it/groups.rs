//! Events of the bus on their way to connections.

use std::time::Duration;

use crate::support::{TestHub, TestServer, serve, start};
use serde_json::{Value, json};
use signalr::Options;
use tokio_tungstenite::tungstenite::Message;

async fn member(server: &TestServer, room: &str) -> crate::support::Client {
    let mut client = server.connect().await;
    client.call("join", "Join", json!([room])).await;
    assert_eq!(client.hear().await["invocationId"], "join");
    client
}

#[tokio::test]
async fn only_those_who_follow_a_topic_are_told_and_each_once() {
    let server = start().await;
    let (mut red, mut blue) = (member(&server, "red").await, member(&server, "blue").await);
    server.publish("red", "News", "for red");
    server.publish("blue", "News", "for blue");
    server.hub.bus().publish(&["red".into(), "all".into()], signalr::Broadcast::new("News").arg("both"));
    assert_eq!(red.hear().await, json!({ "type": 1, "target": "News", "arguments": ["for red"] }));
    assert_eq!(red.hear().await["arguments"], json!(["both"]));
    assert_eq!(blue.hear().await["arguments"], json!(["for blue"]));
    assert_eq!(blue.hear().await["arguments"], json!(["both"]));
    red.call("leave", "Leave", json!(["red"])).await;
    assert_eq!(red.hear().await["invocationId"], "leave");
    server.publish("red", "News", "unheard");
    server.publish("all", "News", "heard");
    assert_eq!(red.hear().await["arguments"], json!(["heard"]));
}

#[tokio::test]
async fn events_and_answers_keep_the_order_in_which_they_were_made() {
    let server = start().await;
    let mut client = member(&server, "red").await;
    let id = server.hub.connections()[0].id();
    let connection = server.hub.connection(id).unwrap();
    for round in 0..200 {
        server.publish("red", "Event", round);
        connection.send(signalr::Invocation::new("Direct").arg(round)).await.unwrap();
        assert_eq!(client.hear().await["target"], "Event");
        assert_eq!(client.hear().await["target"], "Direct");
    }
    for round in 0..50 {
        connection.send(signalr::Invocation::new("Direct").arg(round)).await.unwrap();
        server.publish("red", "Event", round);
    }
    for round in 0..50 {
        assert_eq!(client.hear().await, json!({ "type": 1, "target": "Direct", "arguments": [round] }));
        assert_eq!(client.hear().await, json!({ "type": 1, "target": "Event", "arguments": [round] }));
    }
}

#[tokio::test(flavor = "current_thread")]
async fn everything_pending_goes_out_in_one_frame_up_to_the_limit() {
    let server = start().await;
    let mut client = member(&server, "red").await;
    // The one thread does not get to the connection before all of them are published.
    for number in 0..90 {
        server.publish("red", "News", number);
    }
    let Some(Message::Text(text)) = client.frame().await else { panic!("a text frame") };
    assert_eq!(text.matches('\u{1e}').count(), 90);
    let long = "x".repeat(1000);
    for _ in 0..90 {
        server.publish("red", "News", long.clone());
    }
    let (mut frames, mut records) = (0, 0);
    while records < 90 {
        let Some(Message::Text(text)) = client.frame().await else { panic!("a text frame") };
        assert!(text.len() <= 64 * 1024);
        frames += 1;
        records += text.matches('\u{1e}').count();
    }
    assert_eq!((frames, records), (2, 90));
}

#[tokio::test]
async fn a_client_that_stops_reading_is_closed_alone_and_the_others_miss_nothing() {
    let server = start().await;
    let mut slow = member(&server, "red").await;
    let mut quick = member(&server, "red").await;
    let filler: String = "x".repeat(50_000);
    let mut sent = 0;
    // Both sockets' buffers have to fill before the server notices.
    while server.hub.connection_count() == 2 {
        assert!(sent < 5_000, "the slow client is noticed in time");
        server.publish("red", "News", (sent, filler.clone()).0);
        server.publish("red", "Filler", filler.clone());
        assert_eq!(quick.hear().await["arguments"], json!([sent]));
        assert_eq!(quick.hear().await["target"], "Filler");
        sent += 1;
    }
    let mut last = Value::Null;
    while let Some(record) = slow.hear_or_end().await {
        last = record;
        if last["type"] == 7 {
            break;
        }
    }
    assert_eq!((&last["type"], &last["allowReconnect"]), (&json!(7), &json!(true)));
    assert!(last["error"].as_str().unwrap().contains("could not keep up"), "{last}");
    server.publish("red", "News", "still here");
    assert_eq!(quick.hear().await["arguments"], json!(["still here"]));
}

#[tokio::test]
async fn a_write_that_is_stuck_ends_the_connection() {
    let options = Options {
        send_timeout: Duration::from_millis(100),
        sweep_interval: Duration::from_millis(10),
        ..Options::default()
    };
    let server = serve(TestHub::default(), options).await;
    let client = member(&server, "red").await;
    let connection = server.hub.connections().pop().unwrap();
    let filler = "x".repeat(1_000_000);
    let filling =
        async { while connection.send(signalr::Invocation::new("Filler").arg(&filler)).await.is_ok() {} };
    tokio::time::timeout(crate::support::LIMIT, filling).await.expect("sending fails in time");
    server.until(|hub| hub.connection_count() == 0).await;
    drop(client);
}

struct Explosive;

impl serde::Serialize for Explosive {
    fn serialize<S: serde::Serializer>(&self, _serializer: S) -> Result<S::Ok, S::Error> {
        panic!("a panic while an event is encoded")
    }
}

#[tokio::test]
async fn an_event_whose_encoding_panics_leaves_no_connection_behind() {
    let server = start().await;
    let _client = member(&server, "red").await;
    server.publish("red", "News", Explosive);
    server.until(|hub| hub.connection_count() == 0).await;
    let mut next = member(&server, "red").await;
    server.publish("red", "News", "fine");
    assert_eq!(next.hear().await["arguments"], json!(["fine"]));
}

#[tokio::test]
async fn an_event_that_cannot_be_encoded_is_left_out_and_the_next_ones_come() {
    let server = start().await;
    let mut client = member(&server, "red").await;
    let no_json = std::collections::HashMap::from([(vec![1_u8], 1)]);
    server.publish("red", "News", no_json);
    server.publish("red", "News", "fine");
    assert_eq!(client.hear().await["arguments"], json!(["fine"]));
}
