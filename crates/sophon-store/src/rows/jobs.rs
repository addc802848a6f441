//! The durable queue.
//!
//! Of the jobs with one serial key one is *active* (ready, running or parked), and a unique index sees to it; the others
//! are blocked. So a claim looks at jobs that are due and at nothing else. What changes who is active takes a lock on
//! the key first, so that a job that is enqueued while the active one ends is not left behind.

use sophon_model::ports::{ClaimJobs, EntityRows, JobCount, JobRows, Record, Shape, Tx, Value};
use sophon_model::{
    Error, Job, JobId, JobStatus, Page, Paged, Position, Priority, Queue, Result, TaskId, Timestamp,
};

use super::{PRUNED_AT_ONCE, page};
use crate::engine::{Conn, Failure, Sql, json_text};

const DUE: &str = "queue = $1 AND priority = $2 AND status IN ('ready', 'parked') \
     AND run_at <= $3 ORDER BY run_at, id LIMIT $4";

/// The list of ids is bound as JSON.
const CLAIM: (&str, &str) = (
    "UPDATE jobs SET status = 'running', attempt = attempt + 1, holder = $2, lease_until = $3, is_throttled = FALSE \
     WHERE id IN (SELECT value FROM json_each($1))",
    "UPDATE jobs SET status = 'running', attempt = attempt + 1, holder = $2, lease_until = $3, is_throttled = FALSE \
     WHERE id = ANY (ARRAY(SELECT json_array_elements_text($1)))",
);

/// Jobs that run become ready again, as their workers have gone away without a word.
const INTERRUPTED: &str = "UPDATE jobs SET status = 'ready', run_at = $1, interruptions = interruptions + 1, \
     holder = NULL, lease_until = NULL WHERE status = 'running'";

const HELD: &str = "id = $1 AND attempt = $2 AND status = 'running'";

const REVIVED_TWICE: &str = "Another job does the same by now. Delete this one.";

impl JobRows for Conn {
    fn enqueue_job(&mut self, job: &Job) -> Result<bool> {
        // The serial key comes last: the job that takes over the payload may be ending, and its transaction needs the
        // lock on that key next.
        if self.renew_waiting(job)? {
            return Ok(false);
        }
        let mut job = job.clone();
        if let Some(key) = &job.serial_key {
            self.serialize_on(&lane(key))?;
            let sql = "SELECT count(*) FROM jobs WHERE serial_key = $1 AND status IN ('ready', 'running', 'parked')";
            let is_free = self.count(sql, &[key.as_str().into()])? == 0;
            job.status = if is_free { JobStatus::Ready } else { JobStatus::Blocked };
        }
        self.insert_row(Shape::of::<Job>(), &Record::of(&job)?)?;
        Ok(true)
    }

    fn claim_jobs(&mut self, claim: &ClaimJobs<'_>) -> Result<Vec<Job>> {
        if let Some(per_owner) = claim.per_owner {
            return Ok(self.claim_fairly(claim, per_owner)?);
        }
        // PostgreSQL is to lock what it chooses, and to pass over what others have.
        let due = format!("{DUE} {}", self.unlocked());
        let mut claimed: Vec<Job> = Vec::new();
        for priority in Priority::ALL {
            let Some(room) = claim.limit.checked_sub(claimed.len()).filter(|room| *room > 0) else { break };
            let priority = i64::from(priority).into();
            let args = [claim.queue.as_str().into(), priority, claim.now.into(), room.into()];
            claimed.extend(self.those::<Job>(due.as_str(), &args)?);
        }
        self.hand_out(&mut claimed, claim)?;
        Ok(claimed)
    }

    fn requeue_lapsed_jobs(&mut self, now: Timestamp) -> Result<u64> {
        let sql = format!("{INTERRUPTED} AND lease_until <= $1");
        Ok(self.exec(sql.as_str(), &[now.into()])?)
    }

