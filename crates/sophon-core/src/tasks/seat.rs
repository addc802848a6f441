//! A worker's place, which somebody else may have while its task waits for a person.

use std::future::Future;
use std::sync::Arc;

use parking_lot::Mutex;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The place of one running task among those that may run at a time.
pub(crate) struct Seat {
    workers: Arc<Semaphore>,
    permit: Mutex<Option<OwnedSemaphorePermit>>,
}

impl Seat {
    pub(super) fn new(workers: Arc<Semaphore>, permit: OwnedSemaphorePermit) -> Self {
        Self { workers, permit: Mutex::new(Some(permit)) }
    }

    /// Lets another task work while `waiting` takes its time, and has a place again when it is over.
    pub(crate) async fn leave_while<T>(&self, waiting: impl Future<Output = T>) -> T {
        drop(self.permit.lock().take());
        let outcome = waiting.await;
        // The semaphore is never closed.
        if let Ok(permit) = self.workers.clone().acquire_owned().await {
            *self.permit.lock() = Some(permit);
        }
        outcome
    }
}
