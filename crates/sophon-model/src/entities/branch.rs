//! Branches of the messages of a session.

use serde::{Deserialize, Serialize};

use crate::ports::{Entity, Insert, Order, Scoped, Table};
use crate::{SessionId, Timestamp};

/// Where the messages of a session went another way: a message was edited, or a question was answered anew. The first
/// branch, which forks from none, is number 0 and has no row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Branch {
    /// The session.
    pub session_id: SessionId,
    /// Its number in the session, from 1.
    pub number: i64,
    /// The branch that it forks from.
    pub parent: i64,
    /// The number of the message of its parent that it has others in place of, and of all that follow.
    pub forks_at: i64,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Entity for Branch {
    const TABLE: &'static Table = &Table::new("branches", "branch")
        .key(&["session_id", "number"])
        .order(Order::oldest_first(&["number"]));
}

impl Insert for Branch {}

impl Scoped for Branch {
    type Scope = SessionId;
    const SCOPE: &'static str = "session_id";
}

/// A part of a branch that is shown: all of its messages, or those with lower numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BranchPart {
    /// The branch.
    pub branch: i64,
    /// Only messages with lower numbers.
    pub before: Option<i64>,
}
