//! What the bus's lock guards: the counter, the logs and the cursors.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::Arc;

use tokio::sync::Notify;

use crate::subscription::{Delivery, Role};
use crate::{Entry, Lagged, Limits, Position, Start};

/// A place in a log.
pub(crate) enum Place<T> {
    /// Numbered, but not to be shown yet: readers stop here.
    Pending(u64),
    Ready(Arc<Entry<T>>),
    /// Given up; readers pass over it.
    Void(u64),
}

impl<T> Place<T> {
    fn position(&self) -> Position {
        match self {
            Place::Pending(number) | Place::Void(number) => Position::of(*number),
            Place::Ready(entry) => entry.position(),
        }
    }

    fn is_passing(&self) -> bool {
        self.position().ordinal > 0
    }
}

pub(crate) struct Log<T> {
    places: VecDeque<Place<T>>,
    /// Index of the first place kept; indices count from the topic's beginning.
    base: u64,
    /// The log holds every numbered event of the topic above this one.
    floor: u64,
    followers: Vec<usize>,
    idle_sweeps: u32,
}

impl<T> Log<T> {
    fn new(floor: u64) -> Self {
        Self { places: VecDeque::new(), base: 0, floor, followers: Vec::new(), idle_sweeps: 0 }
    }

    fn end(&self) -> u64 {
        self.base + self.places.len() as u64
    }

    fn place(&self, index: u64) -> Option<&Place<T>> {
        self.places.get(usize::try_from(index.checked_sub(self.base)?).ok()?)
    }

    fn push(&mut self, place: Place<T>, keep: usize) {
        self.idle_sweeps = 0;
        self.places.push_back(place);
        // A pending place stays: dropping it would show what came after it out of order.
        while self.places.len() > keep && !matches!(self.places[0], Place::Pending(_)) {
            if let Some(dropped) = self.places.pop_front() {
                self.floor = self.floor.max(dropped.position().number);
                self.base += 1;
            }
        }
    }

    /// Where a reader who knows everything up to `position` goes on.
    fn index_after(&self, position: Position) -> u64 {
        self.base + self.places.partition_point(|place| place.position() <= position) as u64
    }

    /// Where a reader who knows everything shown so far goes on: before what is still pending.
    fn index_now(&self) -> u64 {
        let pending = self.places.iter().position(|place| matches!(place, Place::Pending(_)));
        pending.map_or_else(|| self.end(), |at| self.base + at as u64)
    }

    /// The number after which a reader who begins at `index` gets all.
    fn complete_at(&self, index: u64) -> u64 {
        let held = self.places.iter().take((index - self.base) as usize);
        let last = held.rev().find(|place| !place.is_passing()).map(|place| place.position().number);
        last.map_or(self.floor, |last| last.max(self.floor))
    }
}

/// Where a reader stands in a topic.
struct Cursor<K> {
    topic: K,
    index: u64,
    /// Passing events before this index are not for it.
    passing_from: u64,
    complete_after: u64,
    role: Role,
}

impl<K> Cursor<K> {
    fn new<T>(topic: K, log: &Log<T>, start: Start, role: Role) -> Self {
        let (index, passing_from) = match start {
            Start::Now => (log.index_now(), log.end()),
            Start::After(number) => (log.index_after(Position { number, ordinal: u64::MAX }), log.end()),
            Start::At(position) => (log.index_after(position), 0),
        };
        let complete_after = match start {
            Start::Now => log.complete_at(index),
            Start::After(number) | Start::At(Position { number, .. }) => number.max(log.floor),
        };
        Self { topic, index, passing_from, complete_after, role }
    }

    /// The place to read next: over what was given up, and what passed before.
    fn head<'a, T>(&mut self, log: &'a Log<T>) -> Option<&'a Place<T>> {
        loop {
            let place = log.place(self.index)?;
            let is_past = place.is_passing() && self.index < self.passing_from;
            if !is_past && !matches!(place, Place::Void(_)) {
                return Some(place);
            }
            self.index += 1;
        }
    }
}

pub(crate) struct Reader<K> {
    cursors: Vec<Cursor<K>>,
    /// Events shown to this reader and not yet taken by it.
    behind: usize,
    counted: Position,
    pub(crate) lagged: bool,
    pub(crate) wake: Arc<Notify>,
    pub(crate) cut: Arc<Notify>,
}

