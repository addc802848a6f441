//! Participants of sessions.

use serde::{Deserialize, Serialize};

use super::{Conditions, Filter};
use crate::{Participant, ParticipantKind, Result, SessionId, SessionRole, TenantId, UserId};

/// Those of the given sessions, at least one.
#[derive(Clone, Debug)]
pub struct ParticipantsOf(pub Vec<SessionId>);

impl Filter for ParticipantsOf {
    type Of = Participant;

    fn conditions<'a>(&'a self, must: &mut Conditions<'a>) {
        must.is_one_of("session_id", &self.0);
    }
}

/// Participants of sessions. They are gone with their session.
pub trait ParticipantRows {
    /// Removes one; `false` if it is not there.
    fn delete_participant(
        &mut self,
        session: &SessionId,
        kind: ParticipantKind,
        member_id: &str,
    ) -> Result<bool>;
    /// The role of a user in a session, for one who takes part in it beside its owner.
    fn session_role(&self, session: &SessionId, user: &UserId) -> Result<Option<SessionRole>>;
    /// The user's part in each of these sessions, as far as it is noted.
    fn participations(&self, user: &UserId, sessions: &[SessionId]) -> Result<Vec<Participant>>;
    /// How many sessions of a tenant the user has pinned.
    fn pinned_sessions(&self, tenant: &TenantId, user: &UserId) -> Result<u64>;
    /// The user's tags of sessions of a tenant, the most used first; at most `limit`.
    fn tags_of(&self, tenant: &TenantId, user: &UserId, limit: usize) -> Result<Vec<TagUse>>;
}

/// A tag, and how much a user has used it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagUse {
    /// The tag.
    pub tag: String,
    /// How many sessions have it.
    pub sessions: i64,
}
