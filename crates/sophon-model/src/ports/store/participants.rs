//! Participants of sessions.

use crate::{Participant, ParticipantKind, Result, SessionId, SessionRole, UserId};

/// Participants of sessions. They are gone with their session.
pub trait ParticipantRows {
    /// Adds one, or gives one that is there its role; when it joined stays.
    fn put_participant(&mut self, participant: &Participant) -> Result<()>;
    /// Removes one, if it is there.
    fn delete_participant(
        &mut self,
        session: &SessionId,
        kind: ParticipantKind,
        member_id: &str,
    ) -> Result<bool>;
    /// All of a session, in the order in which they joined.
    fn participants(&self, session: &SessionId) -> Result<Vec<Participant>>;
    /// The role of a user in a session.
    fn session_role(&self, session: &SessionId, user: &UserId) -> Result<Option<SessionRole>>;
}
