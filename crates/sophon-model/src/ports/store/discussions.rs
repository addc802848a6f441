//! Discussions and their runs.

use crate::{DiscussionRun, DiscussionRunId, DiscussionTurn, Result, TaskId, UserId};

/// Runs of discussions, and the turns in them.
pub trait DiscussionRunRows {
    /// The one that a task stands for.
    fn discussion_run_of_task(&self, task: &TaskId) -> Result<Option<DiscussionRun>>;
    /// How many of a user's wait or run, those that its chats have called for too. Of the jobs that write, one after the
    /// other asks for the same user's, so that they can add to them up to a limit.
    fn open_discussion_runs(&self, user: &UserId) -> Result<u64>;
    /// All turns of a run, by round, and within one in order of start.
    fn discussion_turns(&self, run: &DiscussionRunId) -> Result<Vec<DiscussionTurn>>;
}
