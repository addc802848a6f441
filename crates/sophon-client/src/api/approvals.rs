//! *Approvals*: what agents want to do and must ask for.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sophon_model::{
    AgentId, ApprovalId, ApprovalStatus, Risk, SessionId, TaskId, Timestamp, ToolCallId, UserId,
};

use crate::{Client, ClientError, List, time};

/// An action of an agent that a person is asked about.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Approval {
    /// Its id.
    pub id: ApprovalId,
    /// The tool.
    pub tool_name: String,
    /// How much harm the call can do.
    pub risk_level: Risk,
    /// What the tool is to be called with.
    pub params: Value,
    /// What the action comes to, in a sentence.
    pub preview: Option<String>,
    /// Whether the arguments may be changed.
    pub editable: bool,
    /// The session.
    pub session_id: SessionId,
    /// The task that waits.
    pub task_id: TaskId,
    /// The tool call that waits.
    pub tool_call_id: ToolCallId,
    /// Who wants to act.
    pub agent_id: AgentId,
    /// In whose name.
    pub user_id: UserId,
    /// Where it stands.
    pub status: ApprovalStatus,
    /// What the person said to it.
    pub outcome_detail: Option<String>,
    /// The arguments that a person put in the place of the agent's.
    pub modified_params: Option<Value>,
    /// When it was asked for.
    #[serde(with = "time::rfc3339")]
    pub requested_at: Timestamp,
    /// Until when it can be answered.
    #[serde(with = "time::rfc3339")]
    pub expires_at: Timestamp,
}

impl Client {
    /// `GET /api/approvals`, one page: those that wait, newest first; of one session, or of all.
    pub async fn pending_approvals(
        &self,
        session: Option<&SessionId>,
        limit: usize,
        cursor: Option<String>,
    ) -> Result<List<Approval>, ClientError> {
        let session = session.map(ToString::to_string);
        let request = self.get(&["api", "approvals"])?;
        let query = [("session", session), ("limit", Some(limit.to_string())), ("cursor", cursor)];
        self.fetch(request.query(query)).await
    }

    /// `GET /api/approvals/history`, one page, newest first.
    pub async fn approval_history(
        &self,
        limit: usize,
        cursor: Option<String>,
    ) -> Result<List<Approval>, ClientError> {
        let request = self.get(&["api", "approvals", "history"])?;
        self.fetch(request.query([("limit", Some(limit.to_string())), ("cursor", cursor)])).await
    }

    /// `GET /api/approvals/{id}`.
    pub async fn approval(&self, id: &ApprovalId) -> Result<Approval, ClientError> {
        self.fetch(self.get(&["api", "approvals", id.as_str()])?).await
    }

    /// `POST /api/approvals/{id}/approve`.
    pub async fn approve(&self, id: &ApprovalId) -> Result<Approval, ClientError> {
        self.fetch(self.post(&["api", "approvals", id.as_str(), "approve"])?).await
    }

    /// `POST /api/approvals/{id}/edit`.
    pub async fn approve_edited(&self, id: &ApprovalId, params: &Value) -> Result<Approval, ClientError> {
        let request = self.post(&["api", "approvals", id.as_str(), "edit"])?;
        self.fetch(request.json(&json!({ "modifiedParams": params }))).await
    }

    /// `POST /api/approvals/{id}/reject`.
    pub async fn reject(&self, id: &ApprovalId, reason: Option<&str>) -> Result<Approval, ClientError> {
        let request = self.post(&["api", "approvals", id.as_str(), "reject"])?;
        self.fetch(request.json(&json!({ "reason": reason }))).await
    }
}
