//! What the bus's lock guards: the counter, the logs and the cursors.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use tokio::sync::Notify;

use crate::gaps::Gaps;
use crate::log::{Log, Place};
use crate::subscription::{Delivery, Role};
use crate::{Entry, Lagged, Limits, Position, Start};

/// Where a reader stands in a topic.
struct Cursor<K> {
    topic: K,
    index: u64,
    /// Passing events before this index are not for it.
    passing_from: u64,
    /// Nor are numbered ones up to this number, also if they are put in later.
    known: u64,
    complete_after: u64,
    role: Role,
}

impl<K> Cursor<K> {
    fn new<T>(topic: K, log: &Log<T>, missing: u64, start: Start, role: Role) -> Self {
        let (index, passing_from) = match start {
            Start::Now => (log.index_now(missing), log.end()),
            Start::After(number) => (log.index_after(Position { number, ordinal: u64::MAX }), log.end()),
            Start::At(position) => (log.index_after(position), 0),
        };
        let complete_after = match start {
            Start::Now => log.complete_at(index),
            Start::After(number) | Start::At(Position { number, .. }) => number.max(log.floor),
        };
        let known = if let Start::After(number) = start { number } else { 0 };
        Self { topic, index, passing_from, known, complete_after, role }
    }

    /// The place to read next: over what was given up, what passed before, and what is known. Not over what waits for the
    /// number `missing`: something may be put in before it.
    fn head<'a, T>(&mut self, log: &'a Log<T>, missing: u64) -> Option<&'a Place<T>> {
        loop {
            let place = log.place(self.index)?;
            let is_past = if place.is_passing() {
                self.index < self.passing_from
            } else {
                matches!(place, Place::Void(_)) || place.position().number <= self.known
            };
            if !is_past || place.position().number >= missing {
                return Some(place);
            }
            self.index += 1;
        }
    }

    /// A place was put in at `index`, and what came from there on has moved.
    fn moved(&mut self, index: u64) {
        self.index += u64::from(self.index > index);
        self.passing_from += u64::from(self.passing_from > index);
    }
}

pub(crate) struct Reader<K> {
    cursors: Vec<Cursor<K>>,
    /// Events shown to this reader and not yet taken by it.
    behind: usize,
    counted: Position,
    pub(crate) lagged: bool,
    /// Whether it is to be woken when a missing number is there.
    is_blocked: bool,
    pub(crate) wake: Arc<Notify>,
    pub(crate) cut: Arc<Notify>,
}

pub(crate) struct State<K, T> {
    pub(crate) limits: Limits,
    /// The highest number taken.
    pub(crate) last: u64,
    /// The highest ordinal given to a passing event.
    pub(crate) ordinal: u64,
    /// The numbers that others gave and that are not known here.
    pub(crate) gaps: Gaps,
    /// Whether others give numbers as well.
    pub(crate) is_shared: bool,
    /// Readers that wait for a missing number.
    blocked: Vec<usize>,
    logs: HashMap<K, Log<T>>,
    readers: Vec<Option<Reader<K>>>,
    free: Vec<usize>,
}

impl<K: Clone + Eq + Hash, T> State<K, T> {
    pub(crate) fn new(limits: Limits, last: u64, is_shared: bool) -> Self {
        Self {
            limits,
            last,
            ordinal: 0,
            gaps: Gaps::default(),
            is_shared,
            blocked: Vec::new(),
            logs: HashMap::new(),
            readers: Vec::new(),
            free: Vec::new(),
        }
    }

    /// Behind everything that can be shown so far.
    pub(crate) fn position(&self) -> Position {
        Position { number: self.complete(), ordinal: self.ordinal }
    }

    /// The number up to which none is missing.
    fn complete(&self) -> u64 {
        self.gaps.first().map_or(self.last, |missing| missing - 1)
    }

    /// The lowest number that is missing; above all numbers if none is.
    fn missing(&self) -> u64 {
        self.gaps.first().unwrap_or(u64::MAX)
    }

    fn log(&mut self, topic: &K) -> &mut Log<T> {
        let floor = self.complete();
        self.logs.entry(topic.clone()).or_insert_with(|| Log::new(floor))
    }

    /// Takes a place for the event that will have `number`, which is above all before or is missing.
    pub(crate) fn append_pending(&mut self, topics: &[K], number: u64) {
        for topic in topics {
            self.log(topic);
            self.put(topic, Place::Pending(number));
        }
        self.take_number(number);
    }

