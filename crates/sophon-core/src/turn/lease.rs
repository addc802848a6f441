//! Holding a task while it is worked on.

use sophon_model::{Task, TaskId};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::database::Database;
use crate::tasks::{LEASE, RENEW_EVERY};

/// A lease that is renewed until it is dropped.
pub(super) struct Lease {
    lost: CancellationToken,
    _renewed_until_dropped: DropGuard,
}

impl Lease {
    /// Renews the lease of `task` in the background. A cancellation asked for elsewhere is passed on to `cancel`.
    pub(super) fn hold(db: Database, task: &Task, cancel: CancellationToken) -> Self {
        let (lost, dropped) = (CancellationToken::new(), CancellationToken::new());
        let (id, attempt) = (task.id.clone(), task.attempt);
        let (lost_here, dropped_here) = (lost.clone(), dropped.clone());
        tokio::spawn(async move {
            loop {
                tokio::select! {
                    () = dropped_here.cancelled() => return,
                    () = tokio::time::sleep(RENEW_EVERY) => {}
                }
                match renew(&db, id.clone(), attempt).await {
                    Ok(Some(task)) if task.cancel_requested_at.is_some() => cancel.cancel(),
                    Ok(Some(_)) => {}
                    Ok(None) => return lost_here.cancel(),
                    Err(error) => tracing::warn!(task.id = %id, %error, "a lease could not be renewed"),
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

async fn renew(db: &Database, id: TaskId, attempt: i64) -> sophon_model::Result<Option<Task>> {
    db.write(move |unit| {
        let until = unit.now().plus(LEASE);
        unit.tx.renew_lease(&id, attempt, until)
    })
    .await
}
