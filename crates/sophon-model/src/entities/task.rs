//! The ledger of work.

use serde::{Deserialize, Serialize};

use crate::ports::{Entity, Insert, Key, Order, Scoped, Table};
use crate::words::text_enum;
use crate::{
    AgentId, ApiTokenId, MessageId, SessionId, TaskId, TenantId, Timestamp, Usage, UserId, UserInTenant,
};

text_enum! {
    /// What kind of work it is.
    pub enum TaskKind {
        /// An agent's turn in a session.
        Chat = "chat",
        /// A run of a discussion. Its turns and its judge's work are its children.
        Discussion = "discussion",
        /// A panelist's turn in a round.
        DiscussionTurn = "discussion_turn",
        /// The judge's verdict on a discussion.
        DiscussionVerdict = "discussion_verdict",
    }
}

text_enum! {
    /// Where it stands.
    pub enum TaskStatus {
        /// Accepted, and nobody works on it yet.
        Queued = "queued",
        /// A worker is at it, or it waits for a person, a machine or a time.
        Running = "running",
        /// Done.
        Completed = "completed",
        /// Ended with an error.
        Failed = "failed",
        /// Ended by someone.
        Cancelled = "cancelled",
    }
}

impl TaskStatus {
    /// Whether nothing more happens to it.
    pub fn is_final(self) -> bool {
        matches!(self, TaskStatus::Completed | TaskStatus::Failed | TaskStatus::Cancelled)
    }
}

/// What else is to be known of how a task was done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskDetails {
    /// What was left out of the conversation when the model was last asked, if anything was.
    pub left_out: Option<LeftOut>,
    /// The code of the error that it failed with, where the error had one: `upstream_unavailable` if no model provider
    /// answered.
    pub error_code: Option<String>,
}

/// What was left out of a conversation because it is longer than the model can read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// Messages of earlier exchanges.
    pub messages: usize,
    /// Results of tools.
    pub results: usize,
    /// Contents of attached files.
    pub files: usize,
}

/// A piece of work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The tenant it belongs to.
    pub tenant_id: TenantId,
    /// The user who asked for it.
    pub user_id: UserId,
    /// The API token that started it, if one did: the task may do no more than the token, and ends with it.
    pub api_token_id: Option<ApiTokenId>,
    /// The task that it is a part of, and whose worker does it. The others are taken out of the queue.
    pub parent_id: Option<TaskId>,
    /// The session it is about; always there in a chat.
    pub session_id: Option<SessionId>,
    /// The agent that does it; always there in a chat.
    pub agent_id: Option<AgentId>,
    /// What kind of work.
    pub kind: TaskKind,
    /// The first 100 characters of what was asked.
    pub description: String,
    /// Where it stands.
    pub status: TaskStatus,
    /// The message that asks; always there in a chat.
    pub request_message_id: Option<MessageId>,
    /// The message that answers, once begun.
    pub reply_message_id: Option<MessageId>,
    /// Whether the text is streamed while it is written.
    pub is_streaming: bool,
    /// Why it failed, in words for people.
    pub error: Option<String>,
    /// What it consumed so far.
    pub usage: Option<Usage>,
    /// What else is to be known of how it was done.
    pub details: Option<TaskDetails>,
    /// The user who cancelled it.
    pub cancelled_by: Option<UserId>,
    /// Why the gateway cancelled it, in words for people. Absent if a person did.
    pub cancel_reason: Option<String>,
    /// When cancelling was asked for; the worker obeys within seconds.
    pub cancel_requested_at: Option<Timestamp>,
    /// How often a worker began with it: once, and once more after each interruption.
    pub attempt: i64,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When a worker first took it up.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Entity for Task {
    const TABLE: &'static Table = &Table::new("tasks", "task")
        .json(&["details", "usage"])
        .order(Order::newest_first(&["created_at", "id"]));
}

impl Insert for Task {}

impl Key for TaskId {
    type Of = Task;
}

impl Scoped for Task {
    type Scope = TenantId;
    const SCOPE: &'static str = "tenant_id";
}

impl Task {
    /// The user for whom it is done, in its tenant.
    pub fn works_for(&self) -> UserInTenant {
        UserInTenant { tenant: self.tenant_id.clone(), user: self.user_id.clone() }
    }

    /// The task, cancelled by the canceller of `other`, unless it was cancelled already.
    pub fn cancelled_with(self, other: &Task) -> Self {
        if self.cancelled_by.is_some() || self.cancel_reason.is_some() {
            return self;
        }
        let (cancelled_by, cancel_reason) = (other.cancelled_by.clone(), other.cancel_reason.clone());
        Self { cancelled_by, cancel_reason, ..self }
    }

    /// Milliseconds from start to end, or to `now` while it runs; 0 before it starts.
    pub fn duration_ms(&self, now: Timestamp) -> i64 {
        let Some(started) = self.started_at else { return 0 };
        i64::try_from(self.ended_at.unwrap_or(now).since(started).as_millis()).unwrap_or(i64::MAX)
    }
}
