use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use bytes::Bytes;
use fanout::{Position, Start, Subscription};
use parking_lot::Mutex;
use serde::de::DeserializeOwned;

use crate::authenticate::Caller;
use crate::error::{ClientError, SendError};
use crate::hub::Hub;
use crate::ident::ConnectionId;
use crate::link::{Direct, Ending, Headers, Link, Manner, TransportKind};
use crate::payload::Invocation;
use crate::protocol::{Format, Outcome};
use crate::server::Server;
use crate::session::calls::{Calls, Question, Slot};

pub(crate) struct Shared<H: Hub> {
    pub(crate) server: Arc<Server<H>>,
    pub(crate) caller: Caller<H>,
    pub(crate) subscription: Subscription<H::Topic, H::Event>,
    pub(crate) link: Link,
    pub(crate) calls: Mutex<Calls>,
    followed: Mutex<Vec<H::Topic>>,
}

/// A client's connection. Clones are handles of the same one; a handle may outlive it and then does nothing.
pub struct Connection<H: Hub> {
    pub(crate) shared: Arc<Shared<H>>,
    /// The place among the parallel invocations that the bearer of this handle holds.
    pub(crate) slot: Option<Arc<Slot>>,
}

impl<H: Hub> Clone for Connection<H> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone(), slot: self.slot.clone() }
    }
}

impl<H: Hub> Connection<H> {
    pub(crate) fn new(server: Arc<Server<H>>, caller: Caller<H>, link: Link) -> Self {
        let subscription = server.bus.subscribe();
        let shared = Shared {
            server,
            caller,
            subscription,
            link,
            calls: Mutex::default(),
            followed: Mutex::default(),
        };
        Self { shared: Arc::new(shared), slot: None }
    }

    pub(crate) fn link(&self) -> &Link {
        &self.shared.link
    }

    /// The public name of the connection. A client knows its own, unless it skipped the negotiation.
    pub fn id(&self) -> ConnectionId {
        self.shared.link.id
    }

    /// The user of the connection.
    pub fn caller(&self) -> &Caller<H> {
        &self.shared.caller
    }

    /// How the client is connected.
    pub fn transport(&self) -> TransportKind {
        self.shared.link.transport
    }

    /// The format that the client speaks; `None` before its handshake.
    pub fn format(&self) -> Option<Format> {
        self.shared.link.format()
    }

    /// The headers of the request that opened the connection.
    pub fn headers(&self) -> &Headers {
        &self.shared.link.headers
    }

    /// Joins a group: from now on (or from an earlier event on) the client is sent what is published under
    /// `topic`. Returns the number after which that is complete; see [`fanout::Subscription::follow`].
    pub fn follow(&self, topic: &H::Topic, start: Start) -> u64 {
        self.note(topic);
        self.shared.subscription.follow(topic, start)
    }

    /// Joins a group in which the client may still want to know what happened before: see
    /// [`fanout::Subscription::follow_aside`]. What it is sent by such groups alone bears no number.
    pub fn follow_aside(&self, topic: &H::Topic, start: Start) -> u64 {
        self.note(topic);
        self.shared.subscription.follow_aside(topic, start)
    }

    fn note(&self, topic: &H::Topic) {
        let mut followed = self.shared.followed.lock();
        if !followed.contains(topic) {
            followed.push(topic.clone());
        }
    }

    /// The number after which the client is sent all that happens in a group, if it is in it or joins it now.
    pub fn complete_after(&self, topic: &H::Topic) -> u64 {
        self.shared.subscription.complete_after(topic)
    }

    /// Leaves a group. What was published before may still arrive.
    pub fn unfollow(&self, topic: &H::Topic) {
        let mut followed = self.shared.followed.lock();
        followed.retain(|other| other != topic);
        self.shared.subscription.unfollow(topic);
    }

    /// The groups joined.
    pub fn followed(&self) -> Vec<H::Topic> {
        self.shared.followed.lock().clone()
    }

    /// Calls a method at this client alone. It arrives after every event published before this call and before
    /// every later one. Waits while more than [`Options::outbox_bytes`](crate::Options::outbox_bytes) are on
    /// their way to the client.
    pub async fn send(&self, invocation: Invocation<'_>) -> Result<(), SendError> {
        self.send_behind(self.shared.server.bus.position(), invocation).await
    }

