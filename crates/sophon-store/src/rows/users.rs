//! People, and the tenants that they are members of.

use sophon_model::ports::{Belongings, UserRows};
use sophon_model::{Membership, Result, TenantId, User, UserId};

use crate::engine::Conn;

impl UserRows for Conn {
    fn user_by_email(&self, email: &str) -> Result<Option<User>> {
        Ok(self.that("email = $1", &[email.into()])?)
    }

    fn first_user(&self) -> Result<Option<User>> {
        let is_administrator = "status = 'active' AND EXISTS (SELECT 1 FROM memberships AS m JOIN tenants AS t \
             ON t.id = m.tenant_id WHERE m.user_id = users.id AND m.role = 'Admin' AND t.is_main)";
        let sql =
            format!("TRUE ORDER BY CASE WHEN {is_administrator} THEN 0 ELSE 1 END, created_at, id LIMIT 1");
        Ok(self.that(sql.as_str(), &[])?)
    }

    fn user_to_change(&mut self, id: &UserId) -> Result<Option<User>> {
        let sql = format!("id = $1 {}", self.for_update());
        Ok(self.that(sql.as_str(), &[id.as_str().into()])?)
    }

    fn administrators_to_keep(&mut self, user: &UserId) -> Result<Vec<(TenantId, UserId)>> {
        let sql = format!(
            "SELECT m.tenant_id, m.user_id FROM memberships AS m JOIN users AS u ON u.id = m.user_id \
             WHERE m.tenant_id IN (SELECT tenant_id FROM memberships WHERE user_id = $1) \
             AND m.role = 'Admin' AND u.status = 'active' ORDER BY m.user_id, m.tenant_id {}",
            self.for_update()
        );
        Ok(self.all(sql.as_str(), &[user.as_str().into()])?)
    }

    fn membership_to_change(&mut self, tenant: &TenantId, user: &UserId) -> Result<Option<Membership>> {
        let sql = format!("tenant_id = $1 AND user_id = $2 {}", self.for_update());
        Ok(self.that(sql.as_str(), &[tenant.as_str().into(), user.as_str().into()])?)
    }

    fn delete_membership(&mut self, tenant: &TenantId, user: &UserId) -> Result<bool> {
        let sql = "DELETE FROM memberships WHERE tenant_id = $1 AND user_id = $2";
        Ok(self.exec(sql, &[tenant.as_str().into(), user.as_str().into()])? > 0)
    }

    fn belongings(&self, tenant: &TenantId, user: &UserId) -> Result<Belongings> {
        let count = |what: &str| -> Result<u64> {
            let sql = format!("SELECT COUNT(*) FROM {what} = $1 AND tenant_id = $2");
            Ok(self.count(sql.as_str(), &[user.as_str().into(), tenant.as_str().into()])?)
        };
        let discussions = count("discussions WHERE owner_id")?;
        let runs = count("discussion_runs WHERE discussion_id IS NULL AND owner_id")?;
        Ok(Belongings {
            sessions: count("sessions WHERE owner_id")?,
            discussions: discussions + runs,
            memories: count("memories WHERE user_id")?,
            attachments: count("attachments WHERE owner_id")?,
        })
    }

    fn hand_over(&mut self, tenant: &TenantId, from: &UserId, to: &UserId) -> Result<()> {
        let args = [from.as_str().into(), to.as_str().into(), tenant.as_str().into()];
        let members = "tenant_id = $3 AND kind = 'user' AND member_id";
        let of_owner = "session_id IN (SELECT id FROM sessions WHERE owner_id = $1 AND tenant_id = $3)";
        for sql in [
            // Who gets a session may take part in it already.
            format!("DELETE FROM participants WHERE {members} = $2 AND {of_owner}"),
            format!("UPDATE participants SET member_id = $2 WHERE {members} = $1 AND {of_owner}"),
            "UPDATE sessions SET owner_id = $2 WHERE owner_id = $1 AND tenant_id = $3".to_owned(),
            "UPDATE discussions SET owner_id = $2 WHERE owner_id = $1 AND tenant_id = $3".to_owned(),
            "UPDATE discussion_runs SET owner_id = $2 WHERE owner_id = $1 AND tenant_id = $3".to_owned(),
            "UPDATE memories SET user_id = $2 WHERE user_id = $1 AND tenant_id = $3".to_owned(),
            "UPDATE attachments SET owner_id = $2 WHERE owner_id = $1 AND tenant_id = $3".to_owned(),
        ] {
            self.exec(sql.as_str(), &args)?;
        }
        Ok(())
    }

    fn leave_sessions(&mut self, tenant: &TenantId, user: &UserId) -> Result<()> {
        let sql = "DELETE FROM participants WHERE kind = 'user' AND member_id = $1 AND tenant_id = $2 AND role <> 'owner'";
        self.exec(sql, &[user.as_str().into(), tenant.as_str().into()])?;
        Ok(())
    }
}
