//! Holding a task while it is worked on.

use std::sync::Arc;
use std::time::Duration;

use sophon_model::{Result, Task, TaskId};
use tokio_util::sync::{CancellationToken, DropGuard};

use super::Running;
use crate::database::Database;

/// How long a worker holds a task without renewing.
pub(crate) const LEASE: Duration = Duration::from_secs(30);
/// How often the holder of a lease renews it.
const RENEW_EVERY: Duration = Duration::from_secs(10);

/// A lease that is renewed until it is dropped.
pub(super) struct Lease {
    lost: CancellationToken,
    _renewed_until_dropped: DropGuard,
}

impl Lease {
    /// Renews the lease of `task` in the background. Cancellations asked for elsewhere, of the task or of its parts,
    /// are passed on to what runs here.
    pub(super) fn hold(db: Database, running: Arc<Running>, task: &Task) -> Self {
        let (lost, dropped) = (CancellationToken::new(), CancellationToken::new());
        let (task, lost_here, dropped_here) = (task.clone(), lost.clone(), dropped.clone());
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = dropped_here.cancelled() => return,
                    () = tokio::time::sleep(RENEW_EVERY) => {}
                }
                match renew(&db, &task, running.parts(&task.id)).await {
                    Ok(Some(cancelled)) => cancelled.iter().for_each(|id| running.cancel(id)),
                    Ok(None) => return lost_here.cancel(),
                    Err(error) => tracing::warn!(task.id = %task.id, %error, "a lease could not be renewed"),
                }
            }
        });
        Self { lost, _renewed_until_dropped: dropped.drop_guard() }
    }

    /// Resolves if the task has gone to another worker, or is gone.
    pub(super) async fn lost(&self) {
        self.lost.cancelled().await;
    }
}

/// Which of the task and its parts are to be cancelled; `None` if it is no longer held.
async fn renew(db: &Database, task: &Task, parts: Vec<TaskId>) -> Result<Option<Vec<TaskId>>> {
    let (id, attempt, tenant) = (task.id.clone(), task.attempt, task.tenant_id.clone());
    db.write(move |unit| {
        let until = unit.now().plus(LEASE);
        let Some(held) = unit.tx.renew_lease(&id, attempt, until)? else { return Ok(None) };
        let mut all = vec![held];
        for part in parts {
            all.extend(unit.tx.task(&tenant, &part)?);
        }
        let cancelled = all.into_iter().filter(|task| task.cancel_requested_at.is_some());
        Ok(Some(cancelled.map(|task| task.id).collect()))
    })
    .await
}
