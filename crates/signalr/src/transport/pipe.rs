//! The session's end of a transport that is made of requests: what they bring comes in through one channel,
//! what goes out waits in another until a response takes it.

use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::{CancellationToken, PollSender};

use super::{Io, Transport};
use crate::protocol::TransferFormat;

/// Pieces of request bodies that may wait for the session; beyond that the request waits.
const WAITING_PIECES: usize = 2;

/// The requests' end, kept with the connection.
pub(crate) struct RequestEnd {
    /// What requests bring; held for the length of a body, so that two do not get mixed up.
    pub(crate) bodies: tokio::sync::Mutex<mpsc::Sender<Bytes>>,
    /// What goes out; held by the response that may take it.
    pub(crate) outgoing: tokio::sync::Mutex<mpsc::Receiver<Bytes>>,
    /// Counts polls: a new one sends the one before it home.
    pub(crate) turn: watch::Sender<u64>,
    /// Everything has been taken, or nobody will take it any more.
    pub(crate) over: CancellationToken,
}

pub(crate) struct Pipe {
    bodies: mpsc::Receiver<Bytes>,
    outgoing: PollSender<Bytes>,
    /// The write that has begun, until it is put where a response may take it.
    waiting: Option<Bytes>,
    /// No response has taken it yet: only then it counts as written.
    untaken: bool,
    frame: fn(&Bytes) -> Bytes,
    over: CancellationToken,
}

/// Both ends. `frame` puts a write into the transport's own clothes.
pub(crate) fn pipe(frame: fn(&Bytes) -> Bytes) -> (Pipe, RequestEnd) {
    let (bodies, receiver) = mpsc::channel(WAITING_PIECES);
    let (sender, outgoing) = mpsc::channel(1);
    let over = CancellationToken::new();
    let pipe = Pipe {
        bodies: receiver,
        outgoing: PollSender::new(sender),
        waiting: None,
        untaken: false,
        frame,
        over: over.clone(),
    };
    let ends = RequestEnd {
        bodies: tokio::sync::Mutex::new(bodies),
        outgoing: tokio::sync::Mutex::new(outgoing),
        turn: watch::Sender::new(0),
        over,
    };
    (pipe, ends)
}

impl Transport for Pipe {
    fn write(&mut self, bytes: Bytes, _format: TransferFormat) {
        self.waiting = Some((self.frame)(&bytes));
    }

    fn poll(&mut self, reading: bool, cx: &mut Context<'_>) -> Poll<Io> {
        while self.waiting.is_some() || self.untaken {
            let Poll::Ready(room) = self.outgoing.poll_reserve(cx) else { break };
            if room.is_err() {
                return Poll::Ready(Io::Left);
            }
            let Some(bytes) = self.waiting.take() else {
                self.untaken = false;
                return Poll::Ready(Io::Written);
            };
            if self.outgoing.send_item(bytes).is_err() {
                return Poll::Ready(Io::Left);
            }
            self.untaken = true;
        }
        if reading && let Poll::Ready(body) = self.bodies.poll_recv(cx) {
            return Poll::Ready(body.map_or(Io::Left, Io::Received));
        }
        Poll::Pending
    }

    async fn close(&mut self) {
        self.bodies.close();
        // Otherwise the place that is kept for the next write keeps the channel open.
        self.outgoing.abort_send();
        self.outgoing.close();
        self.over.cancelled().await;
    }
}
