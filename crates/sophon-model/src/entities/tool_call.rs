//! Calls of tools.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ports::{Entity, Insert, Key, Order, Scoped, Table, Update};
use crate::words::text_enum;
use crate::{SessionId, TaskId, Timestamp, ToolCallId};

text_enum! {
    /// How much harm a tool can do. Declared by the tool, never guessed.
    #[derive(PartialOrd, Ord)]
    pub enum Risk {
        /// Only looks at what the caller could see anyway.
        None = "none",
        /// Looks elsewhere.
        Low = "low",
        /// Changes something of the caller's.
        Medium = "medium",
        /// Acts outside, in the caller's name.
        High = "high",
        /// Runs commands or destroys.
        Critical = "critical",
    }
}

text_enum! {
    /// Where a call stands.
    pub enum ToolCallStatus {
        /// The tool works.
        Running = "running",
        /// It returned.
        Completed = "completed",
        /// It failed, or was not allowed.
        Failed = "failed",
        /// Its task was cancelled before it ran.
        Cancelled = "cancelled",
    }
}

/// One call of a tool by an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ToolCall {
    /// Its id.
    pub id: ToolCallId,
    /// The task it belongs to.
    pub task_id: TaskId,
    /// The session of that task.
    pub session_id: SessionId,
    /// The tool.
    pub tool: String,
    /// What it was called with.
    pub arguments: Value,
    /// SHA-256 of the arguments' canonical JSON, in hex.
    pub arguments_hash: String,
    /// How much of the answer's text had been written when it was called, in bytes.
    #[serde(default)]
    pub text_offset: i64,
    /// Where it stands.
    pub status: ToolCallStatus,
    /// What it returned, or why it failed: the text that the model reads.
    pub result: Option<String>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Entity for ToolCall {
    const TABLE: &'static Table = &Table::new("tool_calls", "tool call")
        .json(&["arguments"])
        .order(Order::oldest_first(&["started_at", "id"]));
}

impl Insert for ToolCall {}
impl Update for ToolCall {}

impl Key for ToolCallId {
    type Of = ToolCall;
}

impl Scoped for ToolCall {
    type Scope = TaskId;
    const SCOPE: &'static str = "task_id";
}

impl ToolCall {
    /// Milliseconds from start to end; 0 while it runs.
    pub fn duration_ms(&self) -> i64 {
        let ended = self.ended_at.unwrap_or(self.started_at);
        i64::try_from(ended.since(self.started_at).as_millis()).unwrap_or(i64::MAX)
    }
}
