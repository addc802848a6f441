//! Sessions come, change and go.

use serde::{Deserialize, Serialize};

use super::Audience;
use crate::words::text_enum;
use crate::{Session, UserId, UserInTenant};

/// A session was made, changed, branched or deleted. It concerns its members, on every connection of theirs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SessionEvent {
    /// The session as it is now, or was.
    pub session: Box<Session>,
    /// Which of them.
    pub change: SessionChange,
    /// The users who take part in it, its owner among them, or did until it was deleted.
    #[serde(default)]
    pub members: Vec<UserId>,
}

text_enum! {
    /// What became of a session.
    pub enum SessionChange {
        /// Made.
        Created = "created",
        /// Title, visibility, status or last activity changed.
        Updated = "updated",
        /// It shows another branch of its messages: they are to be read anew.
        Branched = "branched",
        /// Deleted.
        Deleted = "deleted",
    }
}

impl SessionEvent {
    /// The members, each in the session's tenant.
    pub fn members_in_tenant(&self) -> Vec<UserInTenant> {
        let in_tenant =
            |user: &UserId| UserInTenant { tenant: self.session.tenant_id.clone(), user: user.clone() };
        self.members.iter().map(in_tenant).collect()
    }

    pub(super) fn audience(&self) -> Vec<Audience<'_>> {
        let users = self.members.iter().map(|user| Audience::User(&self.session.tenant_id, user));
        std::iter::once(Audience::Members(&self.session.id)).chain(users).collect()
    }
}
