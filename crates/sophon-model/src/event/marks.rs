//! What users keep about sessions for themselves.

use serde::{Deserialize, Serialize};

use super::Audience;
use crate::{Marks, SessionId, UserId};

/// A user marked a session: read it, pinned it, archived it or gave it tags. It concerns that user alone, on every
/// connection.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MarksEvent {
    /// The session.
    pub session_id: SessionId,
    /// The user.
    pub user_id: UserId,
    /// The marks as they are now.
    pub marks: Marks,
}

impl MarksEvent {
    pub(super) fn audience(&self) -> Vec<Audience<'_>> {
        vec![Audience::User(&self.user_id)]
    }
}
