//! What waits to be sent: bounded, packed together, and dropped where nobody can be reached.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::time::Duration;

use async_nats::Client;
use bytes::{Bytes, BytesMut};
use tokio::sync::mpsc::{Receiver, Sender, channel};

use crate::frames::{LENGTH, add};

/// Messages that may wait to be sent, and their bytes; more are dropped.
const MOST_WAITING: usize = 8_192;
/// See [`MOST_WAITING`].
const MOST_WAITING_BYTES: usize = 32 * 1024 * 1024;
/// The bytes that are packed together, unless one message is larger.
const PACKED: usize = 64 * 1024;
/// How long the connection may take to accept a payload before the payload is dropped.
const ACCEPTED_WITHIN: Duration = Duration::from_secs(2);

/// What is counted.
#[derive(Default)]
pub(crate) struct Counts {
    pub(crate) is_connected: AtomicBool,
    pub(crate) sent: AtomicU64,
    pub(crate) received: AtomicU64,
    pub(crate) dropped: AtomicU64,
    pub(crate) lost: AtomicU64,
    waiting_bytes: AtomicUsize,
}

/// Takes messages without waiting.
pub(crate) struct Outgoing {
    queue: Sender<Bytes>,
    counts: Arc<Counts>,
}

/// Sends them.
pub(crate) struct Sending {
    queued: Receiver<Bytes>,
    counts: Arc<Counts>,
}

/// The two ends of the queue.
pub(crate) fn queue(counts: &Arc<Counts>) -> (Outgoing, Sending) {
    let (queue, queued) = channel(MOST_WAITING);
    (Outgoing { queue, counts: counts.clone() }, Sending { queued, counts: counts.clone() })
}

impl Outgoing {
    pub(crate) fn send(&self, message: Bytes) {
        let counts = &self.counts;
        let length = message.len();
        let is_full = counts.waiting_bytes.load(Ordering::Relaxed) + length > MOST_WAITING_BYTES;
        if is_full || !counts.is_connected.load(Ordering::Relaxed) {
            counts.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        }
        counts.waiting_bytes.fetch_add(length, Ordering::Relaxed);
        if self.queue.try_send(message).is_err() {
            counts.waiting_bytes.fetch_sub(length, Ordering::Relaxed);
            counts.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }
}

impl Sending {
    /// Sends what comes until nobody can send any more.
    pub(crate) async fn run(mut self, client: Client, subject: String) {
        let mut messages = Vec::new();
        while self.queued.recv_many(&mut messages, MOST_WAITING).await > 0 {
            let mut payload = BytesMut::new();
            let mut packed = 0;
            for message in messages.drain(..) {
                self.counts.waiting_bytes.fetch_sub(message.len(), Ordering::Relaxed);
                if packed > 0 && payload.len() + LENGTH + message.len() > PACKED {
                    self.publish(&client, &subject, payload.split().freeze(), packed).await;
                    packed = 0;
                }
                add(&mut payload, &message);
                packed += 1;
            }
            self.publish(&client, &subject, payload.freeze(), packed).await;
        }
    }

    async fn publish(&self, client: &Client, subject: &str, payload: Bytes, messages: u64) {
        let publishing = client.publish(subject.to_owned(), payload);
        let published = tokio::time::timeout(ACCEPTED_WITHIN, publishing).await;
        let count = match published {
            Ok(Ok(())) => &self.counts.sent,
            Ok(Err(error)) => {
                tracing::warn!(%error, "a message to the other gateways was not sent");
                &self.counts.dropped
            }
            Err(_) => &self.counts.dropped,
        };
        count.fetch_add(messages, Ordering::Relaxed);
    }
}
