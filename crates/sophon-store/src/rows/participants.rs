//! Participants of sessions.

use sophon_model::ports::{ParticipantRows, TagUse, Value};
use sophon_model::{Participant, ParticipantKind, Result, SessionId, SessionRole, TenantId, UserId};

use crate::engine::{Conn, json_text};

const IN_SESSIONS: (&str, &str) = (
    "kind = 'user' AND member_id = $1 AND session_id IN (SELECT value FROM json_each($2))",
    "kind = 'user' AND member_id = $1 AND session_id = ANY (ARRAY(SELECT json_array_elements_text($2)))",
);

const TAGS: (&str, &str) = (
    "SELECT t.value AS tag, count(*) AS sessions FROM participants AS p, json_each(p.tags) AS t \
     WHERE p.kind = 'user' AND p.tenant_id = $1 AND p.member_id = $2 \
     GROUP BY t.value ORDER BY sessions DESC, tag LIMIT $3",
    "SELECT t.tag, count(*) AS sessions FROM participants AS p, json_array_elements_text(p.tags) AS t (tag) \
     WHERE p.kind = 'user' AND p.tenant_id = $1 AND p.member_id = $2 \
     GROUP BY t.tag ORDER BY sessions DESC, tag LIMIT $3",
);

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

    fn participations(&self, user: &UserId, sessions: &[SessionId]) -> Result<Vec<Participant>> {
        Ok(self.those(IN_SESSIONS, &[user.as_str().into(), Value::Json(&json_text(&sessions)?)])?)
    }

    fn pinned_sessions(&self, tenant: &TenantId, user: &UserId) -> Result<u64> {
        let sql = "SELECT count(*) FROM participants \
                   WHERE kind = 'user' AND tenant_id = $1 AND member_id = $2 AND is_pinned";
        Ok(self.count(sql, &[tenant.as_str().into(), user.as_str().into()])?)
    }

    fn tags_of(&self, tenant: &TenantId, user: &UserId, limit: usize) -> Result<Vec<TagUse>> {
        Ok(self.all(TAGS, &[tenant.as_str().into(), user.as_str().into(), limit.into()])?)
    }
}
