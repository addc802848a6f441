//! A hub client that does as little as it can.

use std::collections::VecDeque;
use std::time::Instant;

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::Outcome;

const END: char = '\u{1e}';

pub(crate) struct Hub {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    /// Records that came together with one that was waited for, and when.
    unread: VecDeque<(String, Instant)>,
}

impl Hub {
    pub(crate) async fn connect(url: &str) -> Outcome<Self> {
        let url = format!("{}/hubs/chat", url.replace("http://", "ws://"));
        let (socket, _) = connect_async(url).await?;
        let mut hub = Self { socket, unread: VecDeque::new() };
        hub.send(format!("{{\"protocol\":\"json\",\"version\":1}}{END}")).await?;
        hub.wait_for("{}").await?;
        Ok(hub)
    }

    pub(crate) async fn join(&mut self, session: &str) -> Outcome<()> {
        let call = json!({ "type": 1, "invocationId": "1", "target": "JoinSession", "arguments": [session] });
        self.send(format!("{call}{END}")).await?;
        self.wait_for("\"invocationId\":\"1\"").await?;
        Ok(())
    }

    /// When the next record with `text` in it came.
    pub(crate) async fn wait_for(&mut self, text: &str) -> Outcome<Instant> {
        loop {
            while let Some((record, came)) = self.unread.pop_front() {
                if record.contains(text) {
                    return Ok(came);
                }
            }
            let message = self.socket.next().await.ok_or("the hub has closed")??;
            let came = Instant::now();
            if let Message::Text(message) = message {
                self.unread.extend(message.split_terminator(END).map(|record| (record.to_owned(), came)));
            }
        }
    }

    async fn send(&mut self, text: String) -> Outcome<()> {
        Ok(self.socket.send(Message::text(text)).await?)
    }
}