    /// The same in the place of the event numbered `seq`, for one that the bus no longer holds: it arrives before all
    /// later events of topics that are followed after this call.
    pub async fn send_at(&self, seq: u64, invocation: Invocation<'_>) -> Result<(), SendError> {
        self.send_behind(Position::of(seq), invocation).await
    }

    async fn send_behind(&self, after: Position, invocation: Invocation<'_>) -> Result<(), SendError> {
        let format = self.format().ok_or(SendError::Closed)?;
        let bytes = format.invocation(None, &invocation).map_err(SendError::Encode)?;
        drop(invocation);
        self.queue_behind(after, bytes).await
    }

    /// Calls a method at this client and waits for what it returns, at most for `limit`. A hub method that waits
    /// here lets the client's next invocation begin.
    pub async fn invoke_client<T: DeserializeOwned>(
        &self,
        invocation: Invocation<'_>,
        limit: Duration,
    ) -> Result<T, ClientError> {
        let format = self.format().ok_or(SendError::Closed)?;
        let mut question = Question::new(&self.shared.calls);
        let bytes = format.invocation(Some(question.id()), &invocation).map_err(SendError::Encode)?;
        drop(invocation);
        if let Some(slot) = &self.slot {
            slot.give_back(self);
        }
        let asked = async {
            self.queue(bytes).await?;
            question.answer().await.ok_or(ClientError::Send(SendError::Closed))
        };
        let outcome = tokio::time::timeout(limit, asked).await;
        match outcome.map_err(|_| ClientError::Timeout)?? {
            Outcome::Value(raw) => raw.decode().map_err(ClientError::Decode),
            Outcome::Error(text) => Err(ClientError::Failed(text)),
            // A method without a result answers nothing; `()` and `Option` can be read from that.
            Outcome::Void => {
                serde_json::from_str("null").map_err(|error| ClientError::Decode(error.to_string()))
            }
        }
    }

    /// Ends the connection: what is on its way is written, then a Close message with `reason`. Without
    /// `allow_reconnect` clients do not come back by themselves.
    pub fn close(&self, reason: Option<&str>, allow_reconnect: bool) {
        let error = reason.map(str::to_owned);
        self.link().end(Ending { error, allow_reconnect, manner: Manner::Flush });
    }

    /// Whether the connection has ended.
    pub fn is_closed(&self) -> bool {
        self.link().ended.is_cancelled()
    }

    /// Whether the client may come back by itself: the connection has ended, but neither by the client's own Close
    /// message nor by one of ours that forbids it. For hubs that keep something for who returns.
    pub fn may_return(&self) -> bool {
        let ending = self.link().ending();
        self.is_closed() && (ending.allow_reconnect || ending.manner == Manner::Gone)
    }

    /// How long ago the client was last heard of, if the connection has ended for nothing but its silence. A client
    /// that was cut off has been back since, as like as not.
    pub fn vanished(&self) -> Option<Duration> {
        let times = &self.link().times;
        let heard = times.received.load(Ordering::Relaxed).max(times.left.load(Ordering::Relaxed));
        let ago = self.shared.server.now().saturating_sub(heard);
        times.vanished.load(Ordering::Relaxed).then_some(Duration::from_millis(ago))
    }

    /// Resolves when the connection has ended.
    pub async fn closed(&self) {
        self.link().ended.cancelled().await;
    }

    /// Queues an encoded message behind all events shown so far, as soon as there is room.
    pub(crate) async fn queue(&self, bytes: Bytes) -> Result<(), SendError> {
        self.queue_behind(self.shared.server.bus.position(), bytes).await
    }

    async fn queue_behind(&self, after: Position, bytes: Bytes) -> Result<(), SendError> {
        let link = self.link();
        let max = self.shared.server.options.outbox_bytes;
        let mut message = Direct { after, counts: true, bytes };
        loop {
            let room = link.room();
            if link.ended.is_cancelled() {
                return Err(SendError::Closed);
            }
            match link.try_queue(message, max) {
                Ok(()) => return Ok(()),
                Err(back) => message = back,
            }
            tokio::select! {
                () = room => {}
                () = link.ended.cancelled() => return Err(SendError::Closed),
            }
        }
    }
}
