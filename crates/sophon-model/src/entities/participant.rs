//! The participants of a session.

use serde::{Deserialize, Serialize};

use crate::ports::{Entity, Insert, Order, Scoped, Table, Update};
use crate::words::text_enum;
use crate::{SessionId, TenantId, Timestamp, UserId};

text_enum! {
    /// What a participant is.
    pub enum ParticipantKind {
        /// A person, by the id of its user.
        User = "user",
        /// An agent, by its id: it was asked to answer in the session at least once.
        Agent = "agent",
        /// Somebody who watches without a user of its own.
        Observer = "observer",
    }
}

text_enum! {
    /// What a participant may do in a session, from the least to the most.
    #[derive(PartialOrd, Ord)]
    pub enum SessionRole {
        /// Read and follow it.
        Viewer = "viewer",
        /// Write into it, too.
        Member = "member",
        /// Share it, close it and delete it, too.
        Owner = "owner",
    }
}

/// One who takes part in a session.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Participant {
    /// The session.
    pub session_id: SessionId,
    /// What it is.
    pub kind: ParticipantKind,
    /// Its id among those of its kind.
    pub member_id: String,
    /// The tenant it belongs to, which is the session's.
    pub tenant_id: TenantId,
    /// What it may do.
    pub role: SessionRole,
    /// When it joined.
    pub joined_at: Timestamp,
}

impl Entity for Participant {
    const TABLE: &'static Table = &Table::new("participants", "participant")
        .key(&["session_id", "kind", "member_id"])
        .order(Order::oldest_first(&["joined_at", "kind", "member_id"]));
}

impl Insert for Participant {}
impl Update for Participant {}

impl Scoped for Participant {
    type Scope = SessionId;
    const SCOPE: &'static str = "session_id";
}

impl Participant {
    /// The user, if it is one.
    pub fn user(&self) -> Option<UserId> {
        (self.kind == ParticipantKind::User).then(|| UserId::from(self.member_id.as_str()))
    }
}
