//! The queue as a map in memory: what its verbs mean, without SQL.

use std::collections::BTreeMap;

use sophon_model::ports::ClaimJobs;
use sophon_model::{Job, JobId, JobStatus, TaskId, Timestamp};

/// All jobs.
#[derive(Default)]
pub struct Model(pub BTreeMap<JobId, Job>);

/// Whether it keeps others with its serial key waiting.
pub fn is_active(job: &Job) -> bool {
    matches!(job.status, JobStatus::Ready | JobStatus::Running | JobStatus::Parked)
}

fn is_due(job: &Job, now: Timestamp) -> bool {
    matches!(job.status, JobStatus::Ready | JobStatus::Parked) && job.run_at <= now
}

fn rest(job: &mut Job, status: JobStatus, run_at: Timestamp) {
    (job.status, job.run_at) = (status, run_at);
    (job.holder, job.lease_until) = (None, None);
}

fn start_afresh(job: &mut Job) {
    (job.failures, job.interruptions, job.error) = (0, 0, None);
}

impl Model {
    /// The unfinished job that does the same.
    fn same(&mut self, job: &Job) -> Option<&mut Job> {
        let key = job.dedupe_key.as_ref()?;
        let mut others = self.0.values_mut();
        others.find(|other| {
            other.kind == job.kind
                && other.dedupe_key.as_ref() == Some(key)
                && other.status != JobStatus::Dead
        })
    }

    /// Lets the next job go if none with the serial key is active.
    fn free(&mut self, serial_key: Option<&String>) {
        let Some(key) = serial_key else { return };
        let on_line = self.0.values_mut().filter(|job| job.serial_key.as_ref() == Some(key));
        let mut on_line: Vec<&mut Job> = on_line.collect();
        if !on_line.iter().any(|job| is_active(job)) {
            on_line.retain(|job| job.status == JobStatus::Blocked);
            let next = on_line.into_iter().min_by_key(|job| (job.priority, job.created_at, job.id.clone()));
            if let Some(job) = next {
                job.status = JobStatus::Ready;
            }
        }
    }

    /// The job, if this attempt holds it.
    fn held(&mut self, job: &Job) -> Option<&mut Job> {
        let stored = self.0.get_mut(&job.id);
        stored.filter(|stored| stored.status == JobStatus::Running && stored.attempt == job.attempt)
    }

    fn of(&mut self, task: &TaskId) -> Option<&mut Job> {
        self.0.values_mut().find(|job| job.task_id.as_ref() == Some(task))
    }

    fn delete(&mut self, id: &JobId) -> bool {
        let deleted = self.0.remove(id);
        self.free(deleted.as_ref().and_then(|job| job.serial_key.as_ref()));
        deleted.is_some()
    }

    pub fn enqueue(&mut self, job: &Job) -> bool {
        if let Some(same) = self.same(job) {
            same.payload = job.payload.clone();
            if same.status == JobStatus::Running {
                same.again_at = Some(same.again_at.map_or(job.run_at, |at| at.min(job.run_at)));
            } else {
                same.run_at = same.run_at.min(job.run_at);
            }
            return false;
        }
        let mut job = job.clone();
        let blocks =
            |other: &&Job| job.serial_key.is_some() && other.serial_key == job.serial_key && is_active(other);
        let is_blocked = self.0.values().any(|other| blocks(&other));
        job.status = if is_blocked { JobStatus::Blocked } else { JobStatus::Ready };
        self.0.insert(job.id.clone(), job);
        true
    }

    pub fn claim(&mut self, claim: &ClaimJobs<'_>) -> Vec<Job> {
        let due = self.0.values_mut().filter(|job| job.queue == claim.queue && is_due(job, claim.now));
        let mut due: Vec<&mut Job> = due.collect();
        due.sort_by_key(|job| (job.priority, job.run_at, job.id.clone()));
        let claimed = due.into_iter().take(claim.limit).map(|job| {
            job.status = JobStatus::Running;
            job.attempt += 1;
            job.holder = Some(claim.holder.to_owned());
            job.lease_until = Some(claim.lease_until);
            job.clone()
        });
        claimed.collect()
    }

