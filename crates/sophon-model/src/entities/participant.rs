//! The participants of a session.

use serde::{Deserialize, Serialize};

use crate::ports::{Entity, Insert, Order, Scoped, Table, Update};
use crate::words::text_enum;
use crate::{Session, SessionId, TenantId, Timestamp, UserId};

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
    /// How many of the session's messages it has read: the count of messages as it was then.
    pub read_count: i64,
    /// Whether the session stands first in its list.
    pub is_pinned: bool,
    /// Whether the session is left out of its list.
    pub is_archived: bool,
    /// What it calls the session's subject, by which its list can be filtered.
    pub tags: Vec<String>,
}

/// What a user keeps about a session for itself: others who take part in it have marks of their own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Marks {
    /// How many of the session's messages the user has read. What came since is unread.
    pub read_count: i64,
    /// Whether the session stands first in the user's list.
    pub is_pinned: bool,
    /// Whether the session is left out of the user's list.
    pub is_archived: bool,
    /// The user's tags, in the order in which they were given.
    pub tags: Vec<String>,
}

impl Entity for Participant {
    const TABLE: &'static Table = &Table::new("participants", "participant")
        .key(&["session_id", "kind", "member_id"])
        .json(&["tags"])
        .order(Order::oldest_first(&["joined_at", "kind", "member_id"]));
}

impl Insert for Participant {}
impl Update for Participant {}

impl Scoped for Participant {
    type Scope = SessionId;
    const SCOPE: &'static str = "session_id";
}

impl Participant {
    /// One who joins a session, without marks.
    pub fn new(
        session: &Session,
        kind: ParticipantKind,
        member_id: &str,
        role: SessionRole,
        joined_at: Timestamp,
    ) -> Self {
        Self {
            session_id: session.id.clone(),
            kind,
            member_id: member_id.to_owned(),
            tenant_id: session.tenant_id.clone(),
            role,
            joined_at,
            read_count: 0,
            is_pinned: false,
            is_archived: false,
            tags: Vec::new(),
        }
    }

    /// Its marks on the session.
    pub fn marks(&self) -> Marks {
        Marks {
            read_count: self.read_count,
            is_pinned: self.is_pinned,
            is_archived: self.is_archived,
            tags: self.tags.clone(),
        }
    }

    /// The participant with these marks.
    #[must_use]
    pub fn with_marks(self, marks: Marks) -> Self {
        let Marks { read_count, is_pinned, is_archived, tags } = marks;
        Self { read_count, is_pinned, is_archived, tags, ..self }
    }

    /// The user, if it is one.
    pub fn user(&self) -> Option<UserId> {
        (self.kind == ParticipantKind::User).then(|| UserId::from(self.member_id.as_str()))
    }
}
