//! Sessions come, change and go.

use serde::{Deserialize, Serialize};

use super::Audience;
use crate::Session;

/// A session was made, changed or deleted. It concerns its members, and its owner on every connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionEvent {
    /// The session as it is now, or was.
    pub session: Box<Session>,
    /// Which of the three.
    pub change: SessionChange,
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

impl SessionEvent {
    pub(super) fn audience(&self) -> Vec<Audience<'_>> {
        vec![Audience::Members(&self.session.id), Audience::User(&self.session.owner_id)]
    }
}
