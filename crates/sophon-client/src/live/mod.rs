//! A live connection to `/hubs/chat`: SignalR in JSON over a WebSocket, without negotiation.

mod record;

use std::collections::VecDeque;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use http::header;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;
use sophon_api::hubs::{ChatEvent, HubEvent, Joined, SessionRef, TaskRef};
use sophon_api::{Accepted, Secret, SendMessage};
use sophon_model::{SessionId, TaskId};
use tokio::net::TcpStream;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at, timeout, timeout_at};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, ClientRequestBuilder, Message};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};

use crate::error::root_cause;
use crate::http_client::{CONNECT_TIMEOUT, TENANT_HEADER, USER_AGENT};
use crate::{Client, ClientError};
use record::{HANDSHAKE, HandshakeAnswer, Incoming, PING};

/// How long the gateway may take for the handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a call may take. Calls answer when work is accepted, not when it is done.
const INVOCATION_TIMEOUT: Duration = Duration::from_secs(30);
/// How often a heartbeat is sent to the gateway; it gives up after twice as long.
const PING_EVERY: Duration = Duration::from_secs(15);
/// The silence after which the gateway is taken for gone; it pings every 15 s.
const LONGEST_SILENCE: Duration = Duration::from_secs(30);
/// The largest WebSocket message that is taken, in bytes.
const LARGEST_MESSAGE: usize = 16 * 1024 * 1024;
/// Bytes kept for reading.
const READ_BUFFER: usize = 16 * 1024;
/// Events that may arrive while a call waits for its answer; with more the connection is given up.
const MOST_WAITING_EVENTS: usize = 10_000;

/// A connection to the chat hub. It answers pings while one of its methods is awaited, so keep awaiting
/// [`ChatHub::next`].
pub struct ChatHub {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    next_id: u64,
    waiting: VecDeque<ChatEvent>,
    pings: Interval,
    heard_at: Instant,
}

impl Client {
    /// Opens a live connection to the chat hub.
    pub async fn chat_hub(&self) -> Result<ChatHub, ClientError> {
        // Boxed: opening takes kilobytes that a caller's future should not carry for ever.
        Box::pin(self.with_credential(async |bearer| self.open(bearer).await)).await
    }

    async fn open(&self, bearer: Option<Secret>) -> Result<ChatHub, ClientError> {
        let request = self.upgrade_request(bearer)?;
        let config = WebSocketConfig::default()
            .max_message_size(Some(LARGEST_MESSAGE))
            .max_frame_size(Some(LARGEST_MESSAGE))
            .read_buffer_size(READ_BUFFER)
            .write_buffer_size(0);
        let connector = Connector::Rustls(self.tls());
        let connecting = connect_async_tls_with_config(request, Some(config), true, Some(connector));
        let (socket, _) = timeout(CONNECT_TIMEOUT, connecting)
            .await
            .map_err(|_| ClientError::TimedOut(CONNECT_TIMEOUT))?
            .map_err(|error| self.not_opened(error))?;
        ChatHub::begin(socket).await
    }

    fn upgrade_request(&self, bearer: Option<Secret>) -> Result<ClientRequestBuilder, ClientError> {
        let mut url = self.address(&["hubs", "chat"])?;
        let scheme = if url.scheme() == "https" { "wss" } else { "ws" };
        url.set_scheme(scheme).map_err(|()| ClientError::Setup(format!("`{url}` is not a web address")))?;
        let uri = url
            .as_str()
            .parse()
            .map_err(|error: http::uri::InvalidUri| ClientError::Setup(error.to_string()))?;
        let mut request = ClientRequestBuilder::new(uri).with_header(header::USER_AGENT.as_str(), USER_AGENT);
        if let Some(tenant) = self.acts_in() {
            request = request.with_header(TENANT_HEADER, tenant);
        }
        Ok(match bearer {
            Some(bearer) => {
                request.with_header(header::AUTHORIZATION.as_str(), format!("Bearer {}", bearer.reveal()))
            }
            None => request,
        })
    }

    fn not_opened(&self, error: tungstenite::Error) -> ClientError {
        match error {
            tungstenite::Error::Http(answer) => {
                let body = answer.body().as_deref().unwrap_or_default();
                ClientError::from_answer(self.base().as_str(), answer.status(), answer.headers(), body)
            }
            tungstenite::Error::Protocol(error) => self.not_understood(error.to_string()),
            other => ClientError::unconnected(&other, self.base().as_str()),
        }
    }
}

impl ChatHub {
    async fn begin(socket: WebSocketStream<MaybeTlsStream<TcpStream>>) -> Result<Self, ClientError> {
        let now = Instant::now();
        let mut pings = interval_at(now + PING_EVERY, PING_EVERY);
        pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut hub = Self { socket, next_id: 1, waiting: VecDeque::new(), pings, heard_at: now };
        hub.send(HANDSHAKE.to_owned()).await?;
        timeout(HANDSHAKE_TIMEOUT, hub.handshake())
            .await
            .map_err(|_| ClientError::TimedOut(HANDSHAKE_TIMEOUT))??;
        Ok(hub)
    }

    /// Waits for the answer to the handshake. The records that share its message are kept.
    async fn handshake(&mut self) -> Result<(), ClientError> {
        let text = self.message().await?;
        let mut records = record::split(&text).map_err(|error| lost(error.to_string()))?;
        let answer = records.next().unwrap_or_default();
        let answer: HandshakeAnswer =
            serde_json::from_str(answer).map_err(|error| lost(error.to_string()))?;
        if let Some(error) = answer.error {
            return Err(ClientError::from_completion(&error));
        }
        for record in records {
            let incoming = Incoming::read(record).map_err(|error| lost(error.to_string()))?;
            self.keep(incoming)?;
        }
        Ok(())
    }

