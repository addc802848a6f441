//! Actions that wait for a person's verdict, or had it.

use sophon_model::ports::ApprovalRows;
use sophon_model::{Approval, ApprovalId, ApprovalStatus, Result, TaskId, Timestamp};

use crate::engine::{Conn, Verb};

impl ApprovalRows for Conn {
    fn resolve_approval(&mut self, approval: &Approval) -> Result<bool> {
        self.overwrite(Verb::UpdateFrom(ApprovalStatus::Pending.as_str()), approval)
    }

    fn consume_approval(&mut self, id: &ApprovalId, digest: &str, now: Timestamp) -> Result<bool> {
        let sql = "UPDATE approvals SET consumed_at = $3 WHERE id = $1 AND digest = $2 \
                   AND status IN ('approved', 'edited') AND consumed_at IS NULL";
        Ok(self.exec(sql, &[id.as_str().into(), digest.into(), now.into()])? > 0)
    }

    fn approvals_of_task(&self, task: &TaskId) -> Result<Vec<Approval>> {
        let sql = "task_id = $1 ORDER BY requested_at, id";
        Ok(self.those(sql, &[task.as_str().into()])?)
    }
}
