//! What is known of a connection without regard to its hub: its names, its times, what waits to be written to
//! it alone, and how it ends.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use fanout::Position;
use http::header::{self, HeaderMap};
use parking_lot::Mutex;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::ident::{ConnectionId, ConnectionToken};
use crate::protocol::Format;
use crate::transport::pipe::RequestEnd;
use crate::transport::websocket::WebSocket;

/// How a client is connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransportKind {
    /// A single socket for both directions.
    WebSockets,
    /// An event stream down, requests up.
    ServerSentEvents,
    /// Requests both ways.
    LongPolling,
}

impl TransportKind {
    /// The name that the protocol uses: `WebSockets`, `ServerSentEvents` or `LongPolling`.
    pub fn name(self) -> &'static str {
        match self {
            Self::WebSockets => "WebSockets",
            Self::ServerSentEvents => "ServerSentEvents",
            Self::LongPolling => "LongPolling",
        }
    }
}

/// Headers of the request that opened a connection, without its credential and those of the transport itself.
/// Kept in one string: a connection that idles should cost little.
#[derive(Clone, Debug, Default)]
pub struct Headers(Box<str>);

impl Headers {
    pub(crate) fn of(headers: &HeaderMap, max_bytes: usize) -> Self {
        let mut lines = String::new();
        for (name, value) in headers {
            let transport = [header::AUTHORIZATION, header::CONNECTION, header::UPGRADE].contains(name)
                || name.as_str().starts_with("sec-websocket-");
            let Ok(value) = value.to_str() else { continue };
            if !transport && lines.len() + name.as_str().len() + value.len() + 2 <= max_bytes {
                lines.push_str(name.as_str());
                lines.push(':');
                lines.push_str(value);
                lines.push('\n');
            }
        }
        Self(lines.into_boxed_str())
    }

    /// The first value of the header `name`, which is given in lower case.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'))
    }
}

/// The place where a new socket waits for the session that goes on with it.
pub(crate) struct Handover<T>(Arc<Mutex<Option<T>>>);

impl<T> Clone for Handover<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Default for Handover<T> {
    fn default() -> Self {
        Self(Arc::new(Mutex::new(None)))
    }
}

impl<T> Handover<T> {
    /// Puts a socket there; one that still waits is dropped.
    pub(crate) fn put(&self, transport: T) {
        *self.0.lock() = Some(transport);
    }

    pub(crate) fn take(&self) -> Option<T> {
        self.0.lock().take()
    }
}

/// How a connection ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ending {
    pub(crate) error: Option<String>,
    pub(crate) allow_reconnect: bool,
    pub(crate) manner: Manner,
}

/// What is still done for a client whose connection ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// What waits for it is written, then a Close message.
    Flush,
    /// Only the Close message: the rest is too much, or too late.
    Drop,
    /// The client has left.
    Gone,
}

impl Ending {
    pub(crate) fn gone() -> Self {
        Self { error: None, allow_reconnect: false, manner: Manner::Gone }
    }

    /// The end of a connection that went wrong, with the reason sent to the client.
    pub(crate) fn failed(reason: impl Into<String>, allow_reconnect: bool) -> Self {
        Self { error: Some(reason.into()), allow_reconnect, manner: Manner::Drop }
    }
}

/// A message to this client alone, and its place among the events: behind those up to `after`.
pub(crate) struct Direct {
    pub(crate) after: Position,
    /// It counts for stateful reconnect; a ping does not.
    pub(crate) counts: bool,
    pub(crate) bytes: Bytes,
}

#[derive(Default)]
struct Outbox {
    queue: VecDeque<Direct>,
    bytes: usize,
}

