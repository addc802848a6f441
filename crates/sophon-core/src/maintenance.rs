//! Cleaning up: what has lapsed is removed by a job, and what a process keeps in memory is swept in it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sophon_model::{Priority, Queue, Result};

use crate::database::{Database, Unit};
use crate::jobs::{Chore, JobKind, JobOptions, Next};
use crate::lifecycle::Lifecycle;
use crate::registry::{Prune, Registry};

/// How long durable events are kept for those who come back.
pub const EVENTS_KEPT: Duration = Duration::from_hours(24);

/// How long what has ended is kept.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    /// Approvals and questions.
    pub approvals: Duration,
    /// Runs of discussions, with their turns. The messages that mention them stay.
    pub discussion_runs: Duration,
    /// Commands to nodes.
    pub node_commands: Duration,
    /// Jobs that failed for good.
    pub dead_jobs: Duration,
    /// Entries of the audit log.
    pub audit: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            approvals: 90 * DAY,
            discussion_runs: 90 * DAY,
            node_commands: 30 * DAY,
            dead_jobs: 90 * DAY,
            audit: 365 * DAY,
        }
    }
}

const DAY: Duration = Duration::from_hours(24);
/// The pace of the sweep over idle topics. A topic's log outlives its last event and follower by five of them: long enough for
/// a client that reconnects; what it missed before is read from storage.
const SWEEP_EVERY: Duration = Duration::from_secs(3);
/// The time between two removals of what has lapsed.
const PRUNE_EVERY: Duration = Duration::from_hours(1);
/// The most rows of a kind that one run removes, so that it holds nobody up.
pub(crate) const REMOVED_AT_ONCE: usize = 10_000;

/// Sweeps the logs of this process until it drains.
pub(crate) async fn sweep(db: Database, lifecycle: Lifecycle) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(SWEEP_EVERY) => {}
            () = lifecycle.draining() => return,
        }
        db.bus().sweep();
    }
}

/// The payload of the job that removes what has lapsed. There is one for the whole deployment.
#[derive(Serialize, Deserialize)]
pub(crate) struct PruneJob {}

impl JobKind for PruneJob {
    const NAME: &'static str = "maintenance.prune";
    const QUEUE: Queue = Queue::Maintenance;
}

/// Sees to it that there is the job.
pub(crate) fn schedule_in(unit: &mut Unit<'_>) -> Result<()> {
    let options = JobOptions {
        run_at: Some(unit.now().plus(PRUNE_EVERY)),
        priority: Priority::Low,
        dedupe_key: Some("hourly".into()),
        ..JobOptions::default()
    };
    unit.enqueue(&PruneJob {}, options)
}

/// Registers the removal of old events, and has that and all else that the subjects remove done each hour.
pub(crate) fn register(registry: &mut Registry) {
    registry.keep_for(EVENTS_KEPT, |unit, before| unit.tx.prune_events(before));
}

/// Removes what has lapsed.
pub(crate) struct Pruner {
    /// How long each kind of things is kept, and how it is removed.
    pub(crate) retention: Vec<(Duration, Prune)>,
}

impl Chore for Pruner {
    type Kind = PruneJob;

    /// Each run removes some of it, so that others get their turn in between.
    fn run_in(&self, unit: &mut Unit<'_>, _: PruneJob) -> Result<Next> {
        let removed = self.prune_in(unit)?;
        if removed > 0 {
            tracing::debug!(removed, "removed what has lapsed");
        }
        let now = unit.now();
        Ok(Next::At(if removed > 0 { now } else { now.plus(PRUNE_EVERY) }))
    }
}

impl Pruner {
    /// Removes some of each kind; returns how many rows.
    fn prune_in(&self, unit: &mut Unit<'_>) -> Result<u64> {
        let mut removed = 0;
        for (kept, prune) in &self.retention {
            let before = unit.now().minus(*kept);
            removed += prune(unit, before)?;
        }
        Ok(removed)
    }
}
