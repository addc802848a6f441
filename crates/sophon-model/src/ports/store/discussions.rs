//! Discussions and their runs.

use crate::{
    Discussion, DiscussionId, DiscussionRun, DiscussionRunId, DiscussionTurn, Page, Paged, Result, TaskId,
    Timestamp, UserId,
};

/// Discussions.
pub trait DiscussionRows {
    /// Adds one.
    fn insert_discussion(&mut self, discussion: &Discussion) -> Result<()>;
    /// Overwrites one.
    fn update_discussion(&mut self, discussion: &Discussion) -> Result<()>;
    /// Removes one with its runs.
    fn delete_discussion(&mut self, id: &DiscussionId) -> Result<()>;
    /// By id, in whatever tenant: the caller must be judged against what comes back.
    fn discussion(&self, id: &DiscussionId) -> Result<Option<Discussion>>;
    /// The owner's, newest first.
    fn discussions(&self, owner: &UserId, page: &Page) -> Result<Paged<Discussion>>;
}

/// Runs of discussions, and the turns in them.
pub trait DiscussionRunRows {
    /// Adds one.
    fn insert_discussion_run(&mut self, run: &DiscussionRun) -> Result<()>;
    /// Overwrites one.
    fn update_discussion_run(&mut self, run: &DiscussionRun) -> Result<()>;
    /// By id, in whatever tenant: the caller must be judged against what comes back.
    fn discussion_run(&self, id: &DiscussionRunId) -> Result<Option<DiscussionRun>>;
    /// The one that a task stands for.
    fn discussion_run_of_task(&self, task: &TaskId) -> Result<Option<DiscussionRun>>;
    /// Those of a discussion, newest first.
    fn discussion_runs(&self, discussion: &DiscussionId, page: &Page) -> Result<Paged<DiscussionRun>>;
    /// How many of a user's wait or run, those that its chats have called for too. Of the jobs that write, one after the
    /// other asks for the same user's, so that they can add to them up to a limit.
    fn open_discussion_runs(&self, user: &UserId) -> Result<u64>;
    /// Adds a turn; one with the same run, round and panelist is overwritten.
    fn put_discussion_turn(&mut self, turn: &DiscussionTurn) -> Result<()>;
    /// All turns of a run, by round, and within one in order of start.
    fn discussion_turns(&self, run: &DiscussionRunId) -> Result<Vec<DiscussionTurn>>;
    /// Removes runs that ended before, with their turns, oldest first and at most 100 at once; returns how many.
    fn prune_discussion_runs(&mut self, before: Timestamp) -> Result<u64>;
}