    /// Notes that a number is known. What is below it and above all before is missing, if others give numbers.
    pub(crate) fn take_number(&mut self, number: u64) {
        if number <= self.last {
            if self.gaps.remove(number) {
                self.unblock();
            }
            return;
        }
        if self.is_shared {
            self.gaps.open(self.last + 1, number - 1);
        }
        self.last = number;
    }

    /// Notes that the numbers up to `number`, which is above all before, were given to others.
    pub(crate) fn gaps_up_to(&mut self, number: u64) {
        self.gaps.open(self.last + 1, number);
        self.last = number;
    }

    /// Puts a place into a topic's log, if there is one, where its number belongs.
    pub(crate) fn put(&mut self, topic: &K, place: Place<T>) {
        let keep = self.limits.log_entries;
        let Some(log) = self.logs.get_mut(topic) else { return };
        let Some(index) = log.put(place, keep) else { return };
        for id in log.followers.clone() {
            let Some(reader) = self.readers[id].as_mut() else { continue };
            reader.cursors.iter_mut().filter(|cursor| cursor.topic == *topic).for_each(|it| it.moved(index));
        }
    }

    /// Whether any of the topics has a log.
    pub(crate) fn has_log(&self, topics: &[K]) -> bool {
        topics.iter().any(|topic| self.logs.contains_key(topic))
    }

    /// Where an event that passes now, after the number `after`, stands: before what is missing, unless something of its
    /// topics stands behind that already.
    pub(crate) fn passing_position(&mut self, topics: &[K], after: u64) -> Position {
        self.ordinal += 1;
        let Some(missing) = self.gaps.first() else { return self.position() };
        let stands_behind = |topic: &K| {
            let last = self.logs.get(topic).and_then(|log| log.places.back());
            last.is_some_and(|place| place.position().number >= missing)
        };
        let is_behind = after >= missing || topics.iter().any(stands_behind);
        Position { number: if is_behind { self.last } else { self.complete() }, ordinal: self.ordinal }
    }

    /// The highest number in the logs of the topics.
    pub(crate) fn last_placed(&self, topics: &[K]) -> u64 {
        let logs = topics.iter().filter_map(|topic| self.logs.get(topic));
        logs.filter_map(|log| log.places.back()).map(|place| place.position().number).max().unwrap_or(0)
    }

    /// Notes that the missing numbers up to `number` are nobody's.
    pub(crate) fn give_up_gaps(&mut self, number: u64) {
        if self.gaps.close(number) {
            self.unblock();
        }
    }

    /// Wakes the readers that waited for a missing number.
    fn unblock(&mut self) {
        for id in std::mem::take(&mut self.blocked) {
            if let Some(reader) = self.readers[id].as_mut() {
                reader.is_blocked = false;
                reader.wake.notify_one();
            }
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

    /// Shows an event of another process to those who follow its topics.
    pub(crate) fn insert(&mut self, topics: &[K], entry: &Arc<Entry<T>>) {
        for topic in topics {
            self.put(topic, Place::Ready(entry.clone()));
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
        // Another process may be given the number, or it is stored after all.
        if entry.is_none() && self.is_shared {
            self.gaps.open(number, number);
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
            is_blocked: false,
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
        let missing = self.missing();
        let cursor = Cursor::new(topic.clone(), self.log(topic), missing, start, role);
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
        let missing = self.missing();
        let Self { logs, readers, limits, blocked, .. } = self;
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
                let Some(head) = cursor.head(log, missing) else { continue };
                if lowest.is_none_or(|lowest| head.position() < lowest.position()) {
                    lowest = Some(head);
                }
            }
            if lowest.is_some_and(|lowest| lowest.position().number >= missing) {
                if !std::mem::replace(&mut reader.is_blocked, true) {
                    blocked.push(id);
                }
                break;
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
        if let Some(cursor) = followed {
            return cursor.complete_after;
        }
        self.complete_after(topic)
    }

    /// Begins the log if there is none: a reader that follows a moment later has missed nothing, whatever happened under
    /// other topics meanwhile.
    pub(crate) fn complete_after(&mut self, topic: &K) -> u64 {
        self.log(topic).floor
    }

    pub(crate) fn shown(&mut self, topic: &K) -> u64 {
        let missing = self.missing();
        let log = self.log(topic);
        log.complete_at(log.index_now(missing))
    }

    pub(crate) fn topics(&self) -> usize {
        self.logs.len()
    }
}
