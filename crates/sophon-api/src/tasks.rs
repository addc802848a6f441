//! The ledger of work.

use serde::{Deserialize, Serialize};
use sophon_model::{AgentId, MessageId, SessionId, TaskId, TaskKind, TaskStatus, Timestamp, UserId};
use utoipa::ToSchema;

use crate::{Time, ToolCall, Usage};

/// A piece of work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The task that it is a part of.
    #[schema(required)]
    pub parent_id: Option<TaskId>,
    /// The session it is about; always there in a chat.
    #[schema(required)]
    pub session_id: Option<SessionId>,
    /// The agent that does it; always there in a chat.
    #[schema(required)]
    pub agent_id: Option<AgentId>,
    /// The user who asked for it.
    pub user_id: UserId,
    /// What kind of work.
    pub kind: TaskKind,
    /// How what was asked begins.
    #[schema(example = "Which trains go to Lisbon?")]
    pub description: String,
    /// Where it stands.
    pub status: TaskStatus,
    /// Why it failed, or why the gateway cancelled it, in words for people.
    #[schema(required)]
    pub error: Option<String>,
    /// Whether the answer is streamed while it is written.
    pub is_streaming: bool,
    /// What it consumed so far.
    #[schema(required)]
    pub usage: Option<Usage>,
    /// What else is to be known of how it was done.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub details: Option<TaskDetails>,
    /// Tokens read and written so far.
    #[schema(example = 1_560)]
    pub tokens_used: i64,
    /// How often a worker took it up.
    #[schema(example = 1)]
    pub attempt: i64,
    /// The message that asks; always there in a chat.
    #[schema(required)]
    pub request_message_id: Option<MessageId>,
    /// The message that answers, once begun.
    #[schema(required)]
    pub reply_message_id: Option<MessageId>,
    /// The user who cancelled it.
    #[schema(required)]
    pub cancelled_by: Option<UserId>,
    /// When it was asked for.
    pub created_at: Time,
    /// When a worker first took it up.
    #[schema(required)]
    pub started_at: Option<Time>,
    /// When it ended.
    #[schema(required)]
    pub ended_at: Option<Time>,
    /// From start to end in milliseconds, or until now while it runs.
    #[schema(example = 2_400)]
    pub duration_ms: i64,
}

impl Task {
    /// A task as it is at the time `now`.
    pub fn at(now: Timestamp, task: sophon_model::Task) -> Self {
        Self {
            duration_ms: task.duration_ms(now),
            tokens_used: task.usage.as_ref().map_or(0, sophon_model::Usage::total),
            id: task.id,
            parent_id: task.parent_id,
            session_id: task.session_id,
            agent_id: task.agent_id,
            user_id: task.user_id,
            kind: task.kind,
            description: task.description,
            status: task.status,
            error: task.error.or(task.cancel_reason),
            is_streaming: task.is_streaming,
            usage: task.usage.map(Usage::from),
            details: task.details.map(TaskDetails::from),
            attempt: task.attempt,
            request_message_id: task.request_message_id,
            reply_message_id: task.reply_message_id,
            cancelled_by: task.cancelled_by,
            created_at: task.created_at.into(),
            started_at: task.started_at.map(Time),
            ended_at: task.ended_at.map(Time),
        }
    }
}

/// What else is to be known of how a task was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskDetails {
    /// What was left out of the conversation when the model was last asked, because it is longer than the model can read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub left_out: Option<LeftOut>,
    /// The code of the error that it failed with, where the error had one: `upstream_unavailable` if no model provider
    /// answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "upstream_unavailable")]
    pub error_code: Option<String>,
}

impl From<sophon_model::TaskDetails> for TaskDetails {
    fn from(details: sophon_model::TaskDetails) -> Self {
        Self { left_out: details.left_out.map(LeftOut::from), error_code: details.error_code }
    }
}

/// What was left out of a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LeftOut {
    /// Messages of earlier exchanges.
    #[schema(example = 12)]
    pub messages: u64,
    /// Results of tools.
    #[schema(example = 2)]
    pub results: u64,
    /// Contents of attached files.
    #[schema(example = 1)]
    pub files: u64,
}

impl From<sophon_model::LeftOut> for LeftOut {
    fn from(left_out: sophon_model::LeftOut) -> Self {
        let sophon_model::LeftOut { messages, results, files } = left_out;
        Self { messages: messages as u64, results: results as u64, files: files as u64 }
    }
}

/// A piece of work with its tool calls and its parts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskDetail {
    /// The task.
    #[serde(flatten)]
    pub task: Task,
    /// In order of start.
    pub tool_calls: Vec<ToolCall>,
    /// Its parts, oldest first.
    pub children: Vec<Task>,
}

#[cfg(feature = "core")]
impl TaskDetail {
    /// A task with what belongs to it, as they are at the time `now`.
    pub fn at(now: Timestamp, detail: sophon_core::tasks::TaskDetail) -> Self {
        Self {
            task: Task::at(now, detail.task),
            tool_calls: detail.tool_calls.into_iter().map(ToolCall::from).collect(),
            children: detail.children.into_iter().map(|child| Task::at(now, child)).collect(),
        }
    }
}
