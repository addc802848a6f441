//! Sessions.

use serde::{Deserialize, Serialize};

use crate::ports::{Delete, Entity, Insert, Key, Order, Scoped, Table, Update};
use crate::words::text_enum;
use crate::{AgentId, MessageId, SessionId, TaskStatus, TenantId, Timestamp, UserId};

text_enum! {
    /// The visibility of a session.
    pub enum Visibility {
        /// Its owner and those it was shared with.
        Private = "private",
        /// Everybody who knows its address, without signing in.
        Public = "public",
    }
}

text_enum! {
    /// Where a session stands.
    pub enum SessionStatus {
        /// Made, and somebody is still to join.
        Waiting = "waiting",
        /// In use.
        Active = "active",
        /// Held; takes no new messages.
        Paused = "paused",
        /// Over; read-only for good.
        Completed = "completed",
    }
}

text_enum! {
    /// How its participants work together.
    pub enum SessionMode {
        /// Each in its own time.
        Async = "async",
        /// Both present: absence is watched.
        Realtime = "realtime",
    }
}

text_enum! {
    /// What becomes of a message to an agent that still works on an earlier one of the session.
    pub enum WhileBusy {
        /// It is answered after that.
        Queue = "queue",
        /// The agent stops what it does and answers it.
        Interrupt = "interrupt",
        /// It is refused.
        Reject = "reject",
    }
}

/// A session: where people and agents meet.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// The tenant it belongs to.
    pub tenant_id: TenantId,
    /// The user who created it.
    pub owner_id: UserId,
    /// The agent that answers in it.
    pub agent_id: AgentId,
    /// What people call it; empty until the first message gives it one.
    pub title: String,
    /// The visibility.
    pub visibility: Visibility,
    /// Where it stands.
    pub status: SessionStatus,
    /// How its participants work together.
    pub mode: SessionMode,
    /// What becomes of a message to an agent that is busy in it.
    pub while_busy: WhileBusy,
    /// The channel it came in by, for example `webchat`.
    pub channel_id: Option<String>,
    /// A model chosen for this session alone.
    pub model: Option<String>,
    /// The session it was forked from.
    pub parent_id: Option<SessionId>,
    /// The last message it shares with its parent.
    pub forked_at_message_id: Option<MessageId>,
    /// How many messages it holds.
    pub message_count: i64,
    /// The branch of its messages that is shown; 0 is the first.
    #[serde(default)]
    pub branch: i64,
    /// How the turn ended that ended last: completed, failed or cancelled.
    #[serde(default)]
    pub last_outcome: Option<TaskStatus>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When something last happened in it.
    pub updated_at: Timestamp,
}

impl Session {
    /// What everybody may know of a public session: not where it came from, what answers in it and how that went.
    #[must_use]
    pub fn without_details(self) -> Self {
        Self {
            channel_id: None,
            model: None,
            parent_id: None,
            forked_at_message_id: None,
            last_outcome: None,
            ..self
        }
    }
}

impl Entity for Session {
    const TABLE: &'static Table =
        &Table::new("sessions", "session").locked().order(Order::newest_first(&["updated_at", "id"]));
}

impl Insert for Session {}
impl Update for Session {}
impl Delete for Session {}

impl Key for SessionId {
    type Of = Session;
}

impl Scoped for Session {
    type Scope = UserId;
    const SCOPE: &'static str = "owner_id";
}
