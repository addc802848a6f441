//! A SignalR client that shows everything it gets, and holds it to the OpenAPI document.

use std::collections::VecDeque;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::{hub_schemas, soon};

const END: char = '\u{1e}';

pub struct Hub {
    name: String,
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    records: VecDeque<Value>,
    invocations: u32,
}

impl Hub {
    pub async fn connect(base: &str, hub: &str, token: Option<&str>) -> Self {
        let mut this = Self::open(base, hub, token).await.expect("the hub lets us in");
        this.send_text("{\"protocol\":\"json\",\"version\":1}\u{1e}").await;
        let handshake = this.record().await.expect("an answer to the handshake");
        assert_eq!(handshake, json!({}));
        this
    }

    /// The socket alone: no handshake yet.
    pub async fn open(
        base: &str,
        hub: &str,
        token: Option<&str>,
    ) -> Result<Self, tokio_tungstenite::tungstenite::Error> {
        let url = format!("{}/hubs/{hub}", base.replace("http://", "ws://"));
        let mut request = url.into_client_request()?;
        if let Some(token) = token {
            request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
        }
        let (socket, _) = connect_async(request).await?;
        Ok(Self { name: hub.to_owned(), socket, records: VecDeque::new(), invocations: 0 })
    }

    pub async fn send_text(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// Invokes and waits for the completion; what comes in between is kept.
    pub async fn invoke(&mut self, target: &str, argument: Value) -> Value {
        self.invocations += 1;
        let id = self.invocations.to_string();
        let call = json!({ "type": 1, "invocationId": id, "target": target, "arguments": [argument] });
        self.send_text(&format!("{call}{END}")).await;
        let mut kept = Vec::new();
        let completion = loop {
            let record = self.record().await.expect("the connection lives");
            if record["type"] == 3 && record["invocationId"] == id.as_str() {
                break record;
            }
            kept.push(record);
        };
        if completion["error"].is_null() {
            hub_schemas::assert_result(&self.name, target, &completion["result"]);
        }
        for record in kept.into_iter().rev() {
            self.records.push_front(record);
        }
        completion
    }

    /// The next record that is no ping; nothing once the server has closed.
    pub async fn record(&mut self) -> Option<Value> {
        soon("a record", async {
            loop {
                while let Some(record) = self.records.pop_front() {
                    if record["type"] != 6 {
                        return Some(record);
                    }
                }
                match self.socket.next().await {
                    Some(Ok(Message::Text(text))) => {
                        for record in text.split_terminator(END) {
                            let record: Value = serde_json::from_str(record).unwrap();
                            self.assert_described(&record);
                            self.records.push_back(record);
                        }
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                    Some(Ok(_)) => {}
                }
            }
        })
        .await
    }

    /// The same, however long it takes.
    pub async fn next_record(&mut self) -> Option<Value> {
        loop {
            if let Ok(record) = tokio::time::timeout(super::PATIENCE / 2, self.socket.next()).await {
                match record {
                    Some(Ok(Message::Text(text))) => {
                        let mut records =
                            text.split_terminator(END).map(|it| serde_json::from_str::<Value>(it).unwrap());
                        if let Some(record) = records.find(|record| record["type"] != 6) {
                            return Some(record);
                        }
                    }
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return None,
                    Some(Ok(_)) => {}
                }
            }
        }
    }

    fn assert_described(&self, record: &Value) {
        if record["type"] == 1 {
            let (name, arguments) = (record["target"].as_str().unwrap(), &record["arguments"]);
            assert_eq!(arguments.as_array().unwrap().len(), 1, "events have one argument: {record}");
            hub_schemas::assert_event(&self.name, name, &arguments[0]);
        }
    }

    /// The next event: its name and payload.
    pub async fn event(&mut self) -> (String, Value) {
        loop {
            let mut record = self.record().await.expect("the connection lives");
            if record["type"] == 1 {
                let target = record["target"].as_str().unwrap().to_owned();
                return (target, record["arguments"][0].take());
            }
        }
    }

    /// Lets the connection break, as a network does: no Close message, no close frame.
    pub fn break_off(self) {
        drop(self.socket);
    }

    /// Takes the events that have come so far.
    pub fn forget(&mut self) -> Vec<(String, Value)> {
        let invocations = self.records.drain(..).filter(|record| record["type"] == 1);
        let event = |mut record: Value| {
            (record["target"].as_str().unwrap().to_owned(), record["arguments"][0].take())
        };
        invocations.map(event).collect()
    }

    /// Events up to and including the next one with this name.
    pub async fn events_until(&mut self, last: &str) -> Vec<(String, Value)> {
        let mut events = Vec::new();
        loop {
            let event = self.event().await;
            let is_last = event.0 == last;
            events.push(event);
            if is_last {
                return events;
            }
        }
    }
}

/// What the chunks among `events` add up to; what was voided is left out.
pub fn streamed(events: &[(String, Value)]) -> String {
    let mut text = String::new();
    for (name, payload) in events {
        match name.as_str() {
            "StreamChunk" => text.push_str(payload["delta"].as_str().unwrap()),
            "AgentStatus" if payload["status"] == "resuming" => text.clear(),
            _ => {}
        }
    }
    text
}
