//! *Operations*: background jobs.

use serde::{Deserialize, Serialize};
use sophon_model::{JobId, JobStatus, Queue, TaskId, Timestamp};

use crate::{Client, ClientError, List, time};

/// Work that the gateway does in the background.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// What is to be done, for example `maintenance.prune`.
    pub kind: String,
    /// The queue that it waits in.
    pub queue: Queue,
    /// Where it stands.
    pub status: JobStatus,
    /// The task that people see of it.
    pub task_id: Option<TaskId>,
    /// How often a worker took it up.
    pub attempt: i64,
    /// Why it failed last.
    pub error: Option<String>,
    /// When it was enqueued.
    #[serde(with = "time::rfc3339")]
    pub created_at: Timestamp,
    /// When it is due; of a dead job, when it failed for good.
    #[serde(with = "time::rfc3339")]
    pub run_at: Timestamp,
}

/// How many jobs of a queue have a status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JobCounts {
    /// The queue.
    pub queue: Queue,
    /// The status.
    pub status: JobStatus,
    /// How many.
    pub count: u64,
}

impl Client {
    /// `GET /api/ops/jobs`: how many there are of each queue and status.
    pub async fn job_counts(&self) -> Result<List<JobCounts>, ClientError> {
        self.fetch(self.get(&["api", "ops", "jobs"])?).await
    }

    /// `GET /api/ops/jobs/dead`, one page: those that failed for good, newest first.
    pub async fn dead_jobs(&self, limit: usize, cursor: Option<String>) -> Result<List<Job>, ClientError> {
        let request = self.get(&["api", "ops", "jobs", "dead"])?;
        self.fetch(request.query([("limit", Some(limit.to_string())), ("cursor", cursor)])).await
    }

    /// `POST /api/ops/jobs/{id}/retry`: runs one again that failed for good.
    pub async fn retry_job(&self, id: &JobId) -> Result<Job, ClientError> {
        self.fetch(self.post(&["api", "ops", "jobs", id.as_str(), "retry"])?).await
    }

    /// `DELETE /api/ops/jobs/{id}`: deletes one that failed for good.
    pub async fn discard_job(&self, id: &JobId) -> Result<(), ClientError> {
        self.tell(self.delete(&["api", "ops", "jobs", id.as_str()])?).await
    }
}
