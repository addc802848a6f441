//! People.

use sophon_model::ports::{Belongings, UserRows};
use sophon_model::{Result, TenantId, User, UserId};

use crate::engine::Conn;

impl UserRows for Conn {
    fn user_by_email(&self, email: &str) -> Result<Option<User>> {
        Ok(self.that("email = $1", &[email.into()])?)
    }

    fn first_user(&self) -> Result<Option<User>> {
        let is_administrator = "role = 'Admin' AND status = 'active'";
        let sql =
            format!("TRUE ORDER BY CASE WHEN {is_administrator} THEN 0 ELSE 1 END, created_at, id LIMIT 1");
        Ok(self.that(sql.as_str(), &[])?)
    }

    fn user_to_change(&mut self, tenant: &TenantId, id: &UserId) -> Result<Option<User>> {
        let sql = format!("tenant_id = $1 AND id = $2 {}", self.for_update());
        Ok(self.that(sql.as_str(), &[tenant.as_str().into(), id.as_str().into()])?)
    }

    fn administrators_to_keep(&mut self, tenant: &TenantId) -> Result<Vec<UserId>> {
        let sql = format!(
            "SELECT id FROM users WHERE tenant_id = $1 AND role = 'Admin' AND status = 'active' ORDER BY id {}",
            self.for_update()
        );
        let found: Vec<(UserId,)> = self.all(sql.as_str(), &[tenant.as_str().into()])?;
        Ok(found.into_iter().map(|(id,)| id).collect())
    }

    fn belongings(&self, user: &UserId) -> Result<Belongings> {
        let count = |sql: &str| -> Result<u64> {
            let count: Option<(i64,)> = self.one(sql, &[user.as_str().into()])?;
            Ok(count.map_or(0, |(count,)| u64::try_from(count).unwrap_or(0)))
        };
        let discussions = count("SELECT COUNT(*) FROM discussions WHERE owner_id = $1")?;
        let runs =
            count("SELECT COUNT(*) FROM discussion_runs WHERE owner_id = $1 AND discussion_id IS NULL")?;
        Ok(Belongings {
            sessions: count("SELECT COUNT(*) FROM sessions WHERE owner_id = $1")?,
            discussions: discussions + runs,
            memories: count("SELECT COUNT(*) FROM memories WHERE user_id = $1")?,
            attachments: count("SELECT COUNT(*) FROM attachments WHERE owner_id = $1")?,
        })
    }

    fn hand_over(&mut self, from: &UserId, to: &UserId) -> Result<()> {
        let users = [from.as_str().into(), to.as_str().into()];
        let members = "kind = 'user' AND member_id";
        let of_owner = "session_id IN (SELECT id FROM sessions WHERE owner_id = $1)";
        for sql in [
            // Who gets a session may take part in it already.
            format!("DELETE FROM participants WHERE {members} = $2 AND {of_owner}"),
            format!("UPDATE participants SET member_id = $2 WHERE {members} = $1 AND {of_owner}"),
            "UPDATE sessions SET owner_id = $2 WHERE owner_id = $1".to_owned(),
            "UPDATE discussions SET owner_id = $2 WHERE owner_id = $1".to_owned(),
            "UPDATE discussion_runs SET owner_id = $2 WHERE owner_id = $1".to_owned(),
            "UPDATE memories SET user_id = $2 WHERE user_id = $1".to_owned(),
            "UPDATE attachments SET owner_id = $2 WHERE owner_id = $1".to_owned(),
        ] {
            self.exec(sql.as_str(), &users)?;
        }
        Ok(())
    }
}
