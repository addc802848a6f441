//! Participants of sessions.

use sophon_model::ports::ParticipantRows;
use sophon_model::{Participant, ParticipantKind, Result, SessionId, SessionRole, UserId};

use crate::engine::Conn;

impl ParticipantRows for Conn {
    fn put_participant(&mut self, participant: &Participant) -> Result<()> {
        let sql = "INSERT INTO participants (session_id, kind, member_id, tenant_id, role, joined_at) \
                   VALUES ($1, $2, $3, $4, $5, $6) \
                   ON CONFLICT (session_id, kind, member_id) DO UPDATE SET role = excluded.role";
        let values = [
            participant.session_id.as_str().into(),
            participant.kind.as_str().into(),
            participant.member_id.as_str().into(),
            participant.tenant_id.as_str().into(),
            participant.role.as_str().into(),
            participant.joined_at.as_millis().into(),
        ];
        self.exec(sql, &values)?;
        Ok(())
    }

    fn delete_participant(
        &mut self,
        session: &SessionId,
        kind: ParticipantKind,
        member_id: &str,
    ) -> Result<bool> {
        let sql = "DELETE FROM participants WHERE session_id = $1 AND kind = $2 AND member_id = $3";
        Ok(self.exec(sql, &[session.as_str().into(), kind.as_str().into(), member_id.into()])? > 0)
    }

    fn participants(&self, session: &SessionId) -> Result<Vec<Participant>> {
        let sql = "SELECT * FROM participants WHERE session_id = $1 ORDER BY joined_at, kind, member_id";
        Ok(self.all(sql, &[session.as_str().into()])?)
    }

    fn session_role(&self, session: &SessionId, user: &UserId) -> Result<Option<SessionRole>> {
        let sql = "SELECT role FROM participants WHERE session_id = $1 AND kind = 'user' AND member_id = $2";
        let role: Option<(SessionRole,)> = self.one(sql, &[session.as_str().into(), user.as_str().into()])?;
        Ok(role.map(|(role,)| role))
    }
}
