//! *Approvals*: what agents want to know.

use sophon_api::{InfoRequest, List, Respond};
use sophon_model::InfoRequestId;

use crate::{Client, ClientError};

impl Client {
    /// `GET /api/info-requests`, one page: those that wait for one's answer, newest first.
    pub async fn info_requests(
        &self,
        limit: usize,
        cursor: Option<String>,
    ) -> Result<List<InfoRequest>, ClientError> {
        let request = self.get(&["api", "info-requests"])?;
        self.fetch(request.query([("limit", Some(limit.to_string())), ("cursor", cursor)])).await
    }

    /// `GET /api/info-requests/{id}`.
    pub async fn info_request(&self, id: &InfoRequestId) -> Result<InfoRequest, ClientError> {
        self.fetch(self.get(&["api", "info-requests", id.as_str()])?).await
    }

    /// `POST /api/info-requests/{id}/respond`.
    pub async fn respond(&self, id: &InfoRequestId, response: &str) -> Result<InfoRequest, ClientError> {
        let request = self.post(&["api", "info-requests", id.as_str(), "respond"])?;
        self.fetch(request.json(&Respond { response: response.to_owned() })).await
    }

    /// `POST /api/info-requests/{id}/cancel`: there will be no answer.
    pub async fn leave_unanswered(&self, id: &InfoRequestId) -> Result<InfoRequest, ClientError> {
        self.fetch(self.post(&["api", "info-requests", id.as_str(), "cancel"])?).await
    }
}
