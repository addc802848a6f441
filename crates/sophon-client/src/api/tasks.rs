//! *Tasks*: the ledger of work.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sophon_model::{
    AgentId, MessageId, SessionId, TaskId, TaskStatus, Timestamp, ToolCallId, ToolCallStatus, UserId,
};

use crate::{Client, ClientError, List, time};

/// What model calls have consumed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Usage {
    /// Tokens read.
    pub input_tokens: i64,
    /// Tokens written.
    pub output_tokens: i64,
    /// The model.
    pub model: String,
    /// The provider's id.
    pub provider: String,
}

/// A piece of work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The task that it is a part of.
    #[serde(default)]
    pub parent_id: Option<TaskId>,
    /// The session it is about.
    pub session_id: Option<SessionId>,
    /// The agent that does it.
    pub agent_id: Option<AgentId>,
    /// Who asked for it.
    pub user_id: UserId,
    /// What kind of work, for example `chat`.
    pub kind: String,
    /// The first 100 characters of what was asked.
    pub description: String,
    /// Where it stands.
    pub status: TaskStatus,
    /// Why it failed.
    pub error: Option<String>,
    /// Whether the text is streamed while it is written.
    pub is_streaming: bool,
    /// What it consumed so far.
    pub usage: Option<Usage>,
    /// Tokens read and written.
    pub tokens_used: i64,
    /// How often a worker took it up.
    pub attempt: i64,
    /// The message that asks.
    pub request_message_id: Option<MessageId>,
    /// The message that answers, once begun.
    pub reply_message_id: Option<MessageId>,
    /// Who cancelled it.
    pub cancelled_by: Option<UserId>,
    /// When it was asked for.
    #[serde(with = "time::rfc3339")]
    pub created_at: Timestamp,
    /// When a worker first took it up.
    #[serde(default, with = "time::optional")]
    pub started_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, with = "time::optional")]
    pub ended_at: Option<Timestamp>,
    /// Milliseconds from start to end, or so far.
    pub duration_ms: i64,
}

/// A task with the tools it called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskDetail {
    /// The task.
    #[serde(flatten)]
    pub task: Task,
    /// Its tool calls, in order.
    pub tool_calls: Vec<ToolCall>,
    /// Its parts, oldest first.
    #[serde(default)]
    pub children: Vec<Task>,
}

/// One call of a tool by an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolCall {
    /// Its id.
    pub id: ToolCallId,
    /// The tool.
    pub tool_name: String,
    /// What it was called with.
    pub arguments: Value,
    /// SHA-256 of the arguments.
    pub args_hash: String,
    /// Where it stands.
    pub status: ToolCallStatus,
    /// What it returned, or why it failed.
    pub result: Option<String>,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// When it began.
    #[serde(with = "time::rfc3339")]
    pub started_at: Timestamp,
    /// When it ended.
    #[serde(default, with = "time::optional")]
    pub ended_at: Option<Timestamp>,
}

/// Which tasks of the past are wanted.
#[derive(Clone, Debug, Default)]
pub struct TaskFilter {
    /// Only those that stand so.
    pub status: Option<TaskStatus>,
    /// Only this agent's, by id or slug.
    pub agent: Option<String>,
    /// Only those about this session.
    pub session: Option<SessionId>,
    /// Words to look for.
    pub text: Option<String>,
}

impl Client {
    /// `GET /api/tasks/active`, one page: those that wait or run.
    pub async fn active_tasks(
        &self,
        limit: usize,
        cursor: Option<String>,
    ) -> Result<List<Task>, ClientError> {
        let request = self.get(&["api", "tasks", "active"])?;
        self.fetch(request.query([("limit", Some(limit.to_string())), ("cursor", cursor)])).await
    }

    /// `GET /api/tasks/history`, one page, newest first.
    pub async fn task_history(
        &self,
        filter: &TaskFilter,
        limit: usize,
        cursor: Option<String>,
    ) -> Result<List<Task>, ClientError> {
        let request = self.get(&["api", "tasks", "history"])?.query([
            ("status", filter.status.map(|status| status.as_str().to_owned())),
            ("agent", filter.agent.clone()),
            ("session", filter.session.as_ref().map(ToString::to_string)),
            ("q", filter.text.clone()),
            ("limit", Some(limit.to_string())),
            ("cursor", cursor),
        ]);
        self.fetch(request).await
    }

    /// `GET /api/tasks/{id}`.
    pub async fn task(&self, id: &TaskId) -> Result<TaskDetail, ClientError> {
        self.fetch(self.get(&["api", "tasks", id.as_str()])?).await
    }

    /// `POST /api/tasks/{id}/cancel`. A running task ends a little later.
    pub async fn cancel_task(&self, id: &TaskId) -> Result<Task, ClientError> {
        self.fetch(self.post(&["api", "tasks", id.as_str(), "cancel"])?).await
    }
}
