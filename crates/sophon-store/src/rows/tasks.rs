//! The ledger of work.

use sophon_model::ports::{TaskRows, Tx};
use sophon_model::{Result, SessionId, Task, TaskId, Timestamp, UserId};

use crate::engine::{Conn, Verb};

impl TaskRows for Conn {
    fn update_open_task(&mut self, task: &Task) -> Result<bool> {
        self.overwrite(Verb::UpdateOpen, task)
    }

    fn request_cancel(&mut self, id: &TaskId, by: &UserId, now: Timestamp) -> Result<Option<Task>> {
        let sql = "UPDATE tasks SET cancelled_by = COALESCE(cancelled_by, $2), \
                   cancel_requested_at = COALESCE(cancel_requested_at, $3) \
                   WHERE id = $1 AND status IN ('queued', 'running')";
        let noted = self.exec(sql, &[id.as_str().into(), by.as_str().into(), now.into()])? > 0;
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

    fn queued_tasks(&self) -> Result<u64> {
        Ok(self.count("SELECT count(*) FROM tasks WHERE status = 'queued' AND parent_id IS NULL", &[])?)
    }
}
