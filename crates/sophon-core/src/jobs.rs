//! What is done at a steady pace, beside requests.

use std::time::Duration;

use sophon_model::ports::Store;
use std::sync::Arc;

use crate::approvals::Approvals;
use crate::chat::IDEMPOTENCY_KEPT;
use crate::database::{Database, reserve_sequence};
use crate::info_requests::InfoRequests;
use crate::lifecycle::Lifecycle;
use crate::live::SEQUENCE_BLOCK;

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
}

impl Default for Retention {
    fn default() -> Self {
        Self { approvals: 90 * DAY, discussion_runs: 90 * DAY, node_commands: 30 * DAY }
    }
}

const DAY: Duration = Duration::from_hours(24);
/// The pace of the sweep over idle topics and the look at the sequence numbers that are left. A topic's log outlives
/// its last event and follower by five of them.
const SWEEP_EVERY: Duration = Duration::from_mins(1);
/// Sweeps between two removals of what has lapsed.
const PRUNE_EVERY: u32 = 60;
/// Transactions of one removal; what they leave waits for the next.
const MOST_PRUNES: u32 = 1_000;

/// Sweeps, prunes and reserves until the gateway stops.
pub(crate) async fn keep_house(
    db: Database,
    store: Arc<dyn Store>,
    (approvals, info_requests): (Approvals, InfoRequests),
    retention: Retention,
    lifecycle: Lifecycle,
) {
    for round in 0_u32.. {
        tokio::select! {
            () = tokio::time::sleep(SWEEP_EVERY) => {}
            () = lifecycle.draining() => return,
        }
        db.bus().sweep();
        if db.bus().remaining() < SEQUENCE_BLOCK / 2 {
            match reserve_sequence(&*store, SEQUENCE_BLOCK).await {
                Ok(first) => db.bus().extend(first..first + SEQUENCE_BLOCK),
                Err(error) => tracing::error!(%error, "no sequence numbers could be reserved"),
            }
        }
        for overdue in
            [approvals.waiting.expire_overdue().await, info_requests.waiting.expire_overdue().await]
        {
            if let Err(error) = overdue {
                tracing::error!(%error, "what nobody answered in time could not be refused");
            }
        }
        if round % PRUNE_EVERY == 0
            && let Err(error) = prune(&db, retention).await
        {
            tracing::error!(%error, "what has lapsed could not be removed");
        }
    }
}

/// Removes what has lapsed or been kept for long enough, some of it in each transaction, so that others get their turn
/// in between.
pub async fn prune(db: &Database, retention: Retention) -> sophon_model::Result<()> {
    for _ in 0..MOST_PRUNES {
        let removed = db.write(move |unit| {
            let now = unit.now();
            let approvals = now.minus(retention.approvals);
            let removed = [
                unit.tx.prune_events(now.minus(EVENTS_KEPT))?,
                unit.tx.prune_idempotent_replies(now.minus(IDEMPOTENCY_KEPT))?,
                unit.tx.prune_approvals(approvals)?,
                unit.tx.prune_info_requests(approvals)?,
                unit.tx.prune_discussion_runs(now.minus(retention.discussion_runs))?,
                unit.tx.prune_node_commands(now.minus(retention.node_commands))?,
            ];
            Ok(removed.iter().sum::<u64>())
        });
        let removed = removed.await?;
        if removed == 0 {
            break;
        }
        tracing::debug!(removed, "removed what has lapsed");
    }
    Ok(())
}
