//! Messages.

use serde::{Deserialize, Serialize};

use crate::ports::{Entity, Key, Order, Scoped, Table, Update};
use crate::words::text_enum;
use crate::{AgentId, MessageId, SessionId, TaskId, TenantId, Timestamp, UserId};

text_enum! {
    /// The role of the author.
    pub enum MessageRole {
        /// A person.
        User = "user",
        /// An agent.
        Agent = "agent",
        /// The gateway.
        System = "system",
    }
}

text_enum! {
    /// How far a message has come.
    pub enum MessageStatus {
        /// Being written.
        Pending = "pending",
        /// Accepted and stored.
        Sent = "sent",
        /// Seen by the other side; for an agent's message: complete.
        Delivered = "delivered",
        /// Read.
        Read = "read",
        /// Ended without being complete: its task failed or was cancelled.
        Failed = "failed",
    }
}

text_enum! {
    /// Why the text of an answer ends where it ends.
    pub enum FinishReason {
        /// The model was done.
        Stop = "stop",
        /// It was cut at the limit of tokens.
        Length = "length",
        /// The provider's content filter cut it.
        ContentFilter = "content_filter",
        /// The provider stopped before the model was done.
        Incomplete = "incomplete",
        /// A person stopped it.
        Cancelled = "cancelled",
        /// Its task failed.
        Error = "error",
    }
}

/// A file that goes with a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Where it is kept.
    pub key: String,
    /// Its media type.
    pub mime: String,
    /// Its size in bytes.
    pub size: i64,
    /// What its sender called it.
    pub name: Option<String>,
}

/// What model calls have consumed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Usage {
    /// Tokens read.
    pub input_tokens: i64,
    /// Tokens written.
    pub output_tokens: i64,
    /// The model, as its provider names it.
    pub model: String,
    /// The provider's id.
    pub provider: String,
}

impl Usage {
    /// Tokens read and written.
    pub fn total(&self) -> i64 {
        self.input_tokens.saturating_add(self.output_tokens)
    }

    /// Adds another call; the model and provider of the later call stand.
    pub fn add(&mut self, other: &Usage) {
        self.input_tokens = self.input_tokens.saturating_add(other.input_tokens);
        self.output_tokens = self.output_tokens.saturating_add(other.output_tokens);
        self.model.clone_from(&other.model);
        self.provider.clone_from(&other.provider);
    }
}

/// How an answer came about, where that is not as asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageDetails {
    /// Another model answered than the one that was asked for.
    pub fallback: Option<Fallback>,
    /// The answer was longer than the operator allows, and its beginning was kept.
    #[serde(default)]
    pub cut: Option<Cut>,
}

/// An answer was longer than the operator allows, and its beginning was kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cut {
    /// The bytes of text that were kept.
    pub kept_bytes: usize,
    /// What was too long, in words for people.
    pub reason: String,
}

/// Another model answered than the one that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fallback {
    /// The model that was asked for.
    pub requested: String,
    /// The model that answered.
    pub model: String,
    /// The provider of the model that answered.
    pub provider: String,
    /// Why, in words for people.
    pub reason: String,
}

/// A message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Its number: unique in the deployment and rising; what `?since=` takes. Storage gives it.
    pub number: i64,
    /// The tenant it belongs to.
    pub tenant_id: TenantId,
    /// The session it is in.
    pub session_id: SessionId,
    /// The role of the author.
    pub role: MessageRole,
    /// The person who wrote it.
    pub user_id: Option<UserId>,
    /// The agent that wrote it.
    pub agent_id: Option<AgentId>,
    /// The task that it asks for or that answers with it.
    pub task_id: Option<TaskId>,
    /// Its text, in Markdown.
    pub content: String,
    /// How far it has come.
    pub status: MessageStatus,
    /// An id that its sender gave it.
    pub local_id: Option<String>,
    /// The message it answers.
    pub reply_to: Option<MessageId>,
    /// Its files.
    pub attachments: Vec<Attachment>,
    /// What writing it consumed.
    pub usage: Option<Usage>,
    /// Why its text ends where it ends; absent while it is written, and for what people wrote.
    pub finish_reason: Option<FinishReason>,
    /// How it came about, where that is not as asked.
    pub details: Option<MessageDetails>,
    /// The branch of the session that it was written on; 0 is the first.
    #[serde(default)]
    pub branch: i64,
    /// Whether the session shows another branch, of which it is no part. It is not read then.
    #[serde(default)]
    pub is_hidden: bool,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Message {
    /// What was said, without how it came about: for those who read a public session and take no part in it.
    #[must_use]
    pub fn without_details(self) -> Self {
        Self { local_id: None, usage: None, details: None, ..self }
    }
}

impl Entity for Message {
    const TABLE: &'static Table = &Table::new("messages", "message")
        .json(&["attachments", "details", "usage"])
        .given(&["number"])
        .order(Order::oldest_first(&["number"]));
}

impl Update for Message {}

impl Key for MessageId {
    type Of = Message;
}

impl Scoped for Message {
    type Scope = SessionId;
    const SCOPE: &'static str = "session_id";
}
