//! Sign-ins.

use sophon_model::ports::AuthSessionRows;
use sophon_model::{AuthSession, AuthSessionId, Result, Timestamp, UserId};

use crate::engine::{Conn, Table};

const AUTH_SESSIONS: Table = Table::new("auth_sessions", "sign-in");

impl AuthSessionRows for Conn {
    fn insert_auth_session(&mut self, session: &AuthSession) -> Result<()> {
        self.insert(AUTH_SESSIONS, session)
    }

    fn update_auth_session(&mut self, session: &AuthSession) -> Result<()> {
        self.update(AUTH_SESSIONS, session)
    }

    fn auth_session(&self, id: &AuthSessionId) -> Result<Option<AuthSession>> {
        // Held, or a refresh that was begun before a revocation would undo it.
        let sql = format!("SELECT * FROM auth_sessions WHERE id = $1 {}", self.held());
        Ok(self.one(sql.as_str(), &[id.as_str().into()])?)
    }

    fn auth_session_by_refresh(&self, hash: &str) -> Result<Option<AuthSession>> {
        // Held likewise; and of two who present the same token at a time, the second one must see that it was used.
        let held = self.held();
        let sql = format!("SELECT * FROM auth_sessions WHERE refresh_hash = $1 OR previous_hash = $1 {held}");
        Ok(self.one(sql.as_str(), &[hash.into()])?)
    }

    fn auth_sessions(&self, user: &UserId, now: Timestamp) -> Result<Vec<AuthSession>> {
        let sql = "SELECT * FROM auth_sessions WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > $2 \
                   ORDER BY last_seen_at DESC, id DESC";
        Ok(self.all(sql, &[user.as_str().into(), now.into()])?)
    }
}
