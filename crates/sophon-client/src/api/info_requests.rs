//! *Approvals*: what agents want to know.

use serde::{Deserialize, Serialize};
use serde_json::json;
use sophon_model::{
    AgentId, InfoRequestId, InfoRequestStatus, SessionId, TaskId, Timestamp, ToolCallId, UserId,
};

use crate::{Client, ClientError, List, time};

/// A question of an agent to a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InfoRequest {
    /// Its id.
    pub id: InfoRequestId,
    /// The question.
    pub question: String,
    /// Answers to choose from; any other text is an answer too.
    pub choices: Vec<String>,
    /// The session.
    pub session_id: SessionId,
    /// The task that waits.
    pub task_id: TaskId,
    /// The tool call that waits.
    pub tool_call_id: ToolCallId,
    /// Who asks.
    pub agent_id: AgentId,
    /// Who is asked.
    pub user_id: UserId,
    /// Where it stands.
    pub status: InfoRequestStatus,
    /// The answer.
    pub response: Option<String>,
    /// When it was asked.
    #[serde(with = "time::rfc3339")]
    pub requested_at: Timestamp,
    /// Until when it can be answered.
    #[serde(with = "time::rfc3339")]
    pub expires_at: Timestamp,
}

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
        self.fetch(request.json(&json!({ "response": response }))).await
    }

    /// `POST /api/info-requests/{id}/cancel`: there will be no answer.
    pub async fn leave_unanswered(&self, id: &InfoRequestId) -> Result<InfoRequest, ClientError> {
        self.fetch(self.post(&["api", "info-requests", id.as_str(), "cancel"])?).await
    }
}
