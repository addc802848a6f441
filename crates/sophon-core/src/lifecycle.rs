//! One object for the life of the process: it drains, lets go of those that follow events, and stops; and all tasks that
//! run beside requests.

use std::future::Future;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use sophon_model::{Error, Kind, Result};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// When a client may look whether another process has taken over from one that drains.
const RETRY_AFTER_DRAIN: Duration = Duration::from_secs(5);

/// How the process begins to end, ends, and knows that it has ended.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    soft: CancellationToken,
    followers: CancellationToken,
    hard: CancellationToken,
    tasks: TaskTracker,
    failure: Arc<OnceLock<String>>,
}

impl Lifecycle {
    /// Begins the soft stop: no new work is taken, what runs may finish.
    pub fn drain(&self) {
        self.soft.cancel();
    }

    /// Begins the soft stop for a reason that the process does not end well by.
    pub fn fail(&self, reason: String) {
        tracing::error!(reason, "the gateway stops");
        self.failure.get_or_init(|| reason);
        self.drain();
    }

    /// Why the process does not end well, if so.
    pub fn failure(&self) -> Option<&str> {
        self.failure.get().map(String::as_str)
    }

    /// Whether the soft stop has begun.
    pub fn is_draining(&self) -> bool {
        self.soft.is_cancelled()
    }

    /// Refuses new work once the soft stop has begun.
    pub fn require_accepting(&self) -> Result<()> {
        if !self.is_draining() {
            return Ok(());
        }
        let text = "The gateway is shutting down and takes no new work. Try again in a moment.";
        Err(Error::new(Kind::ServiceUnavailable, text).with_retry_after(RETRY_AFTER_DRAIN))
    }

    /// Resolves when the soft stop begins.
    pub async fn draining(&self) {
        self.soft.cancelled().await;
    }

    /// Ends the connections that follow events: the work that they wait for is done, or its time is over.
    pub fn release_followers(&self) {
        self.soft.cancel();
        self.followers.cancel();
    }

    /// Resolves when connections that follow events are to end.
    pub async fn followers_released(&self) {
        self.followers.cancelled().await;
    }

    /// Begins the hard stop: what runs is to end at once.
    pub fn stop(&self) {
        self.release_followers();
        self.hard.cancel();
    }

    /// Resolves when the hard stop begins.
    pub async fn stopped(&self) {
        self.hard.cancelled().await;
    }

    /// Runs a task that the end of the process waits for.
    pub fn spawn<F>(&self, task: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        self.tasks.spawn(task);
    }

    /// Runs a worker that the gateway cannot do without: should it end before the process does, for example by a
    /// panic, the process drains rather than going on half dead.
    pub fn spawn_critical<F>(&self, name: &'static str, worker: F)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let critical = Critical { lifecycle: self.clone(), name };
        self.tasks.spawn(async move {
            let _fails_if_this_ends = critical;
            worker.await;
        });
    }

    /// Waits for all tasks to end; false if some still ran after `limit`.
    pub async fn finished(&self, limit: Duration) -> bool {
        self.tasks.close();
        tokio::time::timeout(limit, self.tasks.wait()).await.is_ok()
    }
}

/// A worker that the gateway cannot do without, while it runs.
struct Critical {
    lifecycle: Lifecycle,
    name: &'static str,
}

impl Drop for Critical {
    fn drop(&mut self) {
        if !self.lifecycle.is_draining() {
            self.lifecycle.fail(format!("the {} ended", self.name));
        }
    }
}
