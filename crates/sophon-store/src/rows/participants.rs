//! Participants of sessions.

use sophon_model::ports::ParticipantRows;
use sophon_model::{ParticipantKind, Result, SessionId, SessionRole, UserId};

use crate::engine::Conn;

impl ParticipantRows for Conn {
    fn delete_participant(
        &mut self,
        session: &SessionId,
        kind: ParticipantKind,
        member_id: &str,
    ) -> Result<bool> {
        let sql = "DELETE FROM participants WHERE session_id = $1 AND kind = $2 AND member_id = $3";
        Ok(self.exec(sql, &[session.as_str().into(), kind.as_str().into(), member_id.into()])? > 0)
    }

    fn session_role(&self, session: &SessionId, user: &UserId) -> Result<Option<SessionRole>> {
        let sql = "SELECT role FROM participants WHERE session_id = $1 AND kind = 'user' AND member_id = $2";
        let role: Option<(SessionRole,)> = self.one(sql, &[session.as_str().into(), user.as_str().into()])?;
        Ok(role.map(|(role,)| role))
    }
}
