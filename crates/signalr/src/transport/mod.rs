//! The transports: how bytes get from and to a client. They know nothing of the hub protocol.

pub(crate) mod long_polling;
pub(crate) mod pipe;
pub(crate) mod server_sent_events;
pub(crate) mod websocket;

use std::task::{Context, Poll};

use bytes::Bytes;

use crate::protocol::TransferFormat;

/// What a transport reports.
pub(crate) enum Io {
    /// Bytes from the client.
    Received(Bytes),
    /// The last write has gone out.
    Written,
    /// The client has taken its leave.
    Left,
    /// The way to the client is broken.
    Lost,
    /// The client broke the rules of the transport; in words.
    Broken(String),
}

/// Bytes in both directions. One write is under way at a time.
pub(crate) trait Transport: Send + 'static {
    /// Begins a write. Only to be called when none is under way.
    fn write(&mut self, bytes: Bytes, format: TransferFormat);

    /// Goes on with the write under way and, if `reading`, looks for bytes from the client.
    fn poll(&mut self, reading: bool, cx: &mut Context<'_>) -> Poll<Io>;

    /// Tells the client that the connection is over, after the write under way. The caller limits the time.
    fn close(&mut self) -> impl Future<Output = ()> + Send;
}
