//! A worker's place, which somebody else may have while its task waits for a person.

use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Tasks that wait for people without a worker's place. Each is held in memory. With more, those that begin to wait keep
/// their places, so that less and at last no new work is taken up, until somebody answers.
const MOST_WAITING: usize = 1_000;

/// The places of a process: of those who work, and of those who wait.
#[derive(Clone)]
pub(super) struct Places {
    pub(super) workers: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
}

impl Places {
    pub(super) fn new(workers: usize) -> Self {
        Self { workers: Arc::new(Semaphore::new(workers)), waiting: Arc::new(Semaphore::new(MOST_WAITING)) }
    }
}

/// The place of one task that was taken up.
pub(crate) struct Seat {
    places: Places,
    held: Mutex<Held>,
}

/// Which place it has. The permit is given back when another takes its place here.
enum Held {
    Worker(#[expect(dead_code, reason = "it is held")] OwnedSemaphorePermit),
    Waiting(#[expect(dead_code, reason = "it is held")] OwnedSemaphorePermit),
}

impl Seat {
    pub(super) fn new(places: Places, permit: OwnedSemaphorePermit) -> Self {
        Self { places, held: Mutex::new(Held::Worker(permit)) }
    }

    /// Lets another task have the worker's place, if there is room to wait elsewhere.
    pub(crate) fn leave(&self) {
        let mut held = self.held.lock();
        if let Held::Worker(_) = *held
            && let Ok(permit) = self.places.waiting.clone().try_acquire_owned()
        {
            *held = Held::Waiting(permit);
        }
    }

    /// Waits for a worker's place, if it was left.
    pub(crate) async fn take(&self) {
        if let Held::Worker(_) = *self.held.lock() {
            return;
        }
        // The semaphore is never closed.
        if let Ok(permit) = self.places.workers.clone().acquire_owned().await {
            *self.held.lock() = Held::Worker(permit);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat(places: &Places) -> Seat {
        Seat::new(places.clone(), places.workers.clone().try_acquire_owned().expect("a free place"))
    }

    #[tokio::test]
    async fn who_waits_leaves_its_place_to_others_until_too_many_wait() {
        let places = Places::new(2);
        let free = || places.workers.available_permits();
        let waiting: Vec<Seat> = (0..MOST_WAITING)
            .map(|_| {
                let seat = seat(&places);
                seat.leave();
                seat.leave();
                seat
            })
            .collect();
        assert_eq!(free(), 2);
        let one_more = seat(&places);
        one_more.leave();
        assert_eq!(free(), 1, "there is no room to wait, so it stays");
        one_more.take().await;
        assert_eq!(free(), 1);

        waiting[0].take().await;
        assert_eq!(free(), 0);
        one_more.leave();
        assert_eq!(free(), 1, "somebody who waited works again");
        drop((waiting, one_more));
        assert_eq!((free(), places.waiting.available_permits()), (2, MOST_WAITING));
    }
}
