//! Background jobs.

use serde::{Deserialize, Serialize};
use sophon_model::ports::JobCount;
use sophon_model::{JobId, JobStatus, Queue, TaskId};
use utoipa::ToSchema;

use crate::Time;

/// Work that the gateway does in the background. Its payload is not shown: that may be somebody's content.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What is to be done.
    #[schema(example = "maintenance.prune")]
    pub kind: String,
    /// The queue that it waits in.
    pub queue: Queue,
    /// Where it stands.
    pub status: JobStatus,
    /// The task that people see of it.
    #[schema(required)]
    pub task_id: Option<TaskId>,
    /// How often a worker took it up.
    #[schema(example = 1)]
    pub attempt: i64,
    /// Why it failed last, in words for people.
    #[schema(required)]
    pub error: Option<String>,
    /// When it was enqueued.
    pub created_at: Time,
    /// When it is due; of a dead job, when it failed for good.
    pub run_at: Time,
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct JobCounts {
    /// The queue.
    pub queue: Queue,
    /// The status.
    pub status: JobStatus,
    /// How many.
    #[schema(example = 3)]
    pub count: u64,
}

impl From<JobCount> for JobCounts {
    fn from(count: JobCount) -> Self {
        Self { queue: count.queue, status: count.status, count: count.count }
    }
}
