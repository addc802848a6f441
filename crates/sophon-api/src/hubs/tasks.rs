//! `/hubs/tasks`, and what other hubs send about tasks.

use serde::{Deserialize, Serialize};
use sophon_model::{AgentId, SessionId, TaskId, TaskKind, TaskStatus, UserId};
use utoipa::ToSchema;

use super::hub_events;
use crate::Time;

hub_events! {
    /// What `/hubs/tasks` sends.
    pub enum TaskEvent {
        /// A task was accepted.
        TaskQueued(TaskQueued),
        /// A worker took it up for the first time.
        TaskStarted(TaskStarted),
        /// It is done.
        TaskCompleted(TaskCompleted),
        /// It ended with an error.
        TaskFailed(TaskFailed),
        /// It was ended by someone.
        TaskCancelled(TaskCancelled),
    }
}

/// A task, as each of its events has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskSummary {
    /// The task.
    pub task_id: TaskId,
    /// The task that it is a part of.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub parent_id: Option<TaskId>,
    /// The session it is about; always there in a chat.
    #[schema(required)]
    pub session_id: Option<SessionId>,
    /// The agent that does it; always there in a chat.
    #[schema(required)]
    pub agent_id: Option<AgentId>,
    /// What kind of work.
    pub kind: TaskKind,
    /// How what was asked begins.
    pub description: String,
    /// The user who cancelled it, if it was cancelled. It may have ended otherwise before that took effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub cancelled_by: Option<UserId>,
}

/// A task was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TaskQueued {
    /// The task.
    #[serde(flatten)]
    pub task: TaskSummary,
    /// The event's number.
    pub seq: u64,
}

/// A worker took a task up.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskStarted {
    /// The task.
    #[serde(flatten)]
    pub task: TaskSummary,
    /// When.
    pub started_at: Time,
    /// The event's number.
    pub seq: u64,
}

/// A task is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskCompleted {
    /// The task.
    #[serde(flatten)]
    pub task: TaskSummary,
    /// From start to end, in milliseconds.
    pub duration_ms: i64,
    /// Tokens read and written.
    pub tokens_used: i64,
    /// The event's number.
    pub seq: u64,
}

/// A task ended with an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskFailed {
    /// The task.
    #[serde(flatten)]
    pub task: TaskSummary,
    /// From start to end, in milliseconds.
    pub duration_ms: i64,
    /// Why, in words for people.
    pub error: String,
    /// The code of the error, where it had one: `upstream_unavailable` if no model provider answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub code: Option<String>,
    /// The event's number.
    pub seq: u64,
}

/// A task was ended by someone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskCancelled {
    /// The task.
    #[serde(flatten)]
    pub task: TaskSummary,
    /// From start to end, in milliseconds.
    pub duration_ms: i64,
    /// Why, in words for people, if the gateway cancelled it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub reason: Option<String>,
    /// The event's number.
    pub seq: u64,
}

impl TaskEvent {
    /// The event that a task has come to, by its status.
    pub fn of(task: &sophon_model::Task, seq: u64) -> Self {
        let summary = TaskSummary {
            task_id: task.id.clone(),
            parent_id: task.parent_id.clone(),
            session_id: task.session_id.clone(),
            agent_id: task.agent_id.clone(),
            kind: task.kind,
            description: task.description.clone(),
            cancelled_by: task.cancelled_by.clone(),
        };
        let duration_ms = task.ended_at.map_or(0, |ended| task.duration_ms(ended));
        match task.status {
            TaskStatus::Queued => Self::TaskQueued(TaskQueued { task: summary, seq }),
            TaskStatus::Running => {
                let started_at = task.started_at.unwrap_or(task.created_at).into();
                Self::TaskStarted(TaskStarted { task: summary, started_at, seq })
            }
            TaskStatus::Completed => {
                let tokens_used = task.usage.as_ref().map_or(0, sophon_model::Usage::total);
                Self::TaskCompleted(TaskCompleted { task: summary, duration_ms, tokens_used, seq })
            }
            TaskStatus::Failed => {
                let error = task.error.clone().unwrap_or_default();
                let code = task.details.as_ref().and_then(|details| details.error_code.clone());
                Self::TaskFailed(TaskFailed { task: summary, duration_ms, error, code, seq })
            }
            TaskStatus::Cancelled => {
                let reason = task.cancel_reason.clone();
                Self::TaskCancelled(TaskCancelled { task: summary, duration_ms, reason, seq })
            }
        }
    }
}

/// A task as clients name it: its bare id, or an object with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TaskRef {
    /// The task.
    pub task_id: TaskId,
}

impl From<TaskId> for TaskRef {
    fn from(task_id: TaskId) -> Self {
        Self { task_id }
    }
}
