//! `/hubs/node`: SignalR in JSON over a WebSocket, without negotiation.

use std::collections::HashSet;
use std::convert::Infallible;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, ClientRequestBuilder, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use crate::gateway::{CONNECT_TIME, Gateway, HEARTBEAT_EVERY, Heartbeat};
use crate::work::{Order, Worker};

/// What ends a record.
const SEPARATOR: char = '\u{1e}';
/// How often the gateway is told that the connection lives.
const PING_EVERY: Duration = Duration::from_secs(15);
/// Silence after which the gateway is taken for gone; it pings every 15 s.
const LONGEST_SILENCE: Duration = Duration::from_secs(30);
/// The largest message that is taken, in bytes.
const LARGEST_MESSAGE: usize = 1024 * 1024;

/// What the gateway says of an answer that it will never take.
const NEVER_TAKEN: [&str; 3] = ["not_found:", "validation_failed:", "payload_too_large:"];

/// How a connection ended.
#[derive(Debug)]
pub(crate) enum Lost {
    /// The gateway wants nothing more of this node.
    Revoked,
    /// It worked, and works no longer.
    Closed(String),
    /// There was none.
    NeverOpened(String),
}

/// A record that the gateway sends.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record {
    r#type: u8,
    #[serde(default)]
    target: String,
    #[serde(default)]
    arguments: Vec<Value>,
    invocation_id: Option<String>,
    error: Option<String>,
}

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

struct Session<'a> {
    socket: Socket,
    gateway: &'a Gateway,
    worker: &'a Worker,
    /// Answers that were sent and not yet confirmed on this connection.
    sent: HashSet<String>,
}

/// Obeys over one connection until it ends.
pub(crate) async fn serve(gateway: &Gateway, worker: &Worker) -> Lost {
    let (socket, first) = match timeout(CONNECT_TIME, open(gateway)).await {
        Ok(Ok(opened)) => opened,
        Ok(Err(lost)) => return lost,
        Err(_) => return Lost::NeverOpened("it took too long".into()),
    };
    tracing::info!(node = gateway.node_id(), "connected");
    let mut session = Session { socket, gateway, worker, sent: HashSet::new() };
    match session.run(&first).await {
        Ok(never) => match never {},
        Err(lost) => lost,
    }
}

/// A connection after the handshake, and the records that came with the gateway's answer to it.
async fn open(gateway: &Gateway) -> Result<(Socket, String), Lost> {
    let never = |error: &dyn std::fmt::Display| Lost::NeverOpened(error.to_string());
    let mut url = gateway.address(&["hubs", "node"]).map_err(|error| never(&error))?;
    let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
    url.set_scheme(scheme).map_err(|()| never(&"it is not a web address"))?;
    let uri: tungstenite::http::Uri = url.as_str().parse().map_err(|error| never(&error))?;
    let bearer = format!("Bearer {}", gateway.token);
    let request = ClientRequestBuilder::new(uri).with_header("Authorization", bearer);
    let config = WebSocketConfig::default()
        .max_message_size(Some(LARGEST_MESSAGE))
        .max_frame_size(Some(LARGEST_MESSAGE));
    let connector = Connector::Rustls(gateway.tls.clone());
    let opened = connect_async_tls_with_config(request, Some(config), true, Some(connector)).await;
    let (mut socket, _) = opened.map_err(|error| match error {
        tungstenite::Error::Http(answer) if answer.status() == 401 => Lost::Revoked,
        error => never(&error),
    })?;
    let hello = format!("{{\"protocol\":\"json\",\"version\":1}}{SEPARATOR}");
    socket.send(Message::text(hello)).await.map_err(|error| never(&error))?;
    match socket.next().await {
        Some(Ok(Message::Text(answer))) => match answer.split_once(SEPARATOR) {
            Some(("{}", rest)) => Ok((socket, rest.to_owned())),
            _ => Err(never(&answer)),
        },
        _ => Err(never(&"the gateway did not shake hands")),
    }
}

