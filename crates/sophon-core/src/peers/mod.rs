//! The other gateways of the deployment: what is published here is sent to them at once, and what they publish is shown here.
//!
//! Storage alone says what is so. A message may be lost, late or doubled: an event whose number is missing is read from
//! storage ([`Tail`]), text is asked for again, and whoever waits looks at a slow pace anyway.

mod listener;
mod message;
mod roll;
mod status;
mod tail;

pub(crate) use listener::{Listener, NoticeHandlers};
pub use roll::{GatewayState, Roll};
pub use status::PeersStatus;
pub(crate) use tail::Tail;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream::BoxStream;
use sophon_model::ports::{Backplane, BackplaneStatus, Heard};
use sophon_model::{Event, TextDelta, Topic};

use message::{encode_event, encode_notice, encode_passing, encode_text};

/// The way to the other gateways. By default there are none, and nothing is encoded for them.
#[derive(Clone, Default)]
pub(crate) struct Peers(Option<Arc<dyn Backplane>>);

impl fmt::Debug for Peers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Peers").field(&self.status()).finish()
    }
}

impl Peers {
    pub(crate) fn new(backplane: Option<Arc<dyn Backplane>>) -> Self {
        Self(backplane)
    }

    /// How the way to them is; `None` if there is none by the configuration.
    pub(crate) fn status(&self) -> Option<BackplaneStatus> {
        self.0.as_ref().map(|backplane| backplane.status())
    }

    /// Whether there is a way to them by the configuration.
    pub(crate) fn are_configured(&self) -> bool {
        self.0.is_some()
    }

    /// Whether messages reach them now, as far as that is known.
    pub(crate) fn are_reached(&self) -> bool {
        self.0.as_ref().is_some_and(|backplane| backplane.status().is_connected)
    }

    fn messages(&self) -> Option<BoxStream<'static, Heard>> {
        self.0.as_ref().map(|backplane| backplane.messages())
    }

    /// Sends a durable event that has been committed.
    pub(crate) fn publish(&self, number: u64, topics: &[Topic], event: &Event) {
        self.send(|largest| encode_event(number, topics, event, largest));
    }

    /// Sends an event that is not kept, and that comes after the number `after`.
    pub(crate) fn pass(&self, topics: &[Topic], event: &Event, after: impl FnOnce() -> u64) {
        self.send(|largest| encode_passing(after(), topics, event, largest));
    }

    /// Sends the text so far of a message that is written here.
    pub(crate) fn send_text(&self, after: u64, topics: &[Topic], text: &TextDelta) {
        self.send(|largest| encode_text(after, topics, text, largest));
    }

    /// Has the handlers that others registered for `subject` called with `key`.
    pub(crate) fn notify(&self, subject: &str, key: &str) {
        self.send(|_| Some(encode_notice(subject, key)));
    }

    fn send(&self, encode: impl FnOnce(usize) -> Option<Bytes>) {
        let Some(backplane) = &self.0 else { return };
        if let Some(message) = encode(backplane.largest()) {
            backplane.send(message);
        }
    }
}
