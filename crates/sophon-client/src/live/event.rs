//! The events of the chat hub (seed 000), with the fields that the gateway adds.

use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use sophon_model::{MessageId, SessionChange, SessionId, TaskId, Timestamp, ToolCallId, UserId};

use crate::{Message, time};

/// What happened. Serialized, the name stands in the field `event` beside the payload's own.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event")]
pub enum ChatEvent {
    /// A task was accepted.
    TaskQueued(TaskQueued),
    /// A worker took it up.
    TaskStarted(TaskStarted),
    /// What it is doing.
    AgentStatus(AgentStatus),
    /// A piece of text.
    StreamChunk(StreamChunk),
    /// A tool began to work.
    ToolCallStarted(ToolCallStarted),
    /// A tool returned.
    ToolCallCompleted(ToolCallCompleted),
    /// A whole message.
    ReceiveMessage(Box<Message>),
    /// A task is done.
    TaskCompleted(TaskCompleted),
    /// A task ended with an error.
    TaskFailed(TaskFailed),
    /// A task was ended by someone.
    TaskCancelled(TaskCancelled),
    /// A session was made, changed or deleted.
    SessionUpdated(SessionUpdated),
}

impl ChatEvent {
    /// Reads an event by its name; `None` for names that this client does not know.
    pub(super) fn read(target: &str, argument: Value) -> Result<Option<Self>, serde_json::Error> {
        fn payload<T: DeserializeOwned>(argument: Value) -> Result<T, serde_json::Error> {
            serde_json::from_value(argument)
        }
        Ok(Some(match target {
            "TaskQueued" => Self::TaskQueued(payload(argument)?),
            "TaskStarted" => Self::TaskStarted(payload(argument)?),
            "AgentStatus" => Self::AgentStatus(payload(argument)?),
            "StreamChunk" => Self::StreamChunk(payload(argument)?),
            "ToolCallStarted" => Self::ToolCallStarted(payload(argument)?),
            "ToolCallCompleted" => Self::ToolCallCompleted(payload(argument)?),
            "ReceiveMessage" => Self::ReceiveMessage(payload(argument)?),
            "TaskCompleted" => Self::TaskCompleted(payload(argument)?),
            "TaskFailed" => Self::TaskFailed(payload(argument)?),
            "TaskCancelled" => Self::TaskCancelled(payload(argument)?),
            "SessionUpdated" => Self::SessionUpdated(payload(argument)?),
            _ => return Ok(None),
        }))
    }

    /// The task that it tells of.
    pub fn task_id(&self) -> Option<&TaskId> {
        match self {
            Self::TaskQueued(task) => Some(&task.task_id),
            Self::TaskStarted(task) => Some(&task.task_id),
            Self::AgentStatus(status) => Some(&status.task_id),
            Self::StreamChunk(chunk) => Some(&chunk.task_id),
            Self::ToolCallStarted(call) => Some(&call.task_id),
            Self::ToolCallCompleted(call) => Some(&call.task_id),
            Self::ReceiveMessage(message) => message.task_id.as_ref(),
            Self::TaskCompleted(task) => Some(&task.task_id),
            Self::TaskFailed(task) => Some(&task.task_id),
            Self::TaskCancelled(task) => Some(&task.task_id),
            Self::SessionUpdated(_) => None,
        }
    }
}

/// A task was accepted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskQueued {
    /// The task.
    pub task_id: TaskId,
    /// Its session.
    pub session_id: SessionId,
}

/// A worker took a task up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskStarted {
    /// The task.
    pub task_id: TaskId,
    /// Its session.
    pub session_id: SessionId,
    /// When.
    #[serde(default, with = "time::optional")]
    pub started_at: Option<Timestamp>,
}

/// What a running task is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AgentStatus {
    /// The task.
    pub task_id: TaskId,
    /// Its session.
    pub session_id: SessionId,
    /// `thinking`, `writing`, `calling_tool`, `waiting_approval`, `resuming`, or one that came later.
    pub status: String,
    /// More about it, for people.
    #[serde(default)]
    pub detail: Option<String>,
}

impl AgentStatus {
    /// Whether the turn waits for a person's leave, or answer.
    pub fn waits_for_person(&self) -> bool {
        self.status == "waiting_approval"
    }

    /// Whether the text streamed so far is void, because the answer begins again.
    pub fn voids_text(&self) -> bool {
        self.status == "resuming"
    }
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StreamChunk {
    /// The task that writes.
    pub task_id: TaskId,
    /// Its session.
    pub session_id: SessionId,
    /// The message that grows.
    pub message_id: MessageId,
    /// What is added.
    pub delta: String,
    /// Whether it was the last.
    pub is_final: bool,
}

/// A tool began to work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolCallStarted {
    /// The task that called it.
    pub task_id: TaskId,
    /// Its session.
    pub session_id: SessionId,
    /// The call.
    pub tool_call_id: ToolCallId,
    /// The tool.
    pub tool_name: String,
    /// SHA-256 of the arguments, which themselves are not told.
    pub args_hash: String,
}

/// A tool returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolCallCompleted {
    /// The task that called it.
    pub task_id: TaskId,
    /// Its session.
    pub session_id: SessionId,
    /// The call.
    pub tool_call_id: ToolCallId,
    /// The tool.
    pub tool_name: String,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// Whether it did what it was asked to.
    pub ok: bool,
}

/// A task is done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskCompleted {
    /// The task.
    pub task_id: TaskId,
    /// Its session.
    pub session_id: SessionId,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// Tokens read and written.
    pub tokens_used: i64,
}

/// A task ended with an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskFailed {
    /// The task.
    pub task_id: TaskId,
    /// Its session.
    pub session_id: SessionId,
    /// Why.
    pub error: String,
}

/// A task was ended by someone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TaskCancelled {
    /// The task.
    pub task_id: TaskId,
    /// Its session.
    pub session_id: SessionId,
    /// By whom.
    #[serde(default)]
    pub cancelled_by: Option<UserId>,
}

/// A session was made, changed or deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SessionUpdated {
    /// The session.
    pub session_id: SessionId,
    /// Its title.
    pub title: String,
    /// When something last happened in it.
    #[serde(with = "time::rfc3339")]
    pub updated_at: Timestamp,
    /// Which of the three.
    pub change: SessionChange,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_written_with_its_name_beside_its_fields() {
        let argument = serde_json::json!({"taskId":"task_1","sessionId":"ses_1","error":"no model","seq":9});
        let event = ChatEvent::read("TaskFailed", argument).expect("understood").expect("known");
        assert_eq!(event.task_id(), Some(&TaskId::from("task_1")));
        let text = serde_json::to_value(&event).expect("JSON");
        assert_eq!(
            text,
            serde_json::json!({"event":"TaskFailed","taskId":"task_1","sessionId":"ses_1","error":"no model"})
        );
    }

    #[test]
    fn unknown_events_are_passed_over_and_broken_ones_are_not() {
        assert_eq!(ChatEvent::read("FutureEvent", Value::Null).expect("passed over"), None);
        assert!(ChatEvent::read("TaskQueued", Value::Null).is_err());
    }
}