impl Session<'_> {
    /// That a connection ends is always a loss.
    async fn run(&mut self, first: &str) -> Result<Infallible, Lost> {
        let mut pings = interval(PING_EVERY);
        let mut beats = interval(HEARTBEAT_EVERY);
        beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut measured = JoinSet::new();
        let mut heard = Instant::now();
        self.read(first).await?;
        self.report().await?;
        loop {
            tokio::select! {
                message = self.socket.next() => {
                    heard = Instant::now();
                    self.take(message).await?;
                }
                () = self.worker.news() => self.report().await?,
                _ = pings.tick() => self.write(&json!({ "type": 6 })).await?,
                // Measuring takes a moment, in which commands are not to wait.
                _ = beats.tick() => drop(measured.spawn(Heartbeat::of(self.gateway.node_id().to_owned()))),
                Some(Ok(Ok(heartbeat))) = measured.join_next() => {
                    self.write(&json!({ "type": 1, "target": "Heartbeat", "arguments": [heartbeat] })).await?;
                }
                () = sleep_until(heard + LONGEST_SILENCE) => {
                    return Err(Lost::Closed("nothing was heard of the gateway".into()));
                }
            }
        }
    }

    async fn take(&mut self, message: Option<Result<Message, tungstenite::Error>>) -> Result<(), Lost> {
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_) | Message::Binary(_))) => {
                return Ok(());
            }
            Some(Ok(Message::Close(_))) | None => return Err(Lost::Closed("the gateway hung up".into())),
            Some(Err(error)) => return Err(Lost::Closed(error.to_string())),
        };
        self.read(&text).await
    }

    async fn read(&mut self, text: &str) -> Result<(), Lost> {
        for record in text.split_terminator(SEPARATOR) {
            let record = serde_json::from_str(record);
            let record: Record = record.map_err(|error| Lost::Closed(format!("it speaks oddly: {error}")))?;
            self.obey(record).await?;
        }
        Ok(())
    }

    async fn obey(&mut self, record: Record) -> Result<(), Lost> {
        let argument = record.arguments.into_iter().next().unwrap_or_default();
        match (record.r#type, record.target.as_str()) {
            (1, "ExecuteCommand") => {
                // The answer goes by `CommandResult`, which is confirmed; that needs no value here.
                if let Some(id) = record.invocation_id {
                    let none = "Client didn't provide a result.";
                    self.write(&json!({ "type": 3, "invocationId": id, "error": none })).await?;
                }
                match serde_json::from_value::<Order>(argument) {
                    Ok(order) => self.worker.take_on(order),
                    Err(error) => tracing::warn!(%error, "a command cannot be read"),
                }
                Ok(())
            }
            (1, "RefreshScopes") => {
                tracing::info!(scopes = %argument["scopes"], "the scopes have changed");
                let known = json!({ "scopes": argument["scopes"] });
                self.write(&json!({ "type": 1, "target": "ScopeChanged", "arguments": [known] })).await
            }
            (1, "RevokeAccess") => Err(Lost::Revoked),
            (3, _) => {
                self.confirmed(&record.invocation_id.unwrap_or_default(), record.error.as_deref()).await;
                Ok(())
            }
            (7, _) => Err(Lost::Closed(record.error.unwrap_or_else(|| "the gateway closed it".into()))),
            _ => Ok(()),
        }
    }

    /// The gateway has taken an answer in, or will never.
    async fn confirmed(&mut self, id: &str, error: Option<&str>) {
        if !self.sent.remove(id) {
            return;
        }
        match error {
            None => self.worker.reported(id).await,
            Some(error) if NEVER_TAKEN.iter().any(|code| error.contains(code)) => {
                tracing::warn!(command = id, error, "the gateway does not take an answer");
                self.worker.reported(id).await;
            }
            // It is kept, and told again on the next connection.
            Some(error) => tracing::warn!(command = id, error, "the gateway did not take an answer now"),
        }
    }

    /// Tells what the gateway does not know yet.
    async fn report(&mut self) -> Result<(), Lost> {
        for (id, answer) in self.worker.unreported().await {
            if self.sent.insert(id.clone()) {
                let mut result = json!(answer);
                result["commandId"] = json!(id);
                let call = json!({
                    "type": 1, "invocationId": id, "target": "CommandResult", "arguments": [result],
                });
                self.write(&call).await?;
            }
        }
        Ok(())
    }

    async fn write(&mut self, record: &Value) -> Result<(), Lost> {
        let message = Message::text(format!("{record}{SEPARATOR}"));
        self.socket.send(message).await.map_err(|error| Lost::Closed(error.to_string()))
    }
}
