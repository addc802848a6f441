use std::hash::Hash;
use std::ops::Range;
use std::sync::Arc;

use parking_lot::Mutex;

use crate::state::State;
use crate::{Entry, Subscription};

/// The bounds of a bus.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// A reader with more unread events than this is [`Lagged`](crate::Lagged).
    pub max_behind: usize,
    /// Events kept a topic; more than `max_behind`, or a slow reader would be cut early. Older ones are dropped.
    pub log_entries: usize,
    /// Events handed to a reader at a time.
    pub batch_entries: usize,
    /// A topic that nobody follows and nobody writes to is forgotten after this many calls of [`Bus::sweep`].
    pub idle_sweeps: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_behind: 100, log_entries: 256, batch_entries: 128, idle_sweeps: 5 }
    }
}

/// The block of sequence numbers is used up; [`Bus::extend`] gives the bus a new one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted;

impl std::fmt::Display for Exhausted {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("no sequence numbers are left")
    }
}

impl std::error::Error for Exhausted {}

pub(crate) type Shared<K, T> = Arc<Mutex<State<K, T>>>;

/// The logs of all topics, and one counter for all of them. Cloning makes another handle of the same bus.
pub struct Bus<K, T> {
    shared: Shared<K, T>,
}

impl<K, T> Clone for Bus<K, T> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone() }
    }
}

impl<K: Clone + Eq + Hash, T> Bus<K, T> {
    /// A bus that numbers its events from `block`.
    pub fn new(limits: Limits, block: Range<u64>) -> Self {
        // Number 0 is nobody's: a cursor of 0 means "from the beginning".
        let state = State::new(limits, block.start.max(1), block.end);
        Self { shared: Arc::new(Mutex::new(state)) }
    }

    /// Numbers an event and shows it at once to whoever follows one of `topics`.
    pub fn publish(&self, topics: &[K], value: T) -> Result<u64, Exhausted> {
        let mut state = self.shared.lock();
        let seq = state.take_number().ok_or(Exhausted)?;
        state.append(topics, &Arc::new(Entry::new(seq, value)));
        Ok(seq)
    }

    /// Takes the number of an event that is to be shown later, when its transaction has committed. Until the
    /// reservation is fulfilled or dropped, followers of `topics` wait for it, so that they see it in its turn.
    pub fn reserve(&self, topics: Vec<K>) -> Result<Reservation<K, T>, Exhausted> {
        let mut state = self.shared.lock();
        let seq = state.take_number().ok_or(Exhausted)?;
        state.append_pending(&topics, seq);
        drop(state);
        Ok(Reservation { shared: self.shared.clone(), topics, seq, open: true })
    }

    /// A reader that follows nothing yet.
    pub fn subscribe(&self) -> Subscription<K, T> {
        Subscription::new(self.shared.clone())
    }

    /// The number after which the log of `topic` is complete.
    pub fn complete_after(&self, topic: &K) -> u64 {
        self.shared.lock().complete_after(topic)
    }

    /// The highest number given out so far.
    pub fn last_seq(&self) -> u64 {
        self.shared.lock().next - 1
    }

    /// How many numbers are left in the block.
    pub fn remaining(&self) -> u64 {
        let state = self.shared.lock();
        state.ceiling - state.next
    }

    /// Lets the bus number on into a `block` reserved later; what is left of the old one is passed over unless
    /// the new block follows it directly.
    pub fn extend(&self, block: Range<u64>) {
        let mut state = self.shared.lock();
        if block.start != state.ceiling {
            state.next = state.next.max(block.start);
        }
        state.ceiling = state.ceiling.max(block.end);
    }

    /// Forgets idle topics; to be called at a steady pace.
    pub fn sweep(&self) {
        self.shared.lock().sweep();
    }

    /// How many topics have a log.
    pub fn topics(&self) -> usize {
        self.shared.lock().topics()
    }
}

/// The number of an event that has not been shown yet. Dropped, it gives its place up.
pub struct Reservation<K: Clone + Eq + Hash, T> {
    shared: Shared<K, T>,
    topics: Vec<K>,
    seq: u64,
    open: bool,
}

impl<K: Clone + Eq + Hash, T> Reservation<K, T> {
    /// The number taken.
    pub fn seq(&self) -> u64 {
        self.seq
    }

    /// Shows the event.
    pub fn fulfil(mut self, value: T) {
        self.open = false;
        let entry = Arc::new(Entry::new(self.seq, value));
        self.shared.lock().settle(&self.topics, self.seq, Some(&entry));
    }
}

impl<K: Clone + Eq + Hash, T> Drop for Reservation<K, T> {
    fn drop(&mut self) {
        if self.open {
            self.shared.lock().settle(&self.topics, self.seq, None);
        }
    }
}
