//! Participants of sessions.

use super::{Conditions, Filter};
use crate::{Participant, ParticipantKind, Result, SessionId, SessionRole, UserId};

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
}
