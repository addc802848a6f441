//! What the bus's lock guards: the counter, the logs and the cursors.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::Arc;

use tokio::sync::Notify;

use crate::{Entry, Lagged, Limits};

/// A place in a log.
pub(crate) enum Place<T> {
    /// Numbered, but not to be shown yet: readers stop here.
    Pending(u64),
    Ready(Arc<Entry<T>>),
    /// Given up; readers pass over it.
    Void(u64),
}

impl<T> Place<T> {
    fn seq(&self) -> u64 {
        match self {
            Place::Pending(seq) | Place::Void(seq) => *seq,
            Place::Ready(entry) => entry.seq(),
        }
    }
}

pub(crate) struct Log<T> {
    places: VecDeque<Place<T>>,
    /// Index of the first place kept; indices count from the topic's beginning.
    base: u64,
    /// The log holds every event of the topic with a number above this one.
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
                self.floor = dropped.seq();
                self.base += 1;
            }
        }
    }

    /// Where a reader who knows everything up to `seq` goes on.
    fn index_after(&self, seq: u64) -> u64 {
        self.base + self.places.partition_point(|place| place.seq() <= seq) as u64
    }

    /// Where a reader who knows everything shown so far goes on: before what is still pending.
    fn index_now(&self) -> u64 {
        let pending = self.places.iter().position(|place| matches!(place, Place::Pending(_)));
        pending.map_or_else(|| self.end(), |at| self.base + at as u64)
    }
}

pub(crate) struct Reader<K> {
    cursors: Vec<(K, u64)>,
    /// Events shown to this reader and not yet taken by it.
    behind: usize,
    counted: u64,
    pub(crate) lagged: bool,
    pub(crate) wake: Arc<Notify>,
    pub(crate) cut: Arc<Notify>,
}

pub(crate) struct State<K, T> {
    pub(crate) limits: Limits,
    pub(crate) next: u64,
    pub(crate) ceiling: u64,
    logs: HashMap<K, Log<T>>,
    readers: Vec<Option<Reader<K>>>,
    free: Vec<usize>,
}

impl<K: Clone + Eq + Hash, T> State<K, T> {
    pub(crate) fn new(limits: Limits, next: u64, ceiling: u64) -> Self {
        Self { limits, next, ceiling, logs: HashMap::new(), readers: Vec::new(), free: Vec::new() }
    }

    pub(crate) fn take_number(&mut self) -> Option<u64> {
        (self.next < self.ceiling).then(|| {
            self.next += 1;
            self.next - 1
        })
    }

    fn log(&mut self, topic: &K) -> &mut Log<T> {
        let floor = self.next.saturating_sub(1);
        self.logs.entry(topic.clone()).or_insert_with(|| Log::new(floor))
    }

    pub(crate) fn append_pending(&mut self, topics: &[K], seq: u64) {
        let keep = self.limits.log_entries;
        for topic in topics {
            let log = self.log(topic);
            // The log may be younger than the number.
            log.floor = log.floor.min(seq - 1);
            log.push(Place::Pending(seq), keep);
        }
    }

    pub(crate) fn append(&mut self, topics: &[K], entry: &Arc<Entry<T>>) {
        let keep = self.limits.log_entries;
        for topic in topics {
            let log = self.log(topic);
            log.floor = log.floor.min(entry.seq() - 1);
            log.push(Place::Ready(entry.clone()), keep);
        }
        self.wake(topics, Some(entry.seq()));
    }

    /// Shows a pending event, or gives its place up.
    pub(crate) fn settle(&mut self, topics: &[K], seq: u64, entry: Option<&Arc<Entry<T>>>) {
        for topic in topics {
            let Some(log) = self.logs.get_mut(topic) else { continue };
            let at = log.places.partition_point(|place| place.seq() < seq);
            if let Some(place) = log.places.get_mut(at)
                && place.seq() == seq
            {
                *place = entry.map_or(Place::Void(seq), |entry| Place::Ready(entry.clone()));
            }
        }
        // A place given up is news as well: it may have held others back.
        self.wake(topics, entry.map(|_| seq));
    }

