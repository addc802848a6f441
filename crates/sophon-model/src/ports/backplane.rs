//! Messages between the gateways of one deployment.

use bytes::Bytes;
use futures_util::stream::BoxStream;
use serde::Serialize;

/// Carries messages to the other gateways of the deployment. A message may be lost, late or doubled: what counts is in
/// storage, and is found there a little later. Messages of one gateway reach each of the others in the order in which they
/// were sent, as far as they do.
pub trait Backplane: Send + Sync {
    /// Sends a message to all others, soon. It is dropped if they cannot be reached, or if too much waits.
    fn send(&self, message: Bytes);

    /// The largest message that is carried, in bytes.
    fn largest(&self) -> usize;

    /// How it is.
    fn status(&self) -> BackplaneStatus;

    /// What the others send. For one reader, which takes it once; a later one is given nothing.
    fn messages(&self) -> BoxStream<'static, Heard>;
}

/// What comes from the other gateways.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// A message.
    Message(Bytes),
    /// Nothing, for a while: messages may have been lost before this.
    Gap,
}

/// How the connection to the other gateways is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BackplaneStatus {
    /// Whether messages are carried now.
    pub is_connected: bool,
    /// Messages that were sent since the start.
    pub sent: u64,
    /// Messages that were received.
    pub received: u64,
    /// Messages that were dropped: nobody could be reached, or too many waited.
    pub dropped: u64,
    /// How often the connection was lost.
    pub lost: u64,
}
