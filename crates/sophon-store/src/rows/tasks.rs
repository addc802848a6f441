//! The ledger of work.

use sophon_model::ports::{Canceller, TaskRows, Tx, Value};
use sophon_model::{Result, RightsOf, SessionId, Task, TaskId, Timestamp, UserId};

use crate::engine::{Conn, Verb};

impl TaskRows for Conn {
    fn update_open_task(&mut self, task: &Task) -> Result<bool> {
        self.overwrite(Verb::UpdateOpen, task)
    }

    fn request_cancel(&mut self, id: &TaskId, by: Canceller<'_>, now: Timestamp) -> Result<Option<Task>> {
        // The first request counts.
        let sql = "UPDATE tasks SET \
                   cancelled_by = CASE WHEN cancel_requested_at IS NULL THEN $2 ELSE cancelled_by END, \
                   cancel_reason = CASE WHEN cancel_requested_at IS NULL THEN $3 ELSE cancel_reason END, \
                   cancel_requested_at = COALESCE(cancel_requested_at, $4) \
                   WHERE id = $1 AND status IN ('queued', 'running')";
        let (user, reason) = match by {
            Canceller::User(user) => (user.as_str().into(), Value::Null),
            Canceller::Gateway(reason) => (Value::Null, reason.into()),
        };
        let noted = self.exec(sql, &[id.as_str().into(), user, reason, now.into()])? > 0;
        let tx: &dyn Tx = self;
        if noted { tx.get(id) } else { Ok(None) }
    }

    fn tasks_to_cancel(&self, limit: usize) -> Result<Vec<TaskId>> {
        let sql =
            "SELECT id FROM tasks WHERE status = 'running' AND cancel_requested_at IS NOT NULL LIMIT $1";
        let tasks: Vec<(TaskId,)> = self.all(sql, &[limit.into()])?;
        Ok(tasks.into_iter().map(|(id,)| id).collect())
    }

    fn child_tasks(&self, parent: &TaskId) -> Result<Vec<Task>> {
        let sql = "parent_id = $1 ORDER BY created_at, id";
        Ok(self.those(sql, &[parent.as_str().into()])?)
    }

    fn open_tasks_of(&self, session: &SessionId) -> Result<Vec<Task>> {
        let sql = "session_id = $1 AND status IN ('queued', 'running') \
                   ORDER BY created_at, id";
        Ok(self.those(sql, &[session.as_str().into()])?)
    }

    fn tasks_without_rights(&self, of: &RightsOf, now: Timestamp, limit: usize) -> Result<Vec<TaskId>> {
        // No row is held: the jobs of the tasks come first in every transaction.
        let (column, id) = match of {
            RightsOf::User(user) => ("user_id", user.as_str()),
            RightsOf::Tenant(tenant) => ("tenant_id", tenant.as_str()),
        };
        let sql = format!(
            "SELECT id FROM tasks WHERE {column} = $1 AND status IN ('queued', 'running') \
                   AND cancel_requested_at IS NULL AND ( \
                   NOT EXISTS (SELECT 1 FROM members WHERE id = tasks.user_id AND tenant_id = tasks.tenant_id \
                   AND status = 'active' AND tenant_status = 'active') \
                   OR api_token_id IS NOT NULL AND NOT EXISTS ( \
                   SELECT 1 FROM api_tokens WHERE id = tasks.api_token_id AND user_id = tasks.user_id \
                   AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2))) \
                   ORDER BY parent_id IS NOT NULL, id LIMIT $3"
        );
        let tasks: Vec<(TaskId,)> = self.all(sql.as_str(), &[id.into(), now.into(), limit.into()])?;
        Ok(tasks.into_iter().map(|(id,)| id).collect())
    }

    fn queued_tasks_of(&self, user: &UserId) -> Result<u64> {
        // As the index has it.
        let sql = "SELECT count(*) FROM tasks WHERE user_id = $1 AND status IN ('queued', 'running') \
                   AND status = 'queued' AND parent_id IS NULL";
        Ok(self.count(sql, &[user.as_str().into()])?)
    }

    fn queued_tasks(&self) -> Result<u64> {
        Ok(self.count("SELECT count(*) FROM tasks WHERE status = 'queued' AND parent_id IS NULL", &[])?)
    }
}
