//! A worker's place, which somebody else may have while its task waits for a person.

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

    /// Lets another task have the place.
    pub(crate) fn leave(&self) {
        drop(self.permit.lock().take());
    }

    /// Waits for a place, if it was left.
    pub(crate) async fn take(&self) {
        if self.permit.lock().is_some() {
            return;
        }
        // The semaphore is never closed.
        if let Ok(permit) = self.workers.clone().acquire_owned().await {
            *self.permit.lock() = Some(permit);
        }
    }
}
