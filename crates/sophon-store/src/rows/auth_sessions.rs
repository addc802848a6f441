//! Sign-ins.

use sophon_model::ports::AuthSessionRows;
use sophon_model::{AuthSession, Result, Timestamp, UserId};

use crate::engine::Conn;

impl AuthSessionRows for Conn {
    fn auth_session_by_refresh(&self, hash: &str) -> Result<Option<AuthSession>> {
        // Held likewise; and of two who present the same token at a time, the second one must see that it was used.
        let held = self.for_update();
        let sql = format!("(refresh_hash = $1 OR previous_hash = $1) {held}");
        Ok(self.that(sql.as_str(), &[hash.into()])?)
    }

    fn auth_sessions(&self, user: &UserId, now: Timestamp) -> Result<Vec<AuthSession>> {
        let sql = "user_id = $1 AND revoked_at IS NULL AND expires_at > $2 \
                   ORDER BY last_seen_at DESC, id DESC";
        Ok(self.those(sql, &[user.as_str().into(), now.into()])?)
    }
}
