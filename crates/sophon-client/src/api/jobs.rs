//! *Operations*: background jobs.

use sophon_api::{Job, JobCounts, List};
use sophon_model::JobId;

use crate::{Client, ClientError};

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
        self.execute(self.delete(&["api", "ops", "jobs", id.as_str()])?).await
    }
}
