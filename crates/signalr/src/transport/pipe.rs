//! The session's end of a transport that is made of requests: what they bring comes in through one channel,
//! what goes out waits in another until a response takes it.

use std::task::{Context, Poll};

use bytes::Bytes;
use tokio::sync::{mpsc, watch};
use tokio_util::sync::{CancellationToken, PollSender};

use super::{Io, Transport};
use crate::protocol::Format;

/// Request bodies that may wait for the session. Each is limited in size; whoever brings one more waits.
const WAITING_BODIES: usize = 2;

/// The requests' end, kept with the connection.
pub(crate) struct RequestEnd {
    pub(crate) bodies: mpsc::Sender<Bytes>,
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
    waiting: Option<Bytes>,
    frame: fn(&Bytes) -> Bytes,
    over: CancellationToken,
}

/// Both ends. `frame` puts a write into the transport's own clothes.
pub(crate) fn pipe(frame: fn(&Bytes) -> Bytes) -> (Pipe, RequestEnd) {
    let (bodies, receiver) = mpsc::channel(WAITING_BODIES);
    let (sender, outgoing) = mpsc::channel(1);
    let over = CancellationToken::new();
    let pipe = Pipe {
        bodies: receiver,
        outgoing: PollSender::new(sender),
        waiting: None,
        frame,
        over: over.clone(),
    };
    let outgoing = tokio::sync::Mutex::new(outgoing);
    (pipe, RequestEnd { bodies, outgoing, turn: watch::Sender::new(0), over })
}

impl Transport for Pipe {
    fn write(&mut self, bytes: Bytes, _format: Format) {
        self.waiting = Some((self.frame)(&bytes));
    }

    fn poll(&mut self, reading: bool, cx: &mut Context<'_>) -> Poll<Io> {
        if self.waiting.is_some()
            && let Poll::Ready(room) = self.outgoing.poll_reserve(cx)
        {
            let sent = room.and_then(|()| match self.waiting.take() {
                Some(bytes) => self.outgoing.send_item(bytes),
                None => Ok(()),
            });
            return Poll::Ready(if sent.is_ok() { Io::Written } else { Io::Left });
        }
        if reading && let Poll::Ready(body) = self.bodies.poll_recv(cx) {
            return Poll::Ready(body.map_or(Io::Left, Io::Received));
        }
        Poll::Pending
    }

    async fn close(&mut self) {
        self.bodies.close();
        self.outgoing.close();
        self.over.cancelled().await;
    }
}
