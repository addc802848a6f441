//! Participants of sessions.

use crate::{ParticipantKind, Result, SessionId, SessionRole, UserId};

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
}
