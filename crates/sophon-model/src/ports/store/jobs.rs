//! The durable queue.

use crate::{Job, JobId, Page, Paged, Queue, Result, TaskId, Timestamp};

/// What a process wants to take out of a queue.
#[derive(Clone, Copy, Debug)]
pub struct ClaimJobs<'a> {
    /// The queue.
    pub queue: Queue,
    /// The process that takes them.
    pub holder: &'a str,
    /// The present: jobs with a later time stay.
    pub now: Timestamp,
    /// Until when they are held.
    pub lease_until: Timestamp,
    /// At most so many.
    pub limit: usize,
    /// At most so many of one owner run at a time, in all processes, and those go first whose owner, and whose tenant, has
    /// the fewest. Without it the oldest go first.
    pub per_owner: Option<usize>,
}

/// How many jobs stand where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobCount {
    /// The queue.
    pub queue: Queue,
    /// The status.
    pub status: crate::JobStatus,
    /// How many.
    pub count: u64,
}

/// Jobs. The verbs of workers take the job as it was claimed, and do nothing (`false`) if its attempt no longer holds
/// it.
///
/// A transaction that changes a job and other rows touches the job first, and enqueues last. So no two transactions
/// wait for each other.
pub trait JobRows {
    /// Adds one: ready, or blocked behind another one with its serial key. `false` if there was one with its
    /// deduplication key, which takes over the payload and the earlier of both times.
    fn enqueue_job(&mut self, job: &Job) -> Result<bool>;
    /// Takes jobs that are due, by priority and then by time or fairly: status running, attempt raised by one.
    fn claim_jobs(&mut self, claim: &ClaimJobs<'_>) -> Result<Vec<Job>>;
    /// Makes jobs whose lease is over ready again, each with one more interruption. Returns how many.
    fn requeue_lapsed_jobs(&mut self, now: Timestamp) -> Result<u64>;
    /// The same with all that run: for a process that knows itself to be the only one, as it starts.
    fn requeue_running_jobs(&mut self, now: Timestamp) -> Result<u64>;
    /// When the next job becomes due or the next lease runs out, after `now`.
    fn next_job_at(&self, now: Timestamp) -> Result<Option<Timestamp>>;

    /// Prolongs a lease. From here to the end of the transaction nobody else can take the job.
    fn hold_job(&mut self, job: &Job, lease_until: Timestamp) -> Result<bool>;
    /// Notes that the worker got somewhere: interruptions from before do not count any more.
    fn note_job_progress(&mut self, job: &Job) -> Result<bool>;
    /// Prolongs all leases of a process; returns the jobs that it holds, each with its attempt.
    fn renew_jobs(&mut self, holder: &str, lease_until: Timestamp) -> Result<Vec<(JobId, i64)>>;
    /// Deletes a job that is done, or makes it ready if it is to run again; lets the next one with its serial key go.
    fn finish_job(&mut self, job: &Job, now: Timestamp) -> Result<bool>;
    /// Lets a job sleep until it is woken or `until`, if it was not woken since `job.wakes`. That it got here clears
    /// its interruptions and failures.
    fn park_job(&mut self, job: &Job, until: Timestamp) -> Result<bool>;
    /// Makes a job ready for later: after a failure if `error` says which, and else as a clean start.
    fn reschedule_job(&mut self, job: &Job, run_at: Timestamp, error: Option<&str>) -> Result<bool>;
    /// Keeps a job that has failed for good; lets the next one with its serial key go.
    fn bury_job(&mut self, job: &Job, error: &str, now: Timestamp) -> Result<bool>;

    /// Wakes the job behind a task: a parked one becomes ready, one that runs does not park before it has looked again.
    fn wake_job(&mut self, task: &TaskId, now: Timestamp) -> Result<bool>;
    /// Deletes the job behind a task, also while a worker holds it; lets the next one with its serial key go.
    fn delete_job_of(&mut self, task: &TaskId) -> Result<bool>;
    /// Deletes the job of a kind with this deduplication key, unless it runs.
    fn delete_waiting_job(&mut self, kind: &str, dedupe_key: &str) -> Result<bool>;
    /// Makes a dead job ready again; a conflict if another one has its deduplication key by now.
    fn revive_job(&mut self, id: &JobId, now: Timestamp) -> Result<Option<Job>>;
    /// Deletes a dead job. `false` if there is none with this id.
    fn delete_dead_job(&mut self, id: &JobId) -> Result<bool>;
    /// Deletes some of the jobs that died before, the oldest first; returns how many.
    fn prune_dead_jobs(&mut self, before: Timestamp) -> Result<u64>;

    /// The tasks whose jobs are due or throttled, in the order in which fair claims would take them as things stand now. Of
    /// very many the oldest; at most `limit`.
    fn waiting_tasks(&self, queue: Queue, now: Timestamp, limit: usize) -> Result<Vec<TaskId>>;
    /// The one behind a task.
    fn job_of(&self, task: &TaskId) -> Result<Option<Job>>;
    /// The dead ones, newest first.
    fn dead_jobs(&self, page: &Page) -> Result<Paged<Job>>;
    /// How many stand where.
    fn job_counts(&self) -> Result<Vec<JobCount>>;
}
