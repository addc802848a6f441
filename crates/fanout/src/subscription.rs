use std::hash::Hash;
use std::ops::Deref;
use std::sync::Arc;

use tokio::sync::Notify;

use crate::bus::Shared;
use crate::{Entry, Position};

/// Where to begin reading a topic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// With what is shown from now on.
    Now,
    /// With the first numbered event above this number. Of passing events, with those that are shown from now on: what
    /// passed before, the reader may have seen.
    After(u64),
    /// With everything behind this position, which is one that [`Bus::position`](crate::Bus::position) gave a moment
    /// ago.
    At(Position),
}

/// What following a topic means to a reader that comes back with the number of what it saw last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// It has seen everything of the topic up to there.
    Placed,
    /// It has not: it follows the topic from some moment on.
    Aside,
}

/// An event as a reader gets it.
#[derive(Debug)]
pub struct Delivery<T> {
    entry: Arc<Entry<T>>,
    role: Role,
}

impl<T> Delivery<T> {
    pub(crate) fn new(entry: Arc<Entry<T>>, role: Role) -> Self {
        Self { entry, role }
    }

    /// Whether it came by topics alone that are followed [aside](Subscription::follow_aside): then its number is no
    /// position to come back with. It would skip what the reader has not been sent of other topics yet.
    pub fn is_aside(&self) -> bool {
        self.role == Role::Aside
    }
}

impl<T> Deref for Delivery<T> {
    type Target = Entry<T>;

    fn deref(&self) -> &Entry<T> {
        &self.entry
    }
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

    /// Follows `topic` and returns the number after which what is read of it is complete. With [`Start::After`], a
    /// higher number than the one asked for means a gap between the two, which the caller has to fill from elsewhere or
    /// to admit. Following it once more moves nothing: there is a gap up to where it was followed from.
    pub fn follow(&self, topic: &K, start: Start) -> u64 {
        self.shared.lock().follow(self.id, topic, start, Role::Placed)
    }

    /// Follows `topic` from now on or from an earlier position, for a reader that may still want to know what happened
    /// under it before: see [`Delivery::is_aside`].
    pub fn follow_aside(&self, topic: &K, start: Start) -> u64 {
        self.shared.lock().follow(self.id, topic, start, Role::Aside)
    }

    /// The number after which this reader gets, or would get, all of `topic`.
    pub fn complete_after(&self, topic: &K) -> u64 {
        self.shared.lock().complete_for(self.id, topic)
    }

    /// Stops following `topic`.
    pub fn unfollow(&self, topic: &K) {
        self.shared.lock().unfollow(self.id, topic);
    }

    /// Moves what is unread (at most [`Limits::batch_entries`](crate::Limits::batch_entries)) to `out`, in order,
    /// each event once however many of its topics are followed.
    pub fn try_next(&self, out: &mut Vec<Delivery<T>>) -> Result<(), Lagged> {
        self.shared.lock().read(self.id, out)
    }

    /// As [`try_next`](Self::try_next), but waits until there is something. May be cancelled without loss.
    pub async fn next(&self, out: &mut Vec<Delivery<T>>) -> Result<(), Lagged> {
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
