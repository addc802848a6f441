//! *Discussions* and their runs.

use sophon_api::{Discussion, DiscussionRun, DiscussionRunDetail, List, NewDiscussion};
use sophon_model::{DiscussionId, DiscussionRunId};

use crate::{Client, ClientError};

impl Client {
    /// `GET /api/discussions`, one page, newest first.
    pub async fn discussions(
        &self,
        limit: usize,
        cursor: Option<String>,
    ) -> Result<List<Discussion>, ClientError> {
        let request = self.get(&["api", "discussions"])?;
        self.fetch(request.query([("limit", Some(limit.to_string())), ("cursor", cursor)])).await
    }

    /// `POST /api/discussions`: plans one; nobody speaks yet.
    pub async fn create_discussion(&self, new: &NewDiscussion) -> Result<Discussion, ClientError> {
        self.fetch(self.post(&["api", "discussions"])?.json(new)).await
    }

    /// `GET /api/discussions/{id}`.
    pub async fn discussion(&self, id: &DiscussionId) -> Result<Discussion, ClientError> {
        self.fetch(self.get(&["api", "discussions", id.as_str()])?).await
    }

    /// `GET /api/discussions/{id}/runs`, one page, newest first.
    pub async fn discussion_runs(
        &self,
        id: &DiscussionId,
        limit: usize,
        cursor: Option<String>,
    ) -> Result<List<DiscussionRun>, ClientError> {
        let request = self.get(&["api", "discussions", id.as_str(), "runs"])?;
        self.fetch(request.query([("limit", Some(limit.to_string())), ("cursor", cursor)])).await
    }

    /// `POST /api/discussions/{id}/runs`: starts a run.
    pub async fn start_discussion(&self, id: &DiscussionId) -> Result<DiscussionRun, ClientError> {
        self.fetch(self.post(&["api", "discussions", id.as_str(), "runs"])?).await
    }

    /// `GET /api/discussions/runs/{id}`: a run with what was said.
    pub async fn discussion_run(&self, id: &DiscussionRunId) -> Result<DiscussionRunDetail, ClientError> {
        self.fetch(self.get(&["api", "discussions", "runs", id.as_str()])?).await
    }

    /// `POST /api/discussions/runs/{id}/cancel`. One that runs ends a little later.
    pub async fn cancel_discussion(&self, id: &DiscussionRunId) -> Result<DiscussionRun, ClientError> {
        self.fetch(self.post(&["api", "discussions", "runs", id.as_str(), "cancel"])?).await
    }
}
