//! The bell that has workers look into the queue of jobs, here or on another gateway.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::sync::Notify;

use crate::peers::Peers;

/// The notice that jobs wait for which no worker is free where they were enqueued.
pub(crate) const JOBS_WAIT: &str = "jobs.wait";

/// The bell. Cloning makes another handle.
#[derive(Clone, Default)]
pub(crate) struct JobBell {
    pub(crate) rung: Arc<Notify>,
    peers: Peers,
    /// Whether jobs that are enqueued now are for the workers of other gateways.
    is_busy: Arc<AtomicBool>,
}

impl JobBell {
    pub(crate) fn new(peers: Peers) -> Self {
        Self { peers, ..Self::default() }
    }

    /// Says whether no worker is free here. Then jobs are offered to the workers of other gateways at once, which look at
    /// the queue at a slow pace otherwise.
    pub(crate) fn set_busy(&self, is_busy: bool) {
        if !self.is_busy.swap(is_busy, Ordering::Relaxed) && is_busy {
            self.peers.notify(JOBS_WAIT, "");
        }
    }

    /// Rings for a job that was enqueued, or that may run now.
    pub(crate) fn ring_for_new_job(&self) {
        self.rung.notify_one();
        if self.is_busy.load(Ordering::Relaxed) {
            self.peers.notify(JOBS_WAIT, "");
        }
    }
}