    fn requeue_running_jobs(&mut self, now: Timestamp) -> Result<u64> {
        Ok(self.exec(INTERRUPTED, &[now.into()])?)
    }

    fn next_job_at(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        let due = "SELECT run_at FROM jobs WHERE status IN ('ready', 'parked') AND run_at > $1 ORDER BY run_at LIMIT 1";
        let lapses = "SELECT lease_until FROM jobs WHERE status = 'running' ORDER BY lease_until LIMIT 1";
        let due: Option<(Timestamp,)> = self.one(due, &[now.into()])?;
        let lapses: Option<(Timestamp,)> = self.one(lapses, &[])?;
        Ok(due.into_iter().chain(lapses).map(|(at,)| at).min())
    }

    fn hold_job(&mut self, job: &Job, lease_until: Timestamp) -> Result<bool> {
        let sql = format!("UPDATE jobs SET lease_until = $3 WHERE {HELD}");
        let args = [job.id.as_str().into(), job.attempt.into(), lease_until.into()];
        Ok(self.exec(sql.as_str(), &args)? > 0)
    }

    fn note_job_progress(&mut self, job: &Job) -> Result<bool> {
        let sql = format!("UPDATE jobs SET interruptions = 0 WHERE {HELD}");
        Ok(self.exec(sql.as_str(), &[job.id.as_str().into(), job.attempt.into()])? > 0)
    }

    fn renew_jobs(&mut self, holder: &str, lease_until: Timestamp) -> Result<Vec<(JobId, i64)>> {
        let sql =
            "UPDATE jobs SET lease_until = $2 WHERE holder = $1 AND status = 'running' RETURNING id, attempt";
        Ok(self.all(sql, &[holder.into(), lease_until.into()])?)
    }

    fn finish_job(&mut self, job: &Job, now: Timestamp) -> Result<bool> {
        let held = [job.id.as_str().into(), job.attempt.into()];
        let sql = format!("DELETE FROM jobs WHERE {HELD} AND again_at IS NULL");
        if self.exec(sql.as_str(), &held)? > 0 {
            self.free(job.serial_key.as_deref())?;
            return Ok(true);
        }
        let sql = format!(
            "UPDATE jobs SET status = 'ready', run_at = CASE WHEN again_at > $3 THEN again_at ELSE $3 END, \
             again_at = NULL, failures = 0, interruptions = 0, error = NULL, holder = NULL, lease_until = NULL WHERE {HELD}"
        );
        Ok(self.exec(sql.as_str(), &[job.id.as_str().into(), job.attempt.into(), now.into()])? > 0)
    }

    fn park_job(&mut self, job: &Job, until: Timestamp) -> Result<bool> {
        let sql = format!(
            "UPDATE jobs SET status = 'parked', run_at = $3, failures = 0, interruptions = 0, error = NULL, \
             holder = NULL, lease_until = NULL WHERE {HELD} AND wakes = $4"
        );
        let args = [job.id.as_str().into(), job.attempt.into(), until.into(), job.wakes.into()];
        Ok(self.exec(sql.as_str(), &args)? > 0)
    }

    fn reschedule_job(&mut self, job: &Job, run_at: Timestamp, error: Option<&str>) -> Result<bool> {
        let sql = format!(
            "UPDATE jobs SET status = 'ready', run_at = $3, failures = $4, interruptions = 0, error = $5, \
             again_at = NULL, holder = NULL, lease_until = NULL WHERE {HELD}"
        );
        let failures = if error.is_some() { job.failures + 1 } else { 0 };
        let args = [
            job.id.as_str().into(),
            job.attempt.into(),
            run_at.into(),
            failures.into(),
            error.map_or(Value::Null, Value::Text),
        ];
        Ok(self.exec(sql.as_str(), &args)? > 0)
    }

