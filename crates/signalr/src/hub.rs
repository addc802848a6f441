//! What a hub is: the trait that users of the crate implement.

use std::collections::VecDeque;
use std::hash::Hash;

use futures_util::StreamExt as _;
use futures_util::stream::{BoxStream, Stream};
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;

use crate::authenticate::Authenticate;
use crate::connection::Connection;
use crate::error::HubError;
use crate::payload::{FromArguments, Invocation, Payload, Raw, argument};

/// A hub: who may connect, what clients may call, and how events are sent to them.
///
/// The methods are written as plain `async fn` in an implementation.
pub trait Hub: Send + Sync + Sized + 'static {
    /// What tells callers apart; [`Anyone`](crate::Anyone) for hubs that need no sign-in.
    type Auth: Authenticate;
    /// What a connection can follow on the bus: a group.
    type Topic: Clone + Eq + Hash + Send + Sync + 'static;
    /// What the bus carries. [`Broadcast`](crate::Broadcast) serves hubs without an event type of their own.
    type Event: Send + Sync + 'static;

    /// The callers that may connect.
    fn auth(&self) -> &Self::Auth;

    /// How this hub sends the event with the number `seq` to clients. `None`: it does not. Asked once an event and
    /// format, however many connections follow it; with the number 0, which is nobody's, for those who are sent the
    /// event [aside](Connection::follow_aside).
    fn project<'a>(&'a self, seq: u64, event: &'a Self::Event) -> Option<Invocation<'a>>;

    /// Whether this connection is sent `event`, which a topic it follows has brought. Asked once a
    /// connection and event: keep it cheap.
    fn admits(&self, connection: &Connection<Self>, event: &Self::Event) -> bool {
        let _ = (connection, event);
        true
    }

    /// The methods that clients may call. Names are matched without regard to case.
    fn methods(&self) -> &'static [Method];

    /// A client has connected. It is not served before this returns; an error closes the connection for good. The
    /// client learns that its handshake was accepted when this returns, or with the first thing that it is sent.
    fn connected(&self, connection: &Connection<Self>) -> impl Future<Output = Result<(), HubError>> + Send {
        let _ = connection;
        async { Ok(()) }
    }

    /// A client calls a method. The calls of one client come one at a time unless
    /// [`Options::max_parallel_invocations`](crate::Options::max_parallel_invocations) says otherwise.
    fn invoke(
        &self,
        connection: &Connection<Self>,
        call: Call,
    ) -> impl Future<Output = Result<Reply, HubError>> + Send;

    /// A connection that [`connected`](Self::connected) accepted has ended.
    fn disconnected(&self, connection: &Connection<Self>) -> impl Future<Output = ()> + Send {
        let _ = connection;
        async {}
    }
}

/// A method of a hub: its name, whether it answers with a stream, and how many upload streams it takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Method {
    pub(crate) name: &'static str,
    pub(crate) streams: bool,
    pub(crate) uploads: usize,
}

impl Method {
    /// A method that answers with a value or with nothing.
    pub const fn new(name: &'static str) -> Self {
        Self { name, streams: false, uploads: 0 }
    }

    /// A method that answers with a stream of items.
    pub const fn stream(name: &'static str) -> Self {
        Self { name, streams: true, uploads: 0 }
    }

    /// Its name.
    pub const fn name(self) -> &'static str {
        self.name
    }

    /// The method takes `count` streams of items from the client, after its other arguments.
    #[must_use]
    pub const fn uploads(self, count: usize) -> Self {
        Self { uploads: count, ..self }
    }
}

/// A call of a hub method.
pub struct Call {
    pub(crate) method: &'static str,
    pub(crate) arguments: Vec<Raw>,
    pub(crate) uploads: VecDeque<Upload>,
}

impl Call {
    /// The method's name, spelt as in [`Hub::methods`].
    pub fn method(&self) -> &'static str {
        self.method
    }

    /// All arguments as a tuple: `let (room, text): (String, String) = call.arguments()?`.
    pub fn arguments<T: FromArguments>(&self) -> Result<T, HubError> {
        T::from_arguments(&self.arguments)
    }

    /// The argument at an index, counted from 0. For methods that take more than one shape of arguments.
    pub fn argument<T: DeserializeOwned>(&self, index: usize) -> Result<T, HubError> {
        argument(&self.arguments, index)
    }

    /// How many arguments there are, upload streams not counted.
    pub fn argument_count(&self) -> usize {
        self.arguments.len()
    }

    /// Takes the next upload stream. There are as many as the [`Method`] says.
    pub fn take_upload(&mut self) -> Option<Upload> {
        self.uploads.pop_front()
    }
}

/// The items that a client sends to a method.
pub struct Upload {
    pub(crate) items: mpsc::Receiver<UploadItem>,
    pub(crate) finished: bool,
}

pub(crate) enum UploadItem {
    Item(Raw),
    Error(String),
    End,
}

impl Upload {
    /// The next item, `None` after the last. An error is the last as well: the client ended the stream with one, or
    /// was lost, or the item is not a `T`.
    pub async fn next<T: DeserializeOwned>(&mut self) -> Option<Result<T, HubError>> {
        if self.finished {
            return None;
        }
        let item = self.items.recv().await;
        self.finished = !matches!(item, Some(UploadItem::Item(_)));
        match item {
            Some(UploadItem::Item(raw)) => Some(raw.decode().map_err(|error| {
                self.finished = true;
                tracing::debug!(error, "an item of an upload stream is not what the method takes");
                HubError::Message("Failed to bind Stream message.".to_owned())
            })),
            Some(UploadItem::Error(text)) => Some(Err(HubError::Message(text))),
            Some(UploadItem::End) => None,
            None => {
                Some(Err(HubError::internal("OperationCanceledException", "The client has disconnected.")))
            }
        }
    }
}

/// The items of a streaming answer.
pub type Items = BoxStream<'static, Result<Box<dyn Payload>, HubError>>;

/// What a method answers.
pub enum Reply {
    /// Nothing.
    Void,
    /// A single value.
    Value(Box<dyn Payload>),
    /// A stream of items; only from a [`Method::stream`].
    Stream(Items),
}

impl Reply {
    /// Answers with a single value.
    pub fn value(value: impl Payload + 'static) -> Self {
        Self::Value(Box::new(value))
    }

    /// A stream of items. It is dropped when the client cancels it or is gone.
    pub fn stream<T: Payload + 'static>(
        items: impl Stream<Item = Result<T, HubError>> + Send + 'static,
    ) -> Self {
        Self::Stream(items.map(|item| item.map(|value| Box::new(value) as Box<dyn Payload>)).boxed())
    }
}
