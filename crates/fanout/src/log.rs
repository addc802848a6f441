//! The log of one topic.

use std::collections::VecDeque;
use std::sync::Arc;

use crate::{Entry, Position};

/// A place in a log.
pub(crate) enum Place<T> {
    /// Numbered, but not to be shown yet: readers stop here.
    Pending(u64),
    Ready(Arc<Entry<T>>),
    /// Given up; readers pass over it.
    Void(u64),
}

impl<T> Place<T> {
    pub(crate) fn position(&self) -> Position {
        match self {
            Place::Pending(number) | Place::Void(number) => Position::of(*number),
            Place::Ready(entry) => entry.position(),
        }
    }

    pub(crate) fn is_passing(&self) -> bool {
        self.position().ordinal > 0
    }
}

pub(crate) struct Log<T> {
    pub(crate) places: VecDeque<Place<T>>,
    /// Index of the first place kept; indices count from the topic's beginning.
    pub(crate) base: u64,
    /// The log holds every numbered event of the topic above this one.
    pub(crate) floor: u64,
    pub(crate) followers: Vec<usize>,
    pub(crate) idle_sweeps: u32,
}

impl<T> Log<T> {
    pub(crate) fn new(floor: u64) -> Self {
        Self { places: VecDeque::new(), base: 0, floor, followers: Vec::new(), idle_sweeps: 0 }
    }

    pub(crate) fn end(&self) -> u64 {
        self.base + self.places.len() as u64
    }

    pub(crate) fn place(&self, index: u64) -> Option<&Place<T>> {
        self.places.get(usize::try_from(index.checked_sub(self.base)?).ok()?)
    }

    pub(crate) fn push(&mut self, place: Place<T>, keep: usize) {
        self.places.push_back(place);
        self.trim(keep);
    }

    /// Puts a place where its number belongs, and returns its index if others come after it.
    pub(crate) fn put(&mut self, place: Place<T>, keep: usize) -> Option<u64> {
        let position = place.position();
        let at = self.places.partition_point(|other| other.position() <= position);
        let moved = (at < self.places.len()).then_some(self.base + at as u64);
        self.places.insert(at, place);
        self.trim(keep);
        moved
    }

    fn trim(&mut self, keep: usize) {
        self.idle_sweeps = 0;
        // A pending place stays: dropping it would show what came after it out of order.
        while self.places.len() > keep && !matches!(self.places[0], Place::Pending(_)) {
            if let Some(dropped) = self.places.pop_front() {
                self.floor = self.floor.max(dropped.position().number);
                self.base += 1;
            }
        }
    }

    /// Where a reader who knows everything up to `position` goes on.
    pub(crate) fn index_after(&self, position: Position) -> u64 {
        self.base + self.places.partition_point(|place| place.position() <= position) as u64
    }

    /// Where a reader who knows everything shown so far goes on: before what is still pending, and before what waits for
    /// the number `missing`.
    pub(crate) fn index_now(&self, missing: u64) -> u64 {
        let is_held =
            |place: &Place<T>| matches!(place, Place::Pending(_)) || place.position().number >= missing;
        let pending = self.places.iter().position(is_held);
        pending.map_or_else(|| self.end(), |at| self.base + at as u64)
    }

    /// The number after which a reader who begins at `index` gets all.
    pub(crate) fn complete_at(&self, index: u64) -> u64 {
        let held = self.places.iter().take((index - self.base) as usize);
        let last = held.rev().find(|place| !place.is_passing()).map(|place| place.position().number);
        last.map_or(self.floor, |last| last.max(self.floor))
    }
}