pub(crate) struct State<K, T> {
    pub(crate) limits: Limits,
    /// The highest number taken.
    pub(crate) last: u64,
    /// The highest ordinal given to a passing event.
    pub(crate) ordinal: u64,
    logs: HashMap<K, Log<T>>,
    readers: Vec<Option<Reader<K>>>,
    free: Vec<usize>,
}

impl<K: Clone + Eq + Hash, T> State<K, T> {
    pub(crate) fn new(limits: Limits, last: u64) -> Self {
        Self { limits, last, ordinal: 0, logs: HashMap::new(), readers: Vec::new(), free: Vec::new() }
    }

    /// Behind everything so far.
    pub(crate) fn position(&self) -> Position {
        Position { number: self.last, ordinal: self.ordinal }
    }

    fn log(&mut self, topic: &K) -> &mut Log<T> {
        let floor = self.last;
        self.logs.entry(topic.clone()).or_insert_with(|| Log::new(floor))
    }

    /// Takes a place for the event that will have `number`, which is above all before.
    pub(crate) fn append_pending(&mut self, topics: &[K], number: u64) {
        let keep = self.limits.log_entries;
        for topic in topics {
            self.log(topic).push(Place::Pending(number), keep);
        }
    }

    pub(crate) fn append(&mut self, topics: &[K], entry: &Arc<Entry<T>>) {
        let keep = self.limits.log_entries;
        for topic in topics {
            let log = self.log(topic);
            // The log may be younger than the number.
            if entry.position().ordinal == 0 {
                log.floor = log.floor.min(entry.seq() - 1);
            }
            log.push(Place::Ready(entry.clone()), keep);
        }
        self.wake(topics, Some(entry.position()));
    }

    /// Shows a pending event, or gives its place up.
    pub(crate) fn settle(&mut self, topics: &[K], number: u64, entry: Option<&Arc<Entry<T>>>) {
        let position = Position::of(number);
        for topic in topics {
            let Some(log) = self.logs.get_mut(topic) else { continue };
            let at = log.places.partition_point(|place| place.position() < position);
            if let Some(place) = log.places.get_mut(at)
                && place.position() == position
            {
                *place = entry.map_or(Place::Void(number), |entry| Place::Ready(entry.clone()));
            }
        }
        // A place given up is news as well: it may have held others back.
        self.wake(topics, entry.map(|_| position));
    }

    fn wake(&mut self, topics: &[K], shown: Option<Position>) {
        let max_behind = self.limits.max_behind;
        for topic in topics {
            let Some(log) = self.logs.get(topic) else { continue };
            for &id in &log.followers {
                let Some(reader) = self.readers[id].as_mut() else { continue };
                if let Some(position) = shown
                    && reader.counted != position
                {
                    reader.counted = position;
                    reader.behind += 1;
                    if reader.behind > max_behind && !reader.lagged {
                        reader.lagged = true;
                        reader.cut.notify_one();
                    }
                }
                reader.wake.notify_one();
            }
        }
    }

    pub(crate) fn add_reader(&mut self) -> (usize, Arc<Notify>, Arc<Notify>) {
        let (wake, cut) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
        let reader = Reader {
            cursors: Vec::new(),
            behind: 0,
            counted: Position::default(),
            lagged: false,
            wake: wake.clone(),
            cut: cut.clone(),
        };
        let id = if let Some(id) = self.free.pop() {
            self.readers[id] = Some(reader);
            id
        } else {
            self.readers.push(Some(reader));
            self.readers.len() - 1
        };
        (id, wake, cut)
    }

    pub(crate) fn remove_reader(&mut self, id: usize) {
        if let Some(reader) = self.readers[id].take() {
            for cursor in &reader.cursors {
                if let Some(log) = self.logs.get_mut(&cursor.topic) {
                    log.followers.retain(|follower| *follower != id);
                }
            }
            self.free.push(id);
        }
    }

    pub(crate) fn reader(&self, id: usize) -> Option<&Reader<K>> {
        self.readers[id].as_ref()
    }