    /// `SendMessage`: also joins the message's session.
    pub async fn send_message(&mut self, message: &SendMessage) -> Result<Accepted, ClientError> {
        self.invoke("SendMessage", message).await
    }

    /// `JoinSession`: its events follow from now on.
    pub async fn join_session(&mut self, session: &SessionId) -> Result<Joined, ClientError> {
        self.invoke("JoinSession", &SessionRef::from(session.clone())).await
    }

    /// `CancelTask`: the task ends a little later, and says so in an event.
    pub async fn cancel_task(&mut self, task: &TaskId) -> Result<(), ClientError> {
        self.invoke("CancelTask", &TaskRef::from(task.clone())).await
    }

    /// The next event, however long that takes. Dropping the future loses no event.
    pub async fn next(&mut self) -> Result<ChatEvent, ClientError> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Ok(event);
            }
            self.receive(None).await?;
        }
    }

    /// Says goodbye.
    pub async fn close(mut self) {
        // After a close, the other side's answer does not matter.
        let _gone_already = self.socket.close(None).await;
    }

    async fn invoke<T: DeserializeOwned>(
        &mut self,
        method: &str,
        argument: &impl Serialize,
    ) -> Result<T, ClientError> {
        let id = self.next_id.to_string();
        self.next_id += 1;
        let record = record::invocation(&id, method, argument).map_err(|error| lost(error.to_string()))?;
        self.send(record).await?;
        let deadline = Instant::now() + INVOCATION_TIMEOUT;
        loop {
            let receiving = timeout_at(deadline, self.receive(Some(&id))).await;
            let answer = receiving.map_err(|_| ClientError::TimedOut(INVOCATION_TIMEOUT))??;
            if let Some(answer) = answer {
                let result = answer?;
                let text = result.as_deref().map_or("null", RawValue::get);
                return serde_json::from_str(text)
                    .map_err(|error| lost(format!("{method} answered oddly: {error}")));
            }
        }
    }

    /// Takes one WebSocket message: keeps its events, and gives the answer to the call `awaited` if it is among them.
    async fn receive(&mut self, awaited: Option<&str>) -> Result<Option<CallAnswer>, ClientError> {
        let text = self.message().await?;
        let mut answer = None;
        for record in record::split(&text).map_err(|error| lost(error.to_string()))? {
            match Incoming::read(record).map_err(|error| lost(error.to_string()))? {
                Incoming::Completion(done) if awaited == Some(done.invocation_id.as_str()) => {
                    answer = Some(match done.error {
                        Some(error) => Err(ClientError::from_completion(&error)),
                        None => Ok(done.result),
                    });
                }
                other => self.keep(other)?,
            }
        }
        Ok(answer)
    }

    /// Keeps what is an event that we know.
    fn keep(&mut self, incoming: Incoming) -> Result<(), ClientError> {
        match incoming {
            Incoming::Event { target, argument } => {
                let event = ChatEvent::read(&target, argument);
                let Some(event) = event.map_err(|error| lost(format!("{target} is odd: {error}")))? else {
                    return Ok(());
                };
                if self.waiting.len() >= MOST_WAITING_EVENTS {
                    return Err(lost(format!("more than {MOST_WAITING_EVENTS} events came at once")));
                }
                self.waiting.push_back(event);
                Ok(())
            }
            Incoming::Close(reason) => {
                Err(lost(reason.unwrap_or_else(|| "the gateway closed it".to_owned())))
            }
            // A completion of a call that nobody waits for any more.
            Incoming::Completion(_) | Incoming::Other => Ok(()),
        }
    }

    /// The text of the next WebSocket message; sends pings meanwhile. Dropping the future loses nothing.
    async fn message(&mut self) -> Result<String, ClientError> {
        loop {
            let silence = self.heard_at + LONGEST_SILENCE;
            let message = tokio::select! {
                message = timeout_at(silence, self.socket.next()) => message,
                _ = self.pings.tick() => {
                    self.send(PING.to_owned()).await?;
                    continue;
                }
            };
            let message = message
                .map_err(|_| lost(format!("nothing was heard for {} s", LONGEST_SILENCE.as_secs())))?;
            self.heard_at = Instant::now();
            match message {
                Some(Ok(Message::Text(text))) => return Ok(text.as_str().to_owned()),
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Binary(_))) => return Err(lost("it sent binary data".to_owned())),
                Some(Ok(Message::Close(frame))) => {
                    let reason = frame
                        .map(|frame| frame.reason.as_str().to_owned())
                        .filter(|reason| !reason.is_empty());
                    return Err(lost(reason.unwrap_or_else(|| "the gateway closed it".to_owned())));
                }
                Some(Err(error)) => return Err(lost(root_cause(&error))),
                None => return Err(lost("the gateway hung up".to_owned())),
            }
        }
    }

    async fn send(&mut self, record: String) -> Result<(), ClientError> {
        self.socket.send(Message::text(record)).await.map_err(|error| lost(root_cause(&error)))
    }
}

/// What a call returned, or why it was refused.
type CallAnswer = Result<Option<Box<RawValue>>, ClientError>;

fn lost(reason: String) -> ClientError {
    ClientError::Disconnected(reason)
}
