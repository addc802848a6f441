use std::hash::Hash;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::Notify;

use crate::state::State;
use crate::{Entry, Position, Subscription};

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

/// A number was handed in that is not above those that were taken before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfOrder {
    /// The number.
    pub number: u64,
    /// The highest taken before.
    pub last: u64,
}

impl std::fmt::Display for OutOfOrder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "event {} comes after event {}", self.number, self.last)
    }
}

impl std::error::Error for OutOfOrder {}

/// What became of an event that another process published.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// It is noted.
    Done,
    /// It was before.
    Known,
    /// Not noted: somebody may read it here, so it takes its value.
    Wanted,
}

pub(crate) type Shared<K, T> = Arc<Mutex<State<K, T>>>;

/// The logs of all topics, and one order for all of them. Cloning makes another handle of the same bus.
pub struct Bus<K, T> {
    shared: Shared<K, T>,
}

impl<K, T> Clone for Bus<K, T> {
    fn clone(&self) -> Self {
        Self { shared: self.shared.clone() }
    }
}

impl<K: Clone + Eq + Hash, T> Bus<K, T> {
    /// A bus whose events are numbered above `last`. Number 0 is nobody's: a cursor of 0 means "from the beginning".
    pub fn new(limits: Limits, last: u64) -> Self {
        Self { shared: Arc::new(Mutex::new(State::new(limits, last, false))) }
    }

    /// The bus of one of several processes that take their numbers from one counter. A number that was skipped is another
    /// process's: readers wait there until it is [inserted](Self::insert) or known to be [nobody's](Self::give_up_gaps).
    pub fn shared(limits: Limits, last: u64) -> Self {
        Self { shared: Arc::new(Mutex::new(State::new(limits, last, true))) }
    }

    /// Numbers an event and publishes it at once to the readers of `topics`.
    pub fn publish(&self, topics: &[K], value: T) -> u64 {
        let mut state = self.shared.lock();
        state.last += 1;
        let number = state.last;
        state.append(topics, &Arc::new(Entry::new(number, value)));
        number
    }

    /// Publishes an event without a number to the present readers of `topics`: one that is not kept, and that nobody
    /// that comes back is sent.
    pub fn pass(&self, topics: &[K], value: T) -> Position {
        let mut state = self.shared.lock();
        let position = state.passing_position(topics, 0);
        state.append(topics, &Arc::new(Entry::at(position, value)));
        position
    }

    /// Publishes an event that passed in another process after the number `after`, if any of its topics has a log here.
    pub fn insert_passing(&self, topics: &[K], after: u64, value: T) {
        let mut state = self.shared.lock();
        if after > state.last {
            state.gaps_up_to(after);
        }
        let position = state.passing_position(topics, after);
        state.insert(topics, &Arc::new(Entry::at(position, value)));
    }

    /// Takes in the event that another process published under a number. Without a `value` the number is noted alone, if
    /// no topic has a log here that would have to hold the event. Its number counts once.
    pub fn insert(&self, number: u64, topics: &[K], value: Option<T>) -> Inserted {
        let mut state = self.shared.lock();
        if number <= state.last && !state.gaps.contains(number) {
            return Inserted::Known;
        }
        match value {
            None if state.has_log(topics) => return Inserted::Wanted,
            None => {}
            Some(value) => state.insert(topics, &Arc::new(Entry::new(number, value))),
        }
        state.take_number(number);
        Inserted::Done
    }

    /// Whether any of the topics has a log here: what happens under the others concerns nobody.
    pub fn has_log(&self, topics: &[K]) -> bool {
        self.shared.lock().has_log(topics)
    }

    /// The numbers that are missing, as ranges from their first to their last, in order.
    pub fn gaps(&self) -> Vec<(u64, u64)> {
        self.shared.lock().gaps.ranges().to_vec()
    }

    /// Notified when more numbers are missing. For one who waits.
    pub fn gap_opened(&self) -> Arc<Notify> {
        self.shared.lock().gaps.opened()
    }

    /// Notes that numbers up to `number` were given: those that are not known here are missing.
    pub fn note_given(&self, number: u64) {
        let mut state = self.shared.lock();
        if number > state.last {
            state.gaps_up_to(number);
        }
    }

    /// Notes that the missing numbers up to `number` are nobody's.
    pub fn give_up_gaps(&self, number: u64) {
        self.shared.lock().give_up_gaps(number);
    }

    /// Takes the next number for an event that is to be shown later. Until the reservation is fulfilled or dropped,
    /// followers of `topics` wait for it, so that they see it in its turn.
    pub fn reserve(&self, topics: Vec<K>) -> Reservation<K, T> {
        let mut state = self.shared.lock();
        let number = state.last + 1;
        self.take(&mut state, number, topics)
    }

    /// The same for a number that was given elsewhere, by the database say.
    ///
    /// # Errors
    ///
    /// [`OutOfOrder`] if it is not above all that were taken before.
    pub fn reserve_at(&self, number: u64, topics: Vec<K>) -> Result<Reservation<K, T>, OutOfOrder> {
        let mut state = self.shared.lock();
        let last = state.last;
        if number <= last && !state.gaps.contains(number) {
            return Err(OutOfOrder { number, last });
        }
        Ok(self.take(&mut state, number, topics))
    }

    fn take(&self, state: &mut State<K, T>, number: u64, topics: Vec<K>) -> Reservation<K, T> {
        state.append_pending(&topics, number);
        Reservation { shared: self.shared.clone(), topics, number, open: true }
    }

    /// A reader that follows nothing yet.
    pub fn subscribe(&self) -> Subscription<K, T> {
        Subscription::new(self.shared.clone())
    }

    /// The number after which the log of `topic` is complete.
    pub fn complete_after(&self, topic: &K) -> u64 {
        self.shared.lock().complete_after(topic)
    }

    /// The number of the last event of `topic` that was shown, as far as its log knows: what a reader of it has seen
    /// everything up to.
    pub fn shown(&self, topic: &K) -> u64 {
        self.shared.lock().shown(topic)
    }

    /// The highest number that stands in the logs of these topics; 0 if none does.
    pub fn last_placed(&self, topics: &[K]) -> u64 {
        self.shared.lock().last_placed(topics)
    }

    /// The highest number taken so far.
    pub fn last_seq(&self) -> u64 {
        self.shared.lock().last
    }

    /// The place behind everything so far.
    pub fn position(&self) -> Position {
        self.shared.lock().position()
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
    number: u64,
    open: bool,
}

impl<K: Clone + Eq + Hash, T> Reservation<K, T> {
    /// The number taken.
    pub fn seq(&self) -> u64 {
        self.number
    }

    /// The topics that it is shown under.
    pub fn topics(&self) -> &[K] {
        &self.topics
    }

    /// Shows the event.
    pub fn fulfil(mut self, value: T) {
        self.open = false;
        let entry = Arc::new(Entry::new(self.number, value));
        self.shared.lock().settle(&self.topics, self.number, Some(&entry));
    }
}

impl<K: Clone + Eq + Hash, T> Drop for Reservation<K, T> {
    fn drop(&mut self) {
        if self.open {
            self.shared.lock().settle(&self.topics, self.number, None);
        }
    }
}
