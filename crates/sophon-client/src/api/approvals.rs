//! *Approvals*: what agents want to do and must ask for.

use serde_json::Value;
use sophon_api::{ApprovalRequest, Edit, List, Reject};
use sophon_model::{ApprovalId, SessionId};

use crate::{Client, ClientError};

impl Client {
    /// `GET /api/approvals`, one page: those that wait, newest first; of one session, or of all.
    pub async fn pending_approvals(
        &self,
        session: Option<&SessionId>,
        limit: usize,
        cursor: Option<String>,
    ) -> Result<List<ApprovalRequest>, ClientError> {
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
    ) -> Result<List<ApprovalRequest>, ClientError> {
        let request = self.get(&["api", "approvals", "history"])?;
        self.fetch(request.query([("limit", Some(limit.to_string())), ("cursor", cursor)])).await
    }

    /// `GET /api/approvals/{id}`.
    pub async fn approval(&self, id: &ApprovalId) -> Result<ApprovalRequest, ClientError> {
        self.fetch(self.get(&["api", "approvals", id.as_str()])?).await
    }

    /// `POST /api/approvals/{id}/approve`.
    pub async fn approve(&self, id: &ApprovalId) -> Result<ApprovalRequest, ClientError> {
        self.fetch(self.post(&["api", "approvals", id.as_str(), "approve"])?).await
    }

    /// `POST /api/approvals/{id}/edit`.
    pub async fn approve_edited(
        &self,
        id: &ApprovalId,
        params: &Value,
    ) -> Result<ApprovalRequest, ClientError> {
        let request = self.post(&["api", "approvals", id.as_str(), "edit"])?;
        self.fetch(request.json(&Edit { modified_params: params.clone() })).await
    }

    /// `POST /api/approvals/{id}/reject`.
    pub async fn reject(
        &self,
        id: &ApprovalId,
        reason: Option<&str>,
    ) -> Result<ApprovalRequest, ClientError> {
        let request = self.post(&["api", "approvals", id.as_str(), "reject"])?;
        self.fetch(request.json(&Reject { reason: reason.map(str::to_owned) })).await
    }
}
