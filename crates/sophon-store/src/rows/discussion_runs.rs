//! Runs of discussions, and the turns in them.

use sophon_model::ports::DiscussionRunRows;
use sophon_model::{
    DiscussionId, DiscussionRun, DiscussionRunId, DiscussionTurn, Page, Paged, Position, Result, TaskId,
    Timestamp, UserId,
};

use super::{Order, PRUNED_AT_ONCE, page};
use crate::engine::{Conn, Query, Table};

/// Runs that one call removes: with their turns about as many rows as of anything else.
const RUNS_PRUNED_AT_ONCE: usize = PRUNED_AT_ONCE / 100;

const DISCUSSION_RUNS: Table =
    Table::new("discussion_runs", "run of a discussion").json(&["panelists", "judge", "verdict"]);
const DISCUSSION_TURNS: Table = Table::new("discussion_turns", "turn in a discussion").json(&["usage"]);

/// By their tasks: those that people have asked for, and those that chats are in the middle of.
const OPEN_RUNS: &str = "SELECT \
     (SELECT count(*) FROM tasks WHERE status IN ('queued', 'running') AND parent_id IS NULL \
         AND user_id = $1 AND kind = 'discussion') + \
     (SELECT count(*) FROM tasks AS part JOIN tasks AS chat ON part.parent_id = chat.id \
         WHERE chat.status IN ('queued', 'running') AND chat.parent_id IS NULL AND chat.user_id = $1 \
         AND part.parent_id IS NOT NULL AND part.kind = 'discussion' AND part.status IN ('queued', 'running'))";

impl DiscussionRunRows for Conn {
    fn insert_discussion_run(&mut self, run: &DiscussionRun) -> Result<()> {
        self.insert(DISCUSSION_RUNS, run)
    }

    fn update_discussion_run(&mut self, run: &DiscussionRun) -> Result<()> {
        self.update(DISCUSSION_RUNS, run)
    }

    fn discussion_run(&self, id: &DiscussionRunId) -> Result<Option<DiscussionRun>> {
        Ok(self.one("SELECT * FROM discussion_runs WHERE id = $1", &[id.as_str().into()])?)
    }

    fn discussion_run_of_task(&self, task: &TaskId) -> Result<Option<DiscussionRun>> {
        Ok(self.one("SELECT * FROM discussion_runs WHERE task_id = $1", &[task.as_str().into()])?)
    }

    fn discussion_runs(&self, discussion: &DiscussionId, wanted: &Page) -> Result<Paged<DiscussionRun>> {
        let mut query = Query::new("SELECT * FROM discussion_runs WHERE discussion_id = ");
        query.bind(discussion.as_str());
        page(&mut query, "created_at", Order::NewestFirst, wanted);
        let position =
            |run: &DiscussionRun| Position { at: run.created_at.as_millis(), id: run.id.to_string() };
        Ok(Paged::from_one_more(self.select(&query)?, wanted, position))
    }

    fn open_discussion_runs(&self, user: &UserId) -> Result<u64> {
        self.serialize_on(&format!("open_discussion_runs {user}"))?;
        Ok(self.count(OPEN_RUNS, &[user.as_str().into()])?)
    }

    fn put_discussion_turn(&mut self, turn: &DiscussionTurn) -> Result<()> {
        Ok(self.put(DISCUSSION_TURNS, turn, &["run_id", "round", "panelist_id"])?)
    }

    fn discussion_turns(&self, run: &DiscussionRunId) -> Result<Vec<DiscussionTurn>> {
        let sql = "SELECT * FROM discussion_turns WHERE run_id = $1 ORDER BY round, started_at, panelist_id";
        Ok(self.all(sql, &[run.as_str().into()])?)
    }

    fn prune_discussion_runs(&mut self, before: Timestamp) -> Result<u64> {
        // Their turns go with them: the table says so.
        let sql = "DELETE FROM discussion_runs WHERE id IN \
                   (SELECT id FROM discussion_runs WHERE ended_at < $1 ORDER BY ended_at LIMIT $2)";
        Ok(self.exec(sql, &[before.into(), RUNS_PRUNED_AT_ONCE.into()])?)
    }
}
