//! What agents want to do and must ask for, and what they want to know.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sophon_model::{
    AgentId, ApprovalId, ApprovalStatus, InfoRequestId, InfoRequestStatus, Risk, SessionId, TaskId,
    ToolCallId, UserId,
};
use utoipa::ToSchema;

use crate::Time;

/// What an agent wants to do, as a person is asked about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestedAction {
    /// The approval's id.
    pub id: ApprovalId,
    /// What is asked about.
    pub kind: ApprovalKind,
    /// The tool.
    #[schema(example = "memory.forget_all")]
    pub tool_name: String,
    /// How much harm this call can do.
    pub risk_level: Risk,
    /// What the tool is to be called with: whole, as the agent wrote it.
    #[schema(value_type = Object)]
    pub params: Value,
    /// What the action comes to, in a sentence.
    #[schema(required, example = "Forgets all 12 entries.")]
    pub preview: Option<String>,
    /// Whether `edit` is possible.
    pub editable: bool,
    /// SHA-256 over the exact action; over the changed one once it was edited.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub digest: String,
    /// The session.
    pub session_id: SessionId,
    /// The task that waits.
    pub task_id: TaskId,
    /// The tool call that waits.
    pub tool_call_id: ToolCallId,
    /// The agent that wants to act.
    pub agent_id: AgentId,
    /// In whose name.
    pub user_id: UserId,
    /// Where it stands.
    pub status: ApprovalStatus,
    /// When it was asked for.
    pub requested_at: Time,
    /// Until when it can be answered; after that it is refused.
    pub expires_at: Time,
}

/// An action of an agent that a person is asked about, and the answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ApprovalRequest {
    /// The action.
    #[serde(flatten)]
    pub action: RequestedAction,
    /// The status, once it is final.
    #[schema(required)]
    pub outcome: Option<ApprovalStatus>,
    /// What the person said to it.
    #[schema(required)]
    pub outcome_detail: Option<String>,
    /// The arguments that a person put in the place of the agent's.
    #[schema(required, value_type = Option<Object>)]
    pub modified_params: Option<Value>,
    /// The user who decided.
    #[schema(required)]
    pub decided_by: Option<UserId>,
    /// When it was decided, or ran out.
    #[schema(required)]
    pub resolved_at: Option<Time>,
    /// When the action began.
    #[schema(required)]
    pub consumed_at: Option<Time>,
}

/// What is asked about: a `tool` that is to be called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ApprovalKind {
    /// A tool that is to be called.
    Tool,
}

impl From<sophon_model::Approval> for RequestedAction {
    fn from(approval: sophon_model::Approval) -> Self {
        Self {
            id: approval.id,
            kind: ApprovalKind::Tool,
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
            requested_at: approval.requested_at.into(),
            expires_at: approval.expires_at.into(),
        }
    }
}

impl From<sophon_model::Approval> for ApprovalRequest {
    fn from(mut approval: sophon_model::Approval) -> Self {
        Self {
            outcome: (approval.status != ApprovalStatus::Pending).then_some(approval.status),
            outcome_detail: approval.reason.take(),
            modified_params: approval.edited_arguments.take(),
            decided_by: approval.decided_by.take(),
            resolved_at: approval.resolved_at.map(Time),
            consumed_at: approval.consumed_at.map(Time),
            action: approval.into(),
        }
    }
}

/// A word on an approval.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Approve {
    /// At most 2,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub comment: Option<String>,
}

/// Other arguments.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Edit {
    /// What the tool is called with instead. At most 65,536 bytes of JSON.
    #[schema(value_type = Object)]
    pub modified_params: Value,
}

/// A word on a refusal.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Reject {
    /// Why, for the agent to read. At most 2,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub reason: Option<String>,
}

/// What an agent wants to know, as a person is asked it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RequestedInfo {
    /// The question's id.
    pub id: InfoRequestId,
    /// The question.
    #[schema(example = "Which of the two Lisbons?")]
    pub question: String,
    /// Answers to choose from; any other text is an answer too.
    #[schema(example = json!(["Portugal", "Ohio"]))]
    pub choices: Vec<String>,
    /// The session.
    pub session_id: SessionId,
    /// The task that waits.
    pub task_id: TaskId,
    /// The tool call that waits.
    pub tool_call_id: ToolCallId,
    /// The caller.
    pub agent_id: AgentId,
    /// The user who is asked.
    pub user_id: UserId,
    /// Where it stands.
    pub status: InfoRequestStatus,
    /// When it was asked.
    pub requested_at: Time,
    /// Until when it can be answered.
    pub expires_at: Time,
}

/// A question of an agent, and the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InfoRequest {
    /// The question.
    #[serde(flatten)]
    pub asked: RequestedInfo,
    /// The answer.
    #[schema(required)]
    pub response: Option<String>,
    /// When it was answered, or ran out.
    #[schema(required)]
    pub resolved_at: Option<Time>,
}

impl From<sophon_model::InfoRequest> for RequestedInfo {
    fn from(request: sophon_model::InfoRequest) -> Self {
        Self {
            id: request.id,
            question: request.question,
            choices: request.choices,
            session_id: request.session_id,
            task_id: request.task_id,
            tool_call_id: request.tool_call_id,
            agent_id: request.agent_id,
            user_id: request.user_id,
            status: request.status,
            requested_at: request.requested_at.into(),
            expires_at: request.expires_at.into(),
        }
    }
}

impl From<sophon_model::InfoRequest> for InfoRequest {
    fn from(mut request: sophon_model::InfoRequest) -> Self {
        Self {
            response: request.response.take(),
            resolved_at: request.resolved_at.map(Time),
            asked: request.into(),
        }
    }
}

/// An answer to a question.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Respond {
    /// One of the choices, or any text of at most 10,000 characters.
    #[schema(max_length = 10_000, example = "Portugal")]
    pub response: String,
}
