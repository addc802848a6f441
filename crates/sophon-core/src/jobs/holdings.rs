//! The jobs that this process holds: their leases are renewed together, and a worker is notified of what is lost.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use parking_lot::Mutex;
use sophon_model::{Job, JobId, Result, TaskId, Timestamp};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::database::Database;

/// Cancelled tasks that are looked at when leases are renewed; more wait for the next time.
const MOST_CANCELLED: usize = 1_000;

/// What this process holds.
#[derive(Clone, Default)]
pub(crate) struct Holdings(Arc<Shared>);

#[derive(Default)]
struct Shared {
    held: Mutex<HashMap<JobId, Holding>>,
    emptied: Notify,
}

struct Holding {
    attempt: i64,
    lost: CancellationToken,
    lapses: Lapses,
    /// Whether the claim is committed. Until then another transaction, such as the one that renews leases, does not see
    /// that this process holds the job.
    is_committed: bool,
}

/// When a lease lapses, as far as its holder knows, in Unix ms. Cloning makes another handle.
#[derive(Clone, Debug, Default)]
pub(super) struct Lapses(Arc<AtomicI64>);

impl Lapses {
    pub(super) fn set(&self, at: Timestamp) {
        self.0.store(at.as_millis(), Ordering::Relaxed);
    }

    pub(super) fn is_before(&self, now: Timestamp) -> bool {
        self.0.load(Ordering::Relaxed) <= now.as_millis()
    }
}

/// A job that is held, until this is dropped.
pub(super) struct Hold {
    holdings: Holdings,
    job: JobId,
    attempt: i64,
}

impl Holdings {
    /// Notes a job that is claimed in a transaction which is still open; the token is cancelled when the job is lost.
    pub(super) fn add(&self, job: &Job, lapses: Lapses) -> (Hold, CancellationToken) {
        let lost = CancellationToken::new();
        let holding = Holding { attempt: job.attempt, lost: lost.clone(), lapses, is_committed: false };
        self.0.held.lock().insert(job.id.clone(), holding);
        (Hold { holdings: self.clone(), job: job.id.clone(), attempt: job.attempt }, lost)
    }

    /// How many jobs are held.
    pub(crate) fn count(&self) -> usize {
        self.0.held.lock().len()
    }

    /// Resolves when nothing is held.
    pub(super) async fn emptied(&self) {
        loop {
            let emptied = self.0.emptied.notified();
            if self.0.held.lock().is_empty() {
                return;
            }
            emptied.await;
        }
    }

    fn committed(&self) -> Vec<(JobId, i64)> {
        let held = self.0.held.lock();
        let committed = held.iter().filter(|(_, holding)| holding.is_committed);
        committed.map(|(id, holding)| (id.clone(), holding.attempt)).collect()
    }

    /// Renews all leases in one statement. Returns the tasks, of whatever process, that are to be cancelled.
    pub(super) async fn renew(&self, db: &Database, holder: &str, lease: Duration) -> Result<Vec<TaskId>> {
        let before = self.committed();
        if before.is_empty() {
            return Ok(Vec::new());
        }
        let holder = holder.to_owned();
        let renewed = db.write(move |unit| {
            let until = unit.now().plus(lease);
            let held = unit.tx.renew_jobs(&holder, until)?;
            Ok((held, until, unit.tx.tasks_to_cancel(MOST_CANCELLED)?))
        });
        let (held, until, to_cancel) = renewed.await?;
        let holdings = self.0.held.lock();
        for (job, attempt) in &held {
            if let Some(holding) = holdings.get(job).filter(|holding| holding.attempt == *attempt) {
                holding.lapses.set(until);
            }
        }
        for lost in before.iter().filter(|before| !held.contains(before)) {
            if let Some(holding) = holdings.get(&lost.0).filter(|holding| holding.attempt == lost.1) {
                holding.lost.cancel();
            }
        }
        Ok(to_cancel)
    }
}

impl Hold {
    /// Notes that the claim is committed: from now on the job is lost if its lease cannot be renewed.
    pub(super) fn committed(&self) {
        if let Some(holding) = self.holdings.0.held.lock().get_mut(&self.job)
            && holding.attempt == self.attempt
        {
            holding.is_committed = true;
        }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut holdings = self.holdings.0.held.lock();
        if holdings.get(&self.job).is_some_and(|holding| holding.attempt == self.attempt) {
            holdings.remove(&self.job);
        }
        if holdings.is_empty() {
            self.holdings.0.emptied.notify_waiters();
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use sophon_model::Queue;

    use super::*;

    fn job() -> Job {
        let now = Timestamp::from_millis(0);
        Job::new(JobId::from("job_1"), "test.job", Queue::Delivery, Value::Null, now)
    }

    #[test]
    fn a_job_whose_claim_is_not_committed_is_not_looked_for_among_the_renewed_leases() {
        let (holdings, job) = (Holdings::default(), job());
        let (hold, _lost) = holdings.add(&job, Lapses::default());
        assert_eq!(holdings.committed(), []);
        hold.committed();
        assert_eq!(holdings.committed(), [(job.id.clone(), job.attempt)]);
        drop(hold);
        assert_eq!(holdings.committed(), []);
    }
}
