//! A question as this wire shows it.

use serde::Serialize;
use sophon_model::{AgentId, InfoRequestId, InfoRequestStatus, SessionId, TaskId, ToolCallId, UserId};
use utoipa::ToSchema;

use crate::time::Time;
use crate::words;

/// A question of an agent.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InfoRequest {
    #[schema(value_type = String)]
    id: InfoRequestId,
    question: String,
    /// Answers to choose from; any other text is an answer too.
    choices: Vec<String>,
    #[schema(value_type = String)]
    session_id: SessionId,
    /// The task that waits.
    #[schema(value_type = String)]
    task_id: TaskId,
    #[schema(value_type = String)]
    tool_call_id: ToolCallId,
    /// Who asks.
    #[schema(value_type = String)]
    agent_id: AgentId,
    /// Who is asked.
    #[schema(value_type = String)]
    user_id: UserId,
    #[schema(schema_with = words::info_request_status)]
    status: InfoRequestStatus,
    /// The answer.
    #[schema(required)]
    response: Option<String>,
    requested_at: Time,
    /// Until when it can be answered.
    expires_at: Time,
    #[schema(required)]
    resolved_at: Option<Time>,
}

impl From<sophon_model::InfoRequest> for InfoRequest {
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
            response: request.response,
            requested_at: request.requested_at.into(),
            expires_at: request.expires_at.into(),
            resolved_at: request.resolved_at.map(Time),
        }
    }
}
