use std::hash::Hash;
use std::sync::Arc;

use tokio::sync::Notify;

use crate::Entry;
use crate::bus::Shared;

/// Where to begin reading a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With what is shown from now on.
    Now,
    /// With the first event above this number.
    After(u64),
}

/// The reader fell too far behind. It gets nothing more and is to be closed, with this as the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lagged;

impl std::fmt::Display for Lagged {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection could not keep up with its events")
    }
}

impl std::error::Error for Lagged {}

/// A reader of the bus: a cursor for each topic it follows. Topics may be added and dropped while another task
/// reads, but only one task may read. Dropping it ends it.
pub struct Subscription<K: Clone + Eq + Hash, T> {
    shared: Shared<K, T>,
    id: usize,
    wake: Arc<Notify>,
    cut: Arc<Notify>,
}

impl<K: Clone + Eq + Hash, T> Subscription<K, T> {
    pub(crate) fn new(shared: Shared<K, T>) -> Self {
        let (id, wake, cut) = shared.lock().add_reader();
        Self { shared, id, wake, cut }
    }

    /// Follows `topic` (following it twice changes nothing) and returns the number after which the log is
    /// complete. With [`Start::After`], a higher number than the one asked for means a gap between the two, which
    /// the caller has to fill from elsewhere or to admit.
    pub fn follow(&self, topic: &K, start: Start) -> u64 {
        let after = match start {
            Start::Now => None,
            Start::After(seq) => Some(seq),
        };
        self.shared.lock().follow(self.id, topic, after)
    }

    /// Stops following `topic`.
    pub fn unfollow(&self, topic: &K) {
        self.shared.lock().unfollow(self.id, topic);
    }

    /// Moves what is unread (at most [`Limits::batch_entries`](crate::Limits::batch_entries)) to `out`, in order
    /// of number, each event once however many of its topics are followed.
    pub fn try_next(&self, out: &mut Vec<Arc<Entry<T>>>) -> Result<(), Lagged> {
        self.shared.lock().read(self.id, out)
    }

    /// As [`try_next`](Self::try_next), but waits until there is something. May be cancelled without loss.
    pub async fn next(&self, out: &mut Vec<Arc<Entry<T>>>) -> Result<(), Lagged> {
        let before = out.len();
        loop {
            self.try_next(out)?;
            if out.len() > before {
                return Ok(());
            }
            self.wake.notified().await;
        }
    }

    /// Resolves when this reader has fallen too far behind. For a writer that is stuck in its socket and so does
    /// not read.
    pub async fn lagged(&self) -> Lagged {
        loop {
            if self.shared.lock().reader(self.id).is_none_or(|reader| reader.lagged) {
                return Lagged;
            }
            self.cut.notified().await;
        }
    }
}

impl<K: Clone + Eq + Hash, T> Drop for Subscription<K, T> {
    fn drop(&mut self) {
        self.shared.lock().remove_reader(self.id);
    }
}
