//! The end of a test's gateway: nothing may be left to do.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use sophon_core::Gateway;
use sophon_model::TaskStatus;
use sophon_model::ports::TaskFilter;
use sophon_model::{Page, Result};
use tokio::runtime::Runtime;
use tokio::time::{Instant, sleep};

use crate::database::TestDatabase;

/// How long work that was begun may take to end once the test has.
const SETTLE: Duration = Duration::from_secs(5);
/// How often it is looked whether work has ended.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// How long a gateway's threads may take to end.
const THREADS_END: Duration = Duration::from_secs(2);

/// Ends a gateway, and fails the test if work is left.
pub(crate) struct Guard {
    live: Option<Box<Live>>,
    may_leave_work: AtomicBool,
}

struct Live {
    gateway: Gateway,
    runtime: Runtime,
    database: TestDatabase,
}

impl Guard {
    pub(crate) fn new(
        gateway: Gateway,
        runtime: Runtime,
        database: TestDatabase,
        may_leave_work: bool,
    ) -> Self {
        let live = Some(Box::new(Live { gateway, runtime, database }));
        Self { live, may_leave_work: may_leave_work.into() }
    }

    pub(crate) fn may_leave_work(&self) {
        self.may_leave_work.store(true, Ordering::Relaxed);
    }

    /// Ends the gateway, which has been stopped, and keeps its data. What it leaves is for the next one to end.
    pub(crate) fn release(mut self) -> (TestDatabase, bool) {
        let Live { gateway, runtime, database } = *self.live.take().expect("it is released once");
        drop(gateway);
        runtime.shutdown_background();
        (database, *self.may_leave_work.get_mut())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        let Some(live) = self.live.take() else { return };
        let Live { gateway, runtime, database } = *live;
        let looks = !*self.may_leave_work.get_mut() && !thread::panicking();
        // The test's own thread is inside of its runtime, where nothing may block.
        let ending = thread::spawn(move || {
            let left = if looks { runtime.block_on(settle(&gateway)) } else { Vec::new() };
            gateway.lifecycle.stop();
            drop(gateway);
            runtime.shutdown_timeout(THREADS_END);
            drop(database);
            left
        });
        let left = ending.join().expect("the gateway ends");
        assert!(
            left.is_empty(),
            "the test leaves work behind: {left:#?}. Wait for it, or say may_leave_work()"
        );
    }
}

/// Waits until all work has ended, for a while, and returns what has not.
async fn settle(gateway: &Gateway) -> Vec<String> {
    let deadline = Instant::now() + SETTLE;
    loop {
        let left = left_over(gateway).await.expect("the database answers");
        if left.is_empty() || Instant::now() > deadline {
            return left;
        }
        sleep(LOOK_EVERY).await;
    }
}

/// Everything that is still to be done, in words. What is queued durably belongs in here.
async fn left_over(gateway: &Gateway) -> Result<Vec<String>> {
    let statuses = vec![TaskStatus::Queued, TaskStatus::Running];
    let filter = TaskFilter { statuses, ..TaskFilter::default() };
    let tasks = gateway.db.read(move |tx| {
        let Some(first) = tx.first_user()? else { return Ok(Vec::new()) };
        Ok(tx.page(&first.tenant_id, &filter, &Page::new(None, None))?.items)
    });
    let mut left: Vec<String> = tasks
        .await?
        .iter()
        .map(|task| format!("{} {:?} ({})", task.id, task.status, task.description))
        .collect();
    let running = gateway.running.count();
    if left.is_empty() && running > 0 {
        left.push(format!("{running} running tasks"));
    }
    Ok(left)
}
