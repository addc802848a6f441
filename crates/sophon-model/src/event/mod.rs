//! What happens, as the wires tell it. Built in the core, in the transaction of the state that it tells of.

mod approvals;
mod discussions;
mod nodes;
mod topic;

pub use approvals::ApprovalEvent;
pub use discussions::DiscussionEvent;
pub use nodes::NodeEvent;
pub use topic::Topic;

use serde::{Deserialize, Serialize};

use crate::{
    AgentId, Announcement, Message, MessageId, Session, SessionId, Task, TaskId, Timestamp, ToolCall, Usage,
};

/// A task's news: the ledger row, as it is after the change.
pub type TaskNews = Box<Task>;

/// The version of the encoding under which events are stored. One more whenever a change of an event, or of an entity in
/// it, keeps what was stored before from being read: then those who come back are told to read anew.
pub const EVENT_VERSION: i64 = 1;

/// What happened. One variant a row of the event table of the design.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// A person's or the gateway's message, complete.
    MessageCreated {
        /// The message.
        message: Box<Message>,
    },
    /// An agent began a message; it is still empty.
    MessageOpened {
        /// The message.
        message: Box<Message>,
    },
    /// A piece of an agent's message. Never stored.
    TextDelta(TextDelta),
    /// What was streamed so far of a message is void: its writer was interrupted and begins again.
    MessageReset {
        /// The task that begins again.
        task_id: TaskId,
        /// The session it is in.
        session_id: SessionId,
        /// The message.
        message_id: MessageId,
    },
    /// An agent's message is complete, or has ended as failed.
    MessageFinished {
        /// The message.
        message: Box<Message>,
        /// The tool calls made for it.
        tool_calls: Vec<ToolCall>,
    },
    /// A task was accepted.
    TaskQueued(TaskNews),
    /// A worker took it up for the first time.
    TaskStarted(TaskNews),
    /// It is done.
    TaskCompleted(TaskNews),
    /// It ended with an error.
    TaskFailed(TaskNews),
    /// It was ended by someone.
    TaskCancelled(TaskNews),
    /// What a running task is doing. Never stored.
    TaskProgress(TaskProgress),
    /// A tool began to work.
    ToolCallStarted {
        /// The call.
        call: Box<ToolCall>,
    },
    /// A tool returned.
    ToolCallEnded {
        /// The call.
        call: Box<ToolCall>,
    },
    /// What one model call consumed.
    ModelCallUsed {
        /// The task it was made for.
        task_id: TaskId,
        /// The session of the task.
        session_id: SessionId,
        /// The agent.
        agent_id: AgentId,
        /// The message being written.
        message_id: MessageId,
        /// The consumption.
        usage: Usage,
        /// Which call of the turn, from 1.
        call_sequence: u32,
    },
    /// A session was made, changed or deleted.
    SessionChanged {
        /// The session as it is now, or was.
        session: Box<Session>,
        /// Which of the three.
        change: SessionChange,
    },
    /// A person is asked for something, or has answered.
    Approval(ApprovalEvent),
    /// Something became of a node.
    Node(NodeEvent),
    /// A discussion went on.
    Discussion(DiscussionEvent),
    /// An administrator announced something.
    Announced(Box<Announcement>),
}

/// A piece of text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TextDelta {
    /// The task that writes.
    pub task_id: TaskId,
    /// Where.
    pub session_id: SessionId,
    /// The message that grows.
    pub message_id: MessageId,
    /// Who writes.
    pub agent_id: AgentId,
    /// Where it is added: the length of the message's text before it, in bytes of UTF-8.
    pub offset: usize,
    /// What is added.
    pub text: String,
    /// Whether this is the end of the message's text; then nothing is added.
    pub is_final: bool,
    /// When.
    pub at: Timestamp,
}

/// A checkpoint of a running task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskProgress {
    /// The task.
    pub task_id: TaskId,
    /// Its session.
    pub session_id: SessionId,
    /// Who works.
    pub agent_id: AgentId,
    /// What it does.
    pub activity: Activity,
    /// More about it, for people: a tool's name, for example.
    pub detail: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// What an agent is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activity {
    /// Waiting for the model.
    Thinking,
    /// Writing text.
    Writing,
    /// Waiting for a tool.
    CallingTool,
    /// Waiting for a person's approval, or answer.
    WaitingApproval,
    /// Beginning again after an interruption.
    Resuming,
}

impl Activity {
    /// The text that stands for it on the hubs.
    pub fn as_str(self) -> &'static str {
        match self {
            Activity::Thinking => "thinking",
            Activity::Writing => "writing",
            Activity::CallingTool => "calling_tool",
            Activity::WaitingApproval => "waiting_approval",
            Activity::Resuming => "resuming",
        }
    }
}

/// What became of a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SessionChange {
    /// Made.
    Created,
    /// Title, visibility, status or last activity changed.
    Updated,
    /// Deleted.
    Deleted,
}

impl Event {
    /// Whether the event is stored with the state it tells of. The others are for those who are there.
    pub fn is_durable(&self) -> bool {
        !matches!(self, Event::TextDelta(_) | Event::TaskProgress(_) | Event::Node(NodeEvent::Heard { .. }))
    }
}
