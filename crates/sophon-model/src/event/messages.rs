//! Messages come about.

use serde::{Deserialize, Serialize};

use super::Audience;
use crate::{AgentId, Message, MessageId, SessionId, TaskId, Timestamp, ToolCall};

/// What happened to a message. It concerns the members of its session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "message_event", rename_all = "snake_case")]
pub enum MessageEvent {
    /// A person's or the gateway's message, complete.
    Created {
        /// The message.
        message: Box<Message>,
    },
    /// An agent began a message; it is still empty.
    Opened {
        /// The message.
        message: Box<Message>,
    },
    /// A piece of an agent's message. Never stored.
    Delta(TextDelta),
    /// What was streamed so far of a message is void: its writer was interrupted and begins again.
    Reset {
        /// The task that begins again.
        task_id: TaskId,
        /// The session it is in.
        session_id: SessionId,
        /// The message.
        message_id: MessageId,
    },
    /// An agent's message is complete, or has ended as failed.
    Finished {
        /// The message.
        message: Box<Message>,
        /// The tool calls made for it.
        tool_calls: Vec<ToolCall>,
    },
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
    /// The author.
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

impl MessageEvent {
    pub(super) fn audience(&self) -> Vec<Audience<'_>> {
        vec![Audience::Members(match self {
            MessageEvent::Created { message }
            | MessageEvent::Opened { message }
            | MessageEvent::Finished { message, .. } => &message.session_id,
            MessageEvent::Delta(delta) => &delta.session_id,
            MessageEvent::Reset { session_id, .. } => session_id,
        })]
    }

    pub(super) fn is_durable(&self) -> bool {
        match self {
            MessageEvent::Created { .. }
            | MessageEvent::Opened { .. }
            | MessageEvent::Reset { .. }
            | MessageEvent::Finished { .. } => true,
            MessageEvent::Delta(_) => false,
        }
    }
}
