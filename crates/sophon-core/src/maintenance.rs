//! Cleaning up: what has lapsed is removed by a job, and what a process keeps in memory is swept in it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use sophon_model::{Priority, Queue, Result};

use crate::chat::IDEMPOTENCY_KEPT;
use crate::database::{Database, Unit};
use crate::jobs::{Chore, JobKind, JobOptions, Next};
use crate::lifecycle::Lifecycle;

/// How long durable events are kept for those who come back.
pub const EVENTS_KEPT: Duration = Duration::from_hours(24);

/// How long what has ended is kept.
#[derive(Clone, Copy, Debug)]
pub struct Retention {
    /// Approvals and questions.
    pub approvals: Duration,
    /// Runs of discussions, with their turns. The messages that tell of them stay.
    pub discussion_runs: Duration,
    /// Commands to nodes.
    pub node_commands: Duration,
    /// Jobs that failed for good.
    pub dead_jobs: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        Self { approvals: 90 * DAY, discussion_runs: 90 * DAY, node_commands: 30 * DAY, dead_jobs: 90 * DAY }
    }
}

const DAY: Duration = Duration::from_hours(24);
/// The pace of the sweep over idle topics. A topic's log outlives its last event and follower by five of them.
const SWEEP_EVERY: Duration = Duration::from_mins(1);
/// The time between two removals of what has lapsed.
const PRUNE_EVERY: Duration = Duration::from_hours(1);

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
pub(crate) struct Prune {}

impl JobKind for Prune {
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
    unit.enqueue(&Prune {}, options)
}

/// Removes what has lapsed.
pub(crate) struct Pruner {
    pub(crate) retention: Retention,
}

impl Chore for Pruner {
    type Kind = Prune;

    /// Each run removes some of it, so that others get their turn in between.
    fn run_in(&self, unit: &mut Unit<'_>, _: Prune) -> Result<Next> {
        let removed = prune_in(unit, self.retention)?;
        if removed > 0 {
            tracing::debug!(removed, "removed what has lapsed");
        }
        let now = unit.now();
        Ok(Next::At(if removed > 0 { now } else { now.plus(PRUNE_EVERY) }))
    }
}

/// Removes some of what has lapsed or been kept for long enough; returns how many rows.
pub fn prune_in(unit: &mut Unit<'_>, retention: Retention) -> Result<u64> {
    let now = unit.now();
    let approvals = now.minus(retention.approvals);
    let removed = [
        unit.tx.prune_events(now.minus(EVENTS_KEPT))?,
        unit.tx.prune_idempotent_replies(now.minus(IDEMPOTENCY_KEPT))?,
        unit.tx.prune_approvals(approvals)?,
        unit.tx.prune_info_requests(approvals)?,
        unit.tx.prune_discussion_runs(now.minus(retention.discussion_runs))?,
        unit.tx.prune_node_commands(now.minus(retention.node_commands))?,
        unit.tx.prune_dead_jobs(now.minus(retention.dead_jobs))?,
    ];
    Ok(removed.iter().sum())
}