/// When things happened, in milliseconds since the server began. 0: not yet.
#[derive(Default)]
pub(crate) struct Times {
    pub(crate) opened: AtomicU64,
    pub(crate) sent: AtomicU64,
    pub(crate) received: AtomicU64,
    pub(crate) write_began: AtomicU64,
    /// `u64::MAX`: never.
    pub(crate) expires: AtomicU64,
    /// Ways to the client: polls under way, or the socket of a stateful connection.
    pub(crate) present: AtomicU64,
    /// When the last of them ended.
    pub(crate) left: AtomicU64,
    /// A stateful client waits for an acknowledgement.
    pub(crate) ack_owed: AtomicBool,
    /// It is time to send it.
    pub(crate) ack_due: AtomicBool,
    /// The client has sent a ping, so its silence means something.
    pub(crate) pings: AtomicBool,
    /// Nothing is read from the client at present, so its silence means nothing.
    pub(crate) paused: AtomicBool,
    /// The connection is ended because nothing was heard of the client for too long.
    pub(crate) vanished: AtomicBool,
}

pub(crate) struct Link {
    pub(crate) id: ConnectionId,
    pub(crate) token: ConnectionToken,
    pub(crate) transport: TransportKind,
    pub(crate) headers: Headers,
    pub(crate) times: Times,
    /// For transports made of requests.
    pub(crate) requests: Option<Arc<RequestEnd>>,
    /// For stateful connections: where the next socket is put.
    pub(crate) handover: Option<Handover<WebSocket>>,
    /// Rouses the session: there is something in the outbox, or room in the queue of calls.
    pub(crate) wake: Notify,
    pub(crate) ended: CancellationToken,
    format: OnceLock<Format>,
    outbox: Mutex<Outbox>,
    room: Notify,
    ending: Mutex<Option<Ending>>,
}

impl Link {
    pub(crate) fn new(
        id: ConnectionId,
        token: ConnectionToken,
        transport: TransportKind,
        headers: Headers,
        now: u64,
    ) -> Self {
        let times = Times {
            opened: now.into(),
            sent: now.into(),
            left: now.into(),
            expires: u64::MAX.into(),
            ..Times::default()
        };
        Self {
            id,
            token,
            transport,
            headers,
            times,
            requests: None,
            handover: None,
            wake: Notify::new(),
            ended: CancellationToken::new(),
            format: OnceLock::new(),
            outbox: Mutex::default(),
            room: Notify::new(),
            ending: Mutex::new(None),
        }
    }

    /// The format chosen; `None` before the handshake.
    pub(crate) fn format(&self) -> Option<Format> {
        self.format.get().copied()
    }

    pub(crate) fn set_format(&self, format: Format) {
        self.format.get_or_init(|| format);
    }

    /// Queues a message if fewer than `max_bytes` wait, else gives it back.
    pub(crate) fn try_queue(&self, message: Direct, max_bytes: usize) -> Result<(), Direct> {
        let mut outbox = self.outbox.lock();
        if outbox.bytes >= max_bytes {
            return Err(message);
        }
        outbox.bytes += message.bytes.len();
        outbox.queue.push_back(message);
        drop(outbox);
        self.wake.notify_one();
        Ok(())
    }

    /// Resolves when something has been taken out of the outbox since this was called.
    pub(crate) fn room(&self) -> tokio::sync::futures::Notified<'_> {
        self.room.notified()
    }

    pub(crate) fn take_queued(&self) -> VecDeque<Direct> {
        let mut outbox = self.outbox.lock();
        outbox.bytes = 0;
        let taken = std::mem::take(&mut outbox.queue);
        drop(outbox);
        if !taken.is_empty() {
            self.room.notify_waiters();
        }
        taken
    }

    /// Ends the connection; the first to do so says how.
    pub(crate) fn end(&self, how: Ending) {
        self.ending.lock().get_or_insert(how);
        self.ended.cancel();
    }

    /// How the connection was ended.
    pub(crate) fn ending(&self) -> Ending {
        self.ending.lock().clone().unwrap_or_else(Ending::gone)
    }

    pub(crate) fn stamp(&self, which: impl Fn(&Times) -> &AtomicU64, now: u64) {
        which(&self.times).store(now, Ordering::Relaxed);
    }
}
