//! A task as this wire shows it.

use serde::Serialize;
use sophon_core::tasks;
use sophon_model::{AgentId, MessageId, SessionId, TaskId, TaskKind, TaskStatus, Timestamp, UserId};
use utoipa::ToSchema;

use crate::sessions::{ToolCall, Usage};
use crate::time::Time;
use crate::words;

/// A piece of work.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Task {
    #[schema(value_type = String)]
    id: TaskId,
    /// The task that it is a part of.
    #[schema(required, value_type = Option<String>)]
    parent_id: Option<TaskId>,
    /// The session it is about; always there in a chat.
    #[schema(required, value_type = Option<String>)]
    session_id: Option<SessionId>,
    /// Who does it; always there in a chat.
    #[schema(required, value_type = Option<String>)]
    agent_id: Option<AgentId>,
    /// Who asked for it.
    #[schema(value_type = String)]
    user_id: UserId,
    #[schema(schema_with = words::task_kind)]
    kind: TaskKind,
    /// How what was asked begins.
    description: String,
    #[schema(schema_with = words::task_status)]
    status: TaskStatus,
    /// Why it failed, in words for people.
    #[schema(required)]
    error: Option<String>,
    /// Whether the answer is streamed while it is written.
    is_streaming: bool,
    /// What it consumed so far.
    #[schema(required)]
    usage: Option<Usage>,
    /// Tokens read and written so far.
    tokens_used: i64,
    /// How often a worker took it up.
    attempt: i64,
    /// The message that asks; always there in a chat.
    #[schema(required, value_type = Option<String>)]
    request_message_id: Option<MessageId>,
    /// The message that answers, once begun.
    #[schema(required, value_type = Option<String>)]
    reply_message_id: Option<MessageId>,
    #[schema(required, value_type = Option<String>)]
    cancelled_by: Option<UserId>,
    created_at: Time,
    /// When a worker first took it up.
    #[schema(required)]
    started_at: Option<Time>,
    #[schema(required)]
    ended_at: Option<Time>,
    /// From start to end, or until now while it runs.
    duration_ms: i64,
}

impl Task {
    pub(super) fn at(now: Timestamp, task: sophon_model::Task) -> Self {
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
            error: task.error,
            is_streaming: task.is_streaming,
            usage: task.usage.map(Usage::from),
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

/// A piece of work with its tool calls and its parts.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TaskDetail {
    #[serde(flatten)]
    task: Task,
    /// In order of start.
    tool_calls: Vec<ToolCall>,
    /// Its parts, oldest first.
    children: Vec<Task>,
}

impl TaskDetail {
    pub(super) fn at(now: Timestamp, detail: tasks::TaskDetail) -> Self {
        Self {
            task: Task::at(now, detail.task),
            tool_calls: detail.tool_calls.into_iter().map(ToolCall::from).collect(),
            children: detail.children.into_iter().map(|child| Task::at(now, child)).collect(),
        }
    }
}