    pub fn requeue(&mut self, now: Timestamp, is_lapsed: impl Fn(&Job) -> bool) -> u64 {
        let mut requeued = 0;
        for job in self.0.values_mut().filter(|job| job.status == JobStatus::Running && is_lapsed(job)) {
            rest(job, JobStatus::Ready, now);
            job.interruptions += 1;
            requeued += 1;
        }
        requeued
    }

    pub fn next_at(&self, now: Timestamp) -> Option<Timestamp> {
        let waits = |job: &&Job| matches!(job.status, JobStatus::Ready | JobStatus::Parked);
        let due = self.0.values().filter(waits).map(|job| job.run_at).filter(|run_at| *run_at > now);
        due.chain(self.0.values().filter_map(|job| job.lease_until)).min()
    }

    pub fn hold(&mut self, job: &Job, lease_until: Timestamp) -> bool {
        self.held(job).map(|job| job.lease_until = Some(lease_until)).is_some()
    }

    pub fn renew(&mut self, holder: &str, lease_until: Timestamp) -> Vec<(JobId, i64)> {
        let held = self.0.values_mut().filter(|job| job.holder.as_deref() == Some(holder));
        let renewed = held.map(|job| {
            job.lease_until = Some(lease_until);
            (job.id.clone(), job.attempt)
        });
        renewed.collect()
    }

    pub fn finish(&mut self, job: &Job, now: Timestamp) -> bool {
        let Some(held) = self.held(job) else { return false };
        let Some(again_at) = held.again_at.take() else { return self.delete(&job.id) };
        rest(held, JobStatus::Ready, again_at.max(now));
        start_afresh(held);
        true
    }

    pub fn park(&mut self, job: &Job, until: Timestamp) -> bool {
        let Some(held) = self.held(job).filter(|held| held.wakes == job.wakes) else { return false };
        rest(held, JobStatus::Parked, until);
        start_afresh(held);
        true
    }

    pub fn reschedule(&mut self, job: &Job, run_at: Timestamp, error: Option<&str>) -> bool {
        let Some(held) = self.held(job) else { return false };
        rest(held, JobStatus::Ready, run_at);
        held.interruptions = 0;
        held.again_at = None;
        held.failures = if error.is_some() { job.failures + 1 } else { 0 };
        held.error = error.map(Into::into);
        true
    }

    pub fn bury(&mut self, job: &Job, error: &str, now: Timestamp) -> bool {
        let Some(held) = self.held(job) else { return false };
        rest(held, JobStatus::Dead, now);
        held.again_at = None;
        held.error = Some(error.into());
        self.free(job.serial_key.as_ref());
        true
    }

    pub fn wake(&mut self, task: &TaskId, now: Timestamp) -> bool {
        let Some(job) = self.of(task) else { return false };
        job.wakes += 1;
        if job.status == JobStatus::Parked {
            (job.status, job.run_at) = (JobStatus::Ready, now);
        }
        true
    }

    pub fn delete_of(&mut self, task: &TaskId) -> bool {
        let id = self.of(task).map(|job| job.id.clone());
        id.is_some_and(|id| self.delete(&id))
    }

    pub fn delete_waiting(&mut self, like: &Job) -> bool {
        let id = self.same(like).filter(|job| job.status != JobStatus::Running).map(|job| job.id.clone());
        id.is_some_and(|id| self.delete(&id))
    }

    /// `Err` if another job does the same by now.
    pub fn revive(&mut self, id: &JobId, now: Timestamp) -> Result<Option<Job>, ()> {
        let Some(dead) = self.0.get(id).filter(|job| job.status == JobStatus::Dead).cloned() else {
            return Ok(None);
        };
        if self.same(&dead).is_some() {
            return Err(());
        }
        let mut revived = dead;
        start_afresh(&mut revived);
        revived.run_at = now;
        self.enqueue(&revived);
        Ok(self.0.get(id).cloned())
    }
}
