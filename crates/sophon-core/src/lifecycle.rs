//! One object for the life of the process: soft stop, hard stop, and all tasks that run beside requests.

use std::future::Future;
use std::time::Duration;

use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// How the process begins to end, ends, and knows that it has ended.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    soft: CancellationToken,
    hard: CancellationToken,
    tasks: TaskTracker,
}

impl Lifecycle {
    /// Begins the soft stop: no new work is taken, what runs may finish.
    pub fn drain(&self) {
        self.soft.cancel();
    }

    /// Whether the soft stop has begun.
    pub fn is_draining(&self) -> bool {
        self.soft.is_cancelled()
    }

    /// Resolves when the soft stop begins.
    pub async fn draining(&self) {
        self.soft.cancelled().await;
    }

    /// Begins the hard stop: what runs is to end at once.
    pub fn stop(&self) {
        self.soft.cancel();
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
        let lifecycle = self.clone();
        let guard = self.soft.clone().drop_guard();
        self.tasks.spawn(async move {
            let _drains_if_this_ends = guard;
            worker.await;
            if !lifecycle.is_draining() {
                tracing::error!(worker = name, "a critical worker ended; the gateway stops");
            }
        });
    }

    /// Waits for all tasks to end; false if some still ran after `limit`.
    pub async fn finished(&self, limit: Duration) -> bool {
        self.tasks.close();
        tokio::time::timeout(limit, self.tasks.wait()).await.is_ok()
    }
}
