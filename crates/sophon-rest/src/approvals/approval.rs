//! An approval as this wire shows it.

use serde::Serialize;
use serde_json::Value;
use sophon_model::{
    AgentId, Approval, ApprovalId, ApprovalStatus, Risk, SessionId, TaskId, ToolCallId, UserId,
};
use utoipa::ToSchema;

use crate::time::Time;
use crate::words;

/// An action of an agent that a person is asked about.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ApprovalRequest {
    #[schema(value_type = String)]
    id: ApprovalId,
    /// What is asked about: a `tool` that is to be called.
    kind: &'static str,
    #[schema(example = "memory.forget_all")]
    tool_name: String,
    /// How much harm this call can do.
    #[schema(schema_with = words::risk)]
    risk_level: Risk,
    /// What the tool is to be called with: whole, as the agent wrote it.
    #[schema(value_type = Object)]
    params: Value,
    /// What the action comes to, in a sentence.
    #[schema(required)]
    preview: Option<String>,
    /// Whether `edit` is possible.
    editable: bool,
    /// SHA-256 over the exact action; over the changed one once it was edited.
    digest: String,
    #[schema(value_type = String)]
    session_id: SessionId,
    /// The task that waits.
    #[schema(value_type = String)]
    task_id: TaskId,
    #[schema(value_type = String)]
    tool_call_id: ToolCallId,
    /// Who wants to act.
    #[schema(value_type = String)]
    agent_id: AgentId,
    /// In whose name.
    #[schema(value_type = String)]
    user_id: UserId,
    #[schema(schema_with = words::approval_status)]
    status: ApprovalStatus,
    /// The status, once it is final.
    #[schema(required, value_type = Option<String>)]
    outcome: Option<ApprovalStatus>,
    /// What the person said to it.
    #[schema(required)]
    outcome_detail: Option<String>,
    /// The arguments that a person put in the place of the agent's.
    #[schema(required, value_type = Option<Object>)]
    modified_params: Option<Value>,
    #[schema(required, value_type = Option<String>)]
    decided_by: Option<UserId>,
    requested_at: Time,
    /// Until when it can be answered; after that it is refused.
    expires_at: Time,
    #[schema(required)]
    resolved_at: Option<Time>,
    /// When the action began.
    #[schema(required)]
    consumed_at: Option<Time>,
}

impl From<Approval> for ApprovalRequest {
    fn from(approval: Approval) -> Self {
        Self {
            id: approval.id,
            kind: "tool",
            tool_name: approval.tool,
            risk_level: approval.risk,
            params: approval.arguments,
            preview: approval.preview,
            editable: approval.is_editable,
            digest: approval.digest,
            session_id: approval.session_id,
            task_id: approval.task_id,
            tool_call_id: approval.tool_call_id,
            agent_id: approval.agent_id,
            user_id: approval.user_id,
            status: approval.status,
            outcome: (approval.status != ApprovalStatus::Pending).then_some(approval.status),
            outcome_detail: approval.reason,
            modified_params: approval.edited_arguments,
            decided_by: approval.decided_by,
            requested_at: approval.requested_at.into(),
            expires_at: approval.expires_at.into(),
            resolved_at: approval.resolved_at.map(Time),
            consumed_at: approval.consumed_at.map(Time),
        }
    }
}
