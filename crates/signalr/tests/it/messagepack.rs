//! The MessagePack format over a WebSocket, byte by byte.

use futures_util::SinkExt as _;
use tokio_tungstenite::tungstenite::Message;

use crate::support::{Client, TestServer, start};

async fn connect(server: &TestServer) -> Client {
    let mut client = server.open("").await;
    // The handshake is JSON text even here; the answer comes as binary.
    client.say_text("{\"protocol\":\"messagepack\",\"version\":1}\u{1e}").await;
    assert_eq!(client.frame().await, Some(Message::Binary(b"{}\x1e".as_slice().into())));
    client
}

async fn say(client: &mut Client, body: &[u8]) {
    let mut frame = vec![body.len() as u8];
    frame.extend_from_slice(body);
    client.socket.send(Message::Binary(frame.into())).await.unwrap();
}

async fn hear(client: &mut Client) -> Vec<u8> {
    let Some(Message::Binary(bytes)) = client.frame().await else { panic!("a binary frame") };
    assert_eq!(usize::from(bytes[0]), bytes.len() - 1, "the length stands before the message");
    bytes[1..].to_vec()
}

#[tokio::test]
async fn a_call_is_answered_in_kind() {
    let server = start().await;
    let mut client = connect(&server).await;
    say(&mut client, b"\x96\x01\x80\xa17\xa4echo\x91\xa2hi\x90").await;
    assert_eq!(hear(&mut client).await, b"\x95\x03\x80\xa17\x03\xa2hi");
    // Without the last element, as older clients write it, and for a method that answers nothing.
    say(&mut client, b"\x95\x01\x80\xa18\xa7Nothing\x90").await;
    assert_eq!(hear(&mut client).await, b"\x94\x03\x80\xa18\x02");
    say(&mut client, b"\x95\x01\x80\xa19\xa1X\x90").await;
    assert_eq!(hear(&mut client).await, b"\x95\x03\x80\xa19\x01\xb6Unknown hub method 'X'");
}

#[tokio::test]
async fn an_event_is_a_call_without_an_id() {
    let server = start().await;
    let mut client = connect(&server).await;
    server.until(|hub| hub.connections().iter().any(|open| !open.followed().is_empty())).await;
    server.publish("all", "News", serde_json::json!({ "n": 1 }));
    assert_eq!(hear(&mut client).await, b"\x96\x01\x80\xc0\xa4News\x91\x81\xa1n\x01\x90");
}

#[tokio::test]
async fn a_stream_is_items_and_a_completion() {
    let server = start().await;
    let mut client = connect(&server).await;
    say(&mut client, b"\x96\x04\x80\xa11\xa5Count\x91\x01\x90").await;
    let Some(Message::Binary(bytes)) = client.frame().await else { panic!("a binary frame") };
    let (item, end) = (b"\x06\x94\x02\x80\xa11\x00".as_slice(), b"\x06\x94\x03\x80\xa11\x02".as_slice());
    if bytes == item {
        assert_eq!(client.frame().await, Some(Message::Binary(end.into())));
    } else {
        assert_eq!(bytes, [item, end].concat());
    }
}

#[tokio::test]
async fn what_is_no_message_ends_the_connection() {
    let server = start().await;
    for body in
        [b"\xc1".as_slice(), b"\x91\xa1x", b"\x92\x01\xc0", b"\x95\x01\x80\xa17\xa4Echo\xdd\xff\xff\xff\xff"]
    {
        let mut client = connect(&server).await;
        say(&mut client, body).await;
        let close = hear(&mut client).await;
        assert_eq!(&close[..2], b"\x93\x07", "{body:?}");
        assert_eq!(close.last(), Some(&0xc3), "the client may come back");
    }
}
