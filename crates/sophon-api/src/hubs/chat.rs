//! `/hubs/chat`: sending, and following sessions.

use serde::{Deserialize, Serialize};
use sophon_model::{
    Activity, AgentId, MarksEvent, MessageId, SessionChange, SessionEvent, SessionId, SessionStatus, TaskId,
    TaskProgress, TaskStatus, TextDelta, ToolCallId, ToolCallStatus, Visibility,
};
use utoipa::ToSchema;

use super::{TaskCancelled, TaskCompleted, TaskEvent, TaskFailed, TaskQueued, TaskStarted, hub_events};
use crate::{Message, SessionMarks, Time};

hub_events! {
    /// What `/hubs/chat` sends.
    pub enum ChatEvent {
        /// A task was accepted.
        TaskQueued(TaskQueued),
        /// A worker took it up for the first time.
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
        ReceiveMessage(ReceiveMessage),
        /// A task is done.
        TaskCompleted(TaskCompleted),
        /// A task ended with an error.
        TaskFailed(TaskFailed),
        /// A task was ended by someone.
        TaskCancelled(TaskCancelled),
        /// A session was made, changed or deleted.
        SessionUpdated(SessionUpdated),
        /// The user marked a session, on whichever connection.
        SessionMarked(SessionMarked),
    }
}

impl From<TaskEvent> for ChatEvent {
    fn from(event: TaskEvent) -> Self {
        match event {
            TaskEvent::TaskQueued(task) => Self::TaskQueued(task),
            TaskEvent::TaskStarted(task) => Self::TaskStarted(task),
            TaskEvent::TaskCompleted(task) => Self::TaskCompleted(task),
            TaskEvent::TaskFailed(task) => Self::TaskFailed(task),
            TaskEvent::TaskCancelled(task) => Self::TaskCancelled(task),
        }
    }
}

impl ChatEvent {
    /// The task that it is about.
    pub fn task_id(&self) -> Option<&TaskId> {
        match self {
            Self::TaskQueued(event) => Some(&event.task.task_id),
            Self::TaskStarted(event) => Some(&event.task.task_id),
            Self::AgentStatus(status) => Some(&status.task_id),
            Self::StreamChunk(chunk) => Some(&chunk.task_id),
            Self::ToolCallStarted(call) => Some(&call.task_id),
            Self::ToolCallCompleted(call) => Some(&call.task_id),
            Self::ReceiveMessage(received) => received.message.task_id.as_ref(),
            Self::TaskCompleted(event) => Some(&event.task.task_id),
            Self::TaskFailed(event) => Some(&event.task.task_id),
            Self::TaskCancelled(event) => Some(&event.task.task_id),
            Self::SessionUpdated(_) | Self::SessionMarked(_) => None,
        }
    }
}

/// What a running task is doing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentStatus {
    /// The task.
    pub task_id: TaskId,
    /// Its session.
    pub session_id: SessionId,
    /// The message that begins again: what was streamed of it is void.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub message_id: Option<MessageId>,
    /// What it is doing.
    pub status: Activity,
    /// More about it, for people.
    #[schema(required)]
    pub detail: Option<String>,
    /// The event's number.
    pub seq: u64,
}

impl AgentStatus {
    /// Of a task that goes on.
    pub fn new(progress: &TaskProgress, seq: u64) -> Self {
        Self {
            task_id: progress.task_id.clone(),
            session_id: progress.session_id.clone(),
            message_id: None,
            status: progress.activity,
            detail: progress.detail.clone(),
            seq,
        }
    }
}

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    /// Where it is added: the length of the message's text before it, in bytes of UTF-8. It shows whether a text
    /// contains the chunk already.
    pub offset: usize,
    /// Whether it was the last; then nothing is added.
    pub is_final: bool,
    /// The event's number.
    pub seq: u64,
}

impl StreamChunk {
    /// Of a text that grew.
    pub fn new(delta: &TextDelta, seq: u64) -> Self {
        Self {
            task_id: delta.task_id.clone(),
            session_id: delta.session_id.clone(),
            message_id: delta.message_id.clone(),
            delta: delta.text.clone(),
            offset: delta.offset,
            is_final: delta.is_final,
            seq,
        }
    }
}

/// A tool began to work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    /// SHA-256 of the arguments, which are not sent themselves.
    pub args_hash: String,
    /// How much of the answer's text had been written when it was called, in bytes of UTF-8.
    pub text_offset: i64,
    /// The event's number.
    pub seq: u64,
}