    fn wake(&mut self, topics: &[K], shown: Option<u64>) {
        let max_behind = self.limits.max_behind;
        for topic in topics {
            let Some(log) = self.logs.get(topic) else { continue };
            for &id in &log.followers {
                let Some(reader) = self.readers[id].as_mut() else { continue };
                if let Some(seq) = shown
                    && reader.counted != seq
                {
                    reader.counted = seq;
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
            counted: 0,
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
            for (topic, _) in &reader.cursors {
                if let Some(log) = self.logs.get_mut(topic) {
                    log.followers.retain(|follower| *follower != id);
                }
            }
            self.free.push(id);
        }
    }

    pub(crate) fn reader(&self, id: usize) -> Option<&Reader<K>> {
        self.readers[id].as_ref()
    }

    /// Adds a cursor and says from which number on the log is complete.
    pub(crate) fn follow(&mut self, id: usize, topic: &K, after: Option<u64>) -> u64 {
        let log = self.log(topic);
        let cursor = after.map_or_else(|| log.index_now(), |seq| log.index_after(seq));
        let complete_after = log.floor.max(after.unwrap_or(log.floor));
        let Some(reader) = self.readers[id].as_mut() else { return complete_after };
        if !reader.cursors.iter().any(|(followed, _)| followed == topic) {
            reader.cursors.push((topic.clone(), cursor));
            reader.wake.notify_one();
            self.log(topic).followers.push(id);
        }
        complete_after
    }

    pub(crate) fn unfollow(&mut self, id: usize, topic: &K) {
        if let Some(reader) = self.readers[id].as_mut() {
            reader.cursors.retain(|(followed, _)| followed != topic);
        }
        if let Some(log) = self.logs.get_mut(topic) {
            log.followers.retain(|follower| *follower != id);
        }
    }

    /// Moves what the reader has not seen to `out`, in order of number, each event once.
    pub(crate) fn read(&mut self, id: usize, out: &mut Vec<Arc<Entry<T>>>) -> Result<(), Lagged> {
        let Self { logs, readers, limits, .. } = self;
        let Some(reader) = readers[id].as_mut() else { return Ok(()) };
        let before = out.len();
        while !reader.lagged && out.len() - before < limits.batch_entries {
            // The lowest number at any cursor; a pending one ends the reading.
            let mut lowest: Option<(u64, Option<&Arc<Entry<T>>>)> = None;
            for (topic, cursor) in &mut reader.cursors {
                let Some(log) = logs.get(topic) else { continue };
                while let Some(Place::Void(_)) = log.place(*cursor) {
                    *cursor += 1;
                }
                if *cursor < log.base {
                    reader.lagged = true;
                    reader.cut.notify_one();
                }
                let head = match log.place(*cursor) {
                    Some(Place::Ready(entry)) => (entry.seq(), Some(entry)),
                    Some(Place::Pending(seq)) => (*seq, None),
                    _ => continue,
                };
                if lowest.is_none_or(|(seq, _)| head.0 < seq) {
                    lowest = Some(head);
                }
            }
            let Some((seq, Some(entry))) = lowest else { break };
            out.push(entry.clone());
            for (topic, cursor) in &mut reader.cursors {
                let place = logs.get(topic).and_then(|log| log.place(*cursor));
                if place.is_some_and(|place| place.seq() == seq) {
                    *cursor += 1;
                }
            }
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

    /// Begins the log if there is none: a reader that follows a moment later has missed nothing, whatever happened under
    /// other topics meanwhile.
    pub(crate) fn complete_after(&mut self, topic: &K) -> u64 {
        self.log(topic).floor
    }

    pub(crate) fn topics(&self) -> usize {
        self.logs.len()
    }
}
