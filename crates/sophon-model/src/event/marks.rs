//! What users keep about sessions for themselves.

use serde::{Deserialize, Serialize};

use super::Audience;
use crate::{Marks, SessionId, TenantId, UserId};

/// A user marked a session: read it, pinned it, archived it or gave it tags. It concerns that user alone, on every
/// connection in the session's tenant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MarksEvent {
    /// The session.
    pub session_id: SessionId,
    /// Its tenant.
    pub tenant_id: TenantId,
    /// The user.
    pub user_id: UserId,
    /// The marks as they are now.
    pub marks: Marks,
}

impl MarksEvent {
    pub(super) fn audience(&self) -> Vec<Audience<'_>> {
        vec![Audience::User(&self.tenant_id, &self.user_id)]
    }
}
