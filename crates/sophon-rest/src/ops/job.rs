//! A background job as this wire shows it. Its payload is not shown: that may be somebody's content.

use serde::Serialize;
use sophon_model::ports::JobCount;
use sophon_model::{JobId, JobStatus, Queue, TaskId};
use utoipa::ToSchema;

use crate::time::Time;
use crate::words;

/// Work that the gateway does in the background.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Job {
    #[schema(value_type = String)]
    id: JobId,
    /// What is to be done, for example `maintenance.prune`.
    kind: String,
    #[schema(schema_with = words::queue)]
    queue: Queue,
    #[schema(schema_with = words::job_status)]
    status: JobStatus,
    /// The task that people see of it.
    #[schema(required, value_type = Option<String>)]
    task_id: Option<TaskId>,
    /// How often a worker took it up.
    attempt: i64,
    /// Why it failed last, in words for people.
    #[schema(required)]
    error: Option<String>,
    created_at: Time,
    /// When it is due; of a dead job, when it failed for good.
    run_at: Time,
}

impl From<sophon_model::Job> for Job {
    fn from(job: sophon_model::Job) -> Self {
        Self {
            id: job.id,
            kind: job.kind,
            queue: job.queue,
            status: job.status,
            task_id: job.task_id,
            attempt: job.attempt,
            error: job.error,
            created_at: job.created_at.into(),
            run_at: job.run_at.into(),
        }
    }
}

/// How many jobs of a queue have a status.
#[derive(Serialize, ToSchema)]
pub(super) struct JobCounts {
    #[schema(schema_with = words::queue)]
    queue: Queue,
    #[schema(schema_with = words::job_status)]
    status: JobStatus,
    count: u64,
}

impl From<JobCount> for JobCounts {
    fn from(count: JobCount) -> Self {
        Self { queue: count.queue, status: count.status, count: count.count }
    }
}
