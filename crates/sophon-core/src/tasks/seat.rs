//! A worker's place, which somebody else may have while its task waits for a person.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// Tasks that wait for people, beside those that are worked on: each is held in memory. With more, no task is taken up
/// until somebody answers, or the time for it is over; the queue grows meanwhile, up to its own limit.
const MOST_WAITING: usize = 1_000;

/// The workers' places, and room for the tasks that wait without one.
#[derive(Clone)]
pub(super) struct Places {
    workers: Arc<Semaphore>,
    room: Arc<Semaphore>,
}

impl Places {
    pub(super) fn new(workers: usize) -> Self {
        let room = Semaphore::new(workers.saturating_add(MOST_WAITING));
        Self { workers: Arc::new(Semaphore::new(workers)), room: Arc::new(room) }
    }

    /// Waits until one more task can be taken up. Whoever does has a worker's place from the beginning.
    pub(super) async fn free(&self) -> Option<Seat> {
        let room = self.room.clone().acquire_owned().await.ok()?;
        let permit = self.workers.clone().acquire_owned().await.ok()?;
        Some(Seat {
            workers: self.workers.clone(),
            permit: Mutex::new(Some(permit)),
            is_left: watch::Sender::new(false),
            _room: room,
        })
    }
}

/// The place of one task among those that may run at a time.
pub(crate) struct Seat {
    workers: Arc<Semaphore>,
    permit: Mutex<Option<OwnedSemaphorePermit>>,
    is_left: watch::Sender<bool>,
    _room: OwnedSemaphorePermit,
}

impl Seat {
    /// Lets another task have the place.
    pub(crate) fn leave(&self) {
        drop(self.permit.lock().take());
        self.is_left.send_replace(true);
    }

    /// Whether the place is left, now and whenever that changes.
    pub(super) fn is_left(&self) -> watch::Receiver<bool> {
        self.is_left.subscribe()
    }

    /// Waits for a place, if it was left.
    pub(crate) async fn take(&self) {
        if self.permit.lock().is_some() {
            return;
        }
        // The semaphore is never closed.
        if let Ok(permit) = self.workers.clone().acquire_owned().await {
            *self.permit.lock() = Some(permit);
            self.is_left.send_replace(false);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[test]
    fn who_waits_leaves_its_place_to_others_until_too_many_wait() {
        let places = Places::new(1);
        let free = || places.free().now_or_never().flatten();
        let mut waiting = Vec::new();
        for _ in 0..=MOST_WAITING {
            let seat = free().expect("the one who had it left it");
            assert!(free().is_none(), "there is one worker");
            seat.leave();
            waiting.push(seat);
        }
        assert!(free().is_none(), "too many wait");
        waiting[0].take().now_or_never().expect("who was answered finds a worker's place all the same");
        assert!(waiting[1].take().now_or_never().is_none());
        waiting.remove(0);
        assert!(free().is_some(), "its end makes room");
    }
}