    fn bury_job(&mut self, job: &Job, error: &str, now: Timestamp) -> Result<bool> {
        let sql = format!(
            "UPDATE jobs SET status = 'dead', run_at = $3, error = $4, again_at = NULL, holder = NULL, \
             lease_until = NULL WHERE {HELD}"
        );
        let args = [job.id.as_str().into(), job.attempt.into(), now.into(), error.into()];
        let buried = self.exec(sql.as_str(), &args)? > 0;
        if buried {
            self.free(job.serial_key.as_deref())?;
        }
        Ok(buried)
    }

    fn wake_job(&mut self, task: &TaskId, now: Timestamp) -> Result<bool> {
        let sql = "UPDATE jobs SET wakes = wakes + 1, \
                   run_at = CASE WHEN status = 'parked' THEN $2 ELSE run_at END, \
                   status = CASE WHEN status = 'parked' THEN 'ready' ELSE status END WHERE task_id = $1";
        Ok(self.exec(sql, &[task.as_str().into(), now.into()])? > 0)
    }

    fn delete_job_of(&mut self, task: &TaskId) -> Result<bool> {
        self.delete_one("DELETE FROM jobs WHERE task_id = $1", &[task.as_str().into()])
    }

    fn delete_waiting_job(&mut self, kind: &str, dedupe_key: &str) -> Result<bool> {
        // One that is being claimed runs, as far as this is concerned.
        let sql = format!(
            "DELETE FROM jobs WHERE id IN (SELECT id FROM jobs WHERE kind = $1 AND dedupe_key = $2 \
             AND status IN ('ready', 'blocked', 'parked') {})",
            self.unlocked()
        );
        self.delete_one(&sql, &[kind.into(), dedupe_key.into()])
    }

    fn revive_job(&mut self, id: &JobId, now: Timestamp) -> Result<Option<Job>> {
        let Some(dead) = self.kept(id)?.filter(|job| job.status == JobStatus::Dead) else {
            return Ok(None);
        };
        let sql = "DELETE FROM jobs WHERE id = $1 AND status = 'dead'";
        if self.exec(sql, &[id.as_str().into()])? == 0 {
            return Ok(None);
        }
        let revived =
            Job { status: JobStatus::Ready, run_at: now, failures: 0, interruptions: 0, error: None, ..dead };
        if !self.enqueue_job(&revived)? {
            return Err(Error::conflict(REVIVED_TWICE));
        }
        self.kept(id)
    }

    fn delete_dead_job(&mut self, id: &JobId) -> Result<bool> {
        Ok(self.exec("DELETE FROM jobs WHERE id = $1 AND status = 'dead'", &[id.as_str().into()])? > 0)
    }

    fn prune_dead_jobs(&mut self, before: Timestamp) -> Result<u64> {
        let sql = "DELETE FROM jobs WHERE id IN \
                   (SELECT id FROM jobs WHERE status = 'dead' AND run_at < $1 ORDER BY run_at LIMIT $2)";
        Ok(self.exec(sql, &[before.into(), PRUNED_AT_ONCE.into()])?)
    }

    fn waiting_tasks(&self, queue: Queue, now: Timestamp, limit: usize) -> Result<Vec<TaskId>> {
        Ok(self.in_fair_order(queue, now, limit)?)
    }

    fn job_of(&self, task: &TaskId) -> Result<Option<Job>> {
        Ok(self.that("task_id = $1", &[task.as_str().into()])?)
    }

    fn dead_jobs(&self, wanted: &Page) -> Result<Paged<Job>> {
        let mut query = self.query::<Job>();
        query.push("status = 'dead'");
        page(&mut query, "run_at", wanted);
        let position = |job: &Job| Position { at: job.run_at.as_millis(), id: job.id.to_string() };
        Ok(Paged::from_one_more(self.found_by(&query)?, wanted, position))
    }

