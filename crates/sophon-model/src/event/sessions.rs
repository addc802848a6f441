//! Sessions come, change and go.

use serde::{Deserialize, Serialize};

use super::Audience;
use crate::Session;
use crate::words::text_enum;

/// A session was made, changed or deleted. It concerns its members, and its owner on every connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionEvent {
    /// The session as it is now, or was.
    pub session: Box<Session>,
    /// Which of the three.
    pub change: SessionChange,
}

text_enum! {
    /// What became of a session.
    pub enum SessionChange {
        /// Made.
        Created = "created",
        /// Title, visibility, status or last activity changed.
        Updated = "updated",
        /// Deleted.
        Deleted = "deleted",
    }
}

impl SessionEvent {
    pub(super) fn audience(&self) -> Vec<Audience<'_>> {
        vec![Audience::Members(&self.session.id), Audience::User(&self.session.owner_id)]
    }
}