impl ToolCallStarted {
    /// Of a call that began.
    pub fn new(call: &sophon_model::ToolCall, seq: u64) -> Self {
        Self {
            task_id: call.task_id.clone(),
            session_id: call.session_id.clone(),
            tool_call_id: call.id.clone(),
            tool_name: call.tool.clone(),
            args_hash: call.arguments_hash.clone(),
            text_offset: call.text_offset,
            seq,
        }
    }
}

/// A tool returned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
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
    /// The event's number.
    pub seq: u64,
}

impl ToolCallCompleted {
    /// Of a call that ended.
    pub fn new(call: &sophon_model::ToolCall, seq: u64) -> Self {
        Self {
            task_id: call.task_id.clone(),
            session_id: call.session_id.clone(),
            tool_call_id: call.id.clone(),
            tool_name: call.tool.clone(),
            duration_ms: call.duration_ms(),
            ok: call.status == ToolCallStatus::Completed,
            seq,
        }
    }
}

/// A whole message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReceiveMessage {
    /// The message.
    #[serde(flatten)]
    pub message: Message,
    /// The agent that wrote it, as other clients call it.
    #[schema(required)]
    pub author_agent_id: Option<AgentId>,
    /// The event's number, where the wire has no other place for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub seq: Option<u64>,
}

impl ReceiveMessage {
    /// A message with the tool calls made for it.
    pub fn new(
        message: sophon_model::Message,
        tool_calls: Vec<sophon_model::ToolCall>,
        seq: Option<u64>,
    ) -> Self {
        Self { author_agent_id: message.agent_id.clone(), message: Message::new(message, tool_calls), seq }
    }
}

/// A session was made, changed or deleted, or shows another branch of its messages: then they are to be read anew.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionUpdated {
    /// The session.
    pub session_id: SessionId,
    /// Its title.
    pub title: String,
    /// When something last happened in it.
    pub updated_at: Time,
    /// Where it stands.
    pub status: SessionStatus,
    /// The visibility.
    pub visibility: Visibility,
    /// How the turn ended that ended last: `completed`, `failed` or `cancelled`.
    #[schema(required)]
    pub last_outcome: Option<TaskStatus>,
    /// How many messages it holds: more than the user's `readCount` if some are unread.
    #[serde(default)]
    #[schema(required)]
    pub message_count: i64,
    /// The branch of its messages that is shown.
    #[serde(default)]
    #[schema(required)]
    pub branch: i64,
    /// Which of them.
    pub change: SessionChange,
    /// The event's number.
    pub seq: u64,
}

impl SessionUpdated {
    /// Of a session that changed.
    pub fn new(event: &SessionEvent, seq: u64) -> Self {
        let session = &event.session;
        Self {
            session_id: session.id.clone(),
            title: session.title.clone(),
            updated_at: session.updated_at.into(),
            status: session.status,
            visibility: session.visibility,
            last_outcome: session.last_outcome,
            message_count: session.message_count,
            branch: session.branch,
            change: event.change,
            seq,
        }
    }
}

/// A user marked a session: read it, pinned it, archived it or gave it tags. Sent to that user alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionMarked {
    /// The session.
    pub session_id: SessionId,
    /// The marks as they are now.
    pub marks: SessionMarks,
    /// The event's number.
    pub seq: u64,
}

impl SessionMarked {
    /// Of a session that its user marked.
    pub fn new(event: MarksEvent, seq: u64) -> Self {
        Self { session_id: event.session_id, marks: event.marks.into(), seq }
    }
}

/// A session as clients name it: its bare id, or an object with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionRef {
    /// The session.
    pub session_id: SessionId,
    /// The number of the last event that the client has seen: what it missed since comes first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
}

impl From<SessionId> for SessionRef {
    fn from(session_id: SessionId) -> Self {
        Self { session_id, since: None }
    }
}

/// The answer to `JoinSession`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Joined {
    /// The session.
    pub session_id: SessionId,
    /// The number of the last event before.
    pub seq: u64,
    /// Whether nothing is missing. If something is, the session is to be read anew.
    pub complete: bool,
    /// The messages being written now.
    pub pending: Vec<PendingMessage>,
}

/// A message being written: its text up to the moment of joining. Chunks that are not in it begin at `offset` or later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PendingMessage {
    /// The task that writes.
    pub task_id: TaskId,
    /// The message.
    pub message_id: MessageId,
    /// Its text so far.
    pub content: String,
    /// Where the chunks that follow begin: the length of the text so far, in bytes of UTF-8.
    pub offset: usize,
}
