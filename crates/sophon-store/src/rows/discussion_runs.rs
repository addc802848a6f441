//! Runs of discussions, and the turns in them.

use sophon_model::ports::DiscussionRunRows;
use sophon_model::{DiscussionRun, DiscussionRunId, DiscussionTurn, Result, TaskId, UserId};

use crate::engine::Conn;

/// By their tasks: those that people have asked for, and those that chats are in the middle of.
const OPEN_RUNS: &str = "SELECT \
     (SELECT count(*) FROM tasks WHERE status IN ('queued', 'running') AND parent_id IS NULL \
         AND user_id = $1 AND kind = 'discussion') + \
     (SELECT count(*) FROM tasks AS part JOIN tasks AS chat ON part.parent_id = chat.id \
         WHERE chat.status IN ('queued', 'running') AND chat.parent_id IS NULL AND chat.user_id = $1 \
         AND part.parent_id IS NOT NULL AND part.kind = 'discussion' AND part.status IN ('queued', 'running'))";

impl DiscussionRunRows for Conn {
    fn discussion_run_of_task(&self, task: &TaskId) -> Result<Option<DiscussionRun>> {
        Ok(self.that("task_id = $1", &[task.as_str().into()])?)
    }

    fn open_discussion_runs(&self, user: &UserId) -> Result<u64> {
        self.serialize_on(&format!("open_discussion_runs {user}"))?;
        Ok(self.count(OPEN_RUNS, &[user.as_str().into()])?)
    }

    fn discussion_turns(&self, run: &DiscussionRunId) -> Result<Vec<DiscussionTurn>> {
        let sql = "run_id = $1 ORDER BY round, started_at, panelist_id";
        Ok(self.those(sql, &[run.as_str().into()])?)
    }
}