    fn job_counts(&self) -> Result<Vec<JobCount>> {
        let sql = "SELECT queue, status, count(*) FROM jobs GROUP BY queue, status ORDER BY queue, status";
        let rows: Vec<(Queue, JobStatus, u64)> = self.all(sql, &[])?;
        Ok(rows.into_iter().map(|(queue, status, count)| JobCount { queue, status, count }).collect())
    }
}

impl Conn {
    /// Gives jobs that are due to the process that claims them.
    pub(super) fn hand_out(&self, jobs: &mut [Job], claim: &ClaimJobs<'_>) -> Result<(), Failure> {
        if jobs.is_empty() {
            return Ok(());
        }
        for job in &mut *jobs {
            job.status = JobStatus::Running;
            job.attempt += 1;
            job.holder = Some(claim.holder.to_owned());
            job.lease_until = Some(claim.lease_until);
            job.is_throttled = false;
        }
        let ids: Vec<&JobId> = jobs.iter().map(|job| &job.id).collect();
        let args = [Value::Json(&json_text(&ids)?), claim.holder.into(), claim.lease_until.into()];
        self.exec(CLAIM, &args)?;
        Ok(())
    }

    fn kept(&self, id: &JobId) -> Result<Option<Job>> {
        let tx: &dyn Tx = self;
        tx.get(id)
    }

    /// What PostgreSQL adds to a SELECT that is to lock its rows and to pass over those that others have locked.
    pub(super) fn unlocked(&self) -> &'static str {
        Sql::from(("", "FOR UPDATE SKIP LOCKED")).of(self.engine())
    }

    /// Has the unfinished job with the deduplication key of `job`, if there is one, stand for it.
    fn renew_waiting(&self, job: &Job) -> Result<bool, Failure> {
        let Some(key) = &job.dedupe_key else { return Ok(false) };
        let sql = "UPDATE jobs SET payload = $3, \
                   again_at = CASE WHEN status <> 'running' OR again_at < $4 THEN again_at ELSE $4 END, \
                   run_at = CASE WHEN status <> 'running' AND $4 < run_at THEN $4 ELSE run_at END \
                   WHERE kind = $1 AND dedupe_key = $2 AND status <> 'dead'";
        let payload = json_text(&job.payload)?;
        let args = [job.kind.as_str().into(), key.as_str().into(), Value::Json(&payload), job.run_at.into()];
        // Two that enqueue at once must not both miss the other.
        self.serialize_on(&format!("job {} {key}", job.kind))?;
        Ok(self.exec(sql, &args)? > 0)
    }

    /// Runs a statement that deletes at most one job. If it was the active one of its serial key, the next one goes.
    fn delete_one(&self, delete: &str, args: &[Value<'_>]) -> Result<bool> {
        let sql = format!("{delete} RETURNING serial_key, status");
        let deleted: Option<(Option<String>, JobStatus)> = self.one(sql.as_str(), args)?;
        let Some((serial_key, status)) = deleted else { return Ok(false) };
        if !matches!(status, JobStatus::Blocked | JobStatus::Dead) {
            self.free(serial_key.as_deref())?;
        }
        Ok(true)
    }

    /// Lets the next job with a serial key go, whose active one has just ended.
    fn free(&self, serial_key: Option<&str>) -> Result<(), Failure> {
        let Some(key) = serial_key else { return Ok(()) };
        self.serialize_on(&lane(key))?;
        // One that is being deleted is waited for, and then the one after it goes.
        let lock = Sql::from(("", "FOR UPDATE")).of(self.engine());
        let sql = format!(
            "UPDATE jobs SET status = 'ready' WHERE id = (SELECT id FROM jobs \
             WHERE serial_key = $1 AND status = 'blocked' ORDER BY priority, created_at, id LIMIT 1 {lock})"
        );
        self.exec(sql.as_str(), &[key.into()])?;
        Ok(())
    }
}

/// What those are serialized on that change which job of a serial key is active.
fn lane(serial_key: &str) -> String {
    format!("jobs {serial_key}")
}
