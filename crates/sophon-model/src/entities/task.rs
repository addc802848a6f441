//! The ledger of work.

use serde::{Deserialize, Serialize};

use crate::ports::{Entity, Insert, Key, Order, Scoped, Table};
use crate::words::text_enum;
use crate::{AgentId, MessageId, SessionId, TaskId, TenantId, Timestamp, Usage, UserId};

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

/// A piece of work.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Task {
    /// Its id.
    pub id: TaskId,
    /// The tenant it belongs to.
    pub tenant_id: TenantId,
    /// The user who asked for it.
    pub user_id: UserId,
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
    /// The user who cancelled it.
    pub cancelled_by: Option<UserId>,
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
    const TABLE: &'static Table =
        &Table::new("tasks", "task").json(&["usage"]).order(Order::newest_first(&["created_at", "id"]));
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
    /// Milliseconds from start to end, or to `now` while it runs; 0 before it starts.
    pub fn duration_ms(&self, now: Timestamp) -> i64 {
        let Some(started) = self.started_at else { return 0 };
        i64::try_from(self.ended_at.unwrap_or(now).since(started).as_millis()).unwrap_or(i64::MAX)
    }
}