    /// Adds a cursor and says from which number on what it reads is complete.
    pub(crate) fn follow(&mut self, id: usize, topic: &K, start: Start, role: Role) -> u64 {
        let cursor = Cursor::new(topic.clone(), self.log(topic), start, role);
        let complete_after = cursor.complete_after;
        let Some(reader) = self.readers[id].as_mut() else { return complete_after };
        if let Some(followed) = reader.cursors.iter_mut().find(|followed| followed.topic == *topic) {
            if role == Role::Placed {
                followed.role = role;
            }
            return match start {
                Start::Now => followed.complete_after,
                Start::After(number) | Start::At(Position { number, .. }) => {
                    followed.complete_after.max(number)
                }
            };
        }
        reader.cursors.push(cursor);
        reader.wake.notify_one();
        self.log(topic).followers.push(id);
        complete_after
    }

    pub(crate) fn unfollow(&mut self, id: usize, topic: &K) {
        if let Some(reader) = self.readers[id].as_mut() {
            reader.cursors.retain(|followed| followed.topic != *topic);
        }
        if let Some(log) = self.logs.get_mut(topic) {
            log.followers.retain(|follower| *follower != id);
        }
    }

    /// Moves what the reader has not seen to `out`, in order, each event once.
    pub(crate) fn read(&mut self, id: usize, out: &mut Vec<Delivery<T>>) -> Result<(), Lagged> {
        let Self { logs, readers, limits, .. } = self;
        let Some(reader) = readers[id].as_mut() else { return Ok(()) };
        let before = out.len();
        while !reader.lagged && out.len() - before < limits.batch_entries {
            // The lowest position at any cursor; a pending one ends the reading.
            let mut lowest: Option<&Place<T>> = None;
            for cursor in &mut reader.cursors {
                let Some(log) = logs.get(&cursor.topic) else { continue };
                if cursor.index < log.base {
                    reader.lagged = true;
                    reader.cut.notify_one();
                }
                let Some(head) = cursor.head(log) else { continue };
                if lowest.is_none_or(|lowest| head.position() < lowest.position()) {
                    lowest = Some(head);
                }
            }
            let Some(Place::Ready(entry)) = lowest else { break };
            let mut role = Role::Aside;
            for cursor in &mut reader.cursors {
                let place = logs.get(&cursor.topic).and_then(|log| log.place(cursor.index));
                if place.is_some_and(|place| place.position() == entry.position()) {
                    cursor.index += 1;
                    if cursor.role == Role::Placed {
                        role = Role::Placed;
                    }
                }
            }
            out.push(Delivery::new(entry.clone(), role));
        }
        reader.behind = reader.behind.saturating_sub(out.len() - before);
        if reader.lagged { Err(Lagged) } else { Ok(()) }
    }

    /// Forgets the logs that nobody has followed or written to for `limits.idle_sweeps` sweeps.
    pub(crate) fn sweep(&mut self) {
        let most = self.limits.idle_sweeps;
        self.logs.retain(|_, log| {
            let busy = !log.followers.is_empty()
                || log.places.iter().any(|place| matches!(place, Place::Pending(_)));
            log.idle_sweeps = if busy { 0 } else { log.idle_sweeps + 1 };
            log.idle_sweeps <= most
        });
    }

    /// The number after which a reader gets all of a topic: from its own place on if it follows it, or else as far as the
    /// log goes back.
    pub(crate) fn complete_for(&mut self, id: usize, topic: &K) -> u64 {
        let reader = self.readers[id].as_ref();
        let followed = reader.and_then(|reader| reader.cursors.iter().find(|cursor| cursor.topic == *topic));
        followed.map(|cursor| cursor.complete_after).unwrap_or_else(|| self.complete_after(topic))
    }

    /// Begins the log if there is none: a reader that follows a moment later has missed nothing, whatever happened under
    /// other topics meanwhile.
    pub(crate) fn complete_after(&mut self, topic: &K) -> u64 {
        self.log(topic).floor
    }

    pub(crate) fn shown(&mut self, topic: &K) -> u64 {
        let log = self.log(topic);
        log.complete_at(log.index_now())
    }

    pub(crate) fn topics(&self) -> usize {
        self.logs.len()
    }
}
