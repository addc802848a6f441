//! What operators see of the queue, and what they can do about jobs that failed for good.

use sophon_model::ports::JobCount;
use sophon_model::{AuditAction, Caller, Error, Job, JobId, Page, Paged, Result};

use super::waking::WakeTasks;
use crate::database::Database;
use crate::gateway::Shared;
use crate::policy::{Read, System, Write, allow};
use crate::registry::Registry;

/// The service.
#[derive(Clone)]
pub struct Jobs {
    db: Database,
}

impl Jobs {
    pub(crate) fn open(shared: &Shared, registry: &mut Registry) -> Self {
        registry.chore(WakeTasks);
        let kept = shared.settings.retention.dead_jobs;
        registry.keep_for(kept, |unit, before| unit.tx.prune_dead_jobs(before));
        Self { db: shared.db.clone() }
    }

    /// How many jobs stand where, by queue and status; none for what there is none of.
    pub async fn counts(&self, caller: &Caller) -> Result<Vec<JobCount>> {
        allow::<System, Read>(caller)?;
        self.db.read(|tx| tx.job_counts()).await
    }

    /// The jobs that failed for good, newest first.
    pub async fn dead(&self, caller: &Caller, page: Page) -> Result<Paged<Job>> {
        allow::<System, Read>(caller)?;
        self.db.read(move |tx| tx.dead_jobs(&page)).await
    }

    /// Runs a dead job again, as if it had not been tried. A conflict if another job does the same by now.
    pub async fn retry(&self, caller: &Caller, id: &JobId) -> Result<Job> {
        allow::<System, Write>(caller)?;
        let wanted = id.clone();
        self.db
            .write_once(caller, AuditAction::JobRetry, move |unit| {
                let now = unit.now();
                let revived = unit.tx.revive_job(&wanted, now)?;
                unit.ring_after_commit();
                let revived = revived.ok_or_else(no_such_job)?;
                unit.about(&revived);
                Ok(revived)
            })
            .await
    }

    /// Deletes a dead job: nobody will do it.
    pub async fn discard(&self, caller: &Caller, id: &JobId) -> Result<()> {
        allow::<System, Write>(caller)?;
        let unwanted = id.clone();
        self.db
            .write_as(caller, AuditAction::JobDiscard, move |unit| {
                if let Some(job) = unit.tx.get(&unwanted)? {
                    unit.about(&job);
                }
                let is_deleted = unit.tx.delete_dead_job(&unwanted)?;
                if is_deleted { Ok(()) } else { Err(no_such_job()) }
            })
            .await
    }
}

fn no_such_job() -> Error {
    Error::not_found("failed job")
}
