//! `/hubs/approvals`: what agents want to do and to know, and the answers.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sophon_model::{ApprovalId, ApprovalStatus, InfoRequestId, InfoRequestStatus, SessionId, TaskId, UserId};
use utoipa::ToSchema;

use super::{hub_events, numbered};
use crate::{RequestedAction, RequestedInfo};

hub_events! {
    /// What `/hubs/approvals` sends.
    pub enum ApprovalsEvent {
        /// An agent wants to act.
        ApprovalRequested(ApprovalRequested),
        /// It was decided, or ran out.
        ApprovalResolved(ApprovalResolved),
        /// An agent has a question.
        InfoRequested(InfoRequested),
        /// It was answered, or ran out.
        InfoResolved(InfoResolved),
    }
}

numbered! {
    /// An agent wants to act.
    ApprovalRequested(RequestedAction);
    /// An agent has a question.
    InfoRequested(RequestedInfo);
}

/// An action was decided on, or its time ran out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalResolved {
    /// The approval.
    pub id: ApprovalId,
    /// What became of it.
    pub outcome: ApprovalStatus,
    /// What the person said to it.
    #[schema(required)]
    pub outcome_detail: Option<String>,
    /// The arguments that a person put in the place of the agent's.
    #[schema(required, value_type = Option<Object>)]
    pub modified_params: Option<Value>,
    /// The user who decided.
    #[schema(required)]
    pub decided_by: Option<UserId>,
    /// The session.
    pub session_id: SessionId,
    /// The task that waited.
    pub task_id: TaskId,
    /// The event's number.
    pub seq: u64,
}

impl ApprovalResolved {
    /// Of an approval that is resolved.
    pub fn new(approval: sophon_model::Approval, seq: u64) -> Self {
        Self {
            id: approval.id,
            outcome: approval.status,
            outcome_detail: approval.reason,
            modified_params: approval.edited_arguments,
            decided_by: approval.decided_by,
            session_id: approval.session_id,
            task_id: approval.task_id,
            seq,
        }
    }
}

/// A question was answered, or its time ran out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InfoResolved {
    /// The question.
    pub id: InfoRequestId,
    /// The answer.
    #[schema(required)]
    pub response: Option<String>,
    /// What became of it.
    pub status: InfoRequestStatus,
    /// The session.
    pub session_id: SessionId,
    /// The task that waited.
    pub task_id: TaskId,
    /// The event's number.
    pub seq: u64,
}

impl InfoResolved {
    /// Of a question that is resolved.
    pub fn new(request: sophon_model::InfoRequest, seq: u64) -> Self {
        Self {
            id: request.id,
            response: request.response,
            status: request.status,
            session_id: request.session_id,
            task_id: request.task_id,
            seq,
        }
    }
}

/// An approval as clients name it: its bare id, or an object with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalRef {
    /// The approval.
    pub approval_id: ApprovalId,
}

impl From<ApprovalId> for ApprovalRef {
    fn from(approval_id: ApprovalId) -> Self {
        Self { approval_id }
    }
}

/// A refusal.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RejectApproval {
    /// The approval.
    pub approval_id: ApprovalId,
    /// Why, for the agent to read. At most 2,000 characters.
    #[serde(default)]
    #[schema(max_length = 2_000)]
    pub reason: Option<String>,
}

/// Other arguments.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EditApproval {
    /// The approval.
    pub approval_id: ApprovalId,
    /// What the tool is called with instead. At most 65,536 bytes of JSON.
    #[schema(value_type = Object)]
    pub modified_params: Value,
}

/// An answer to a question.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RespondInfo {
    /// The question.
    pub info_id: InfoRequestId,
    /// The answer; null: there will be none.
    pub response: Option<String>,
}
