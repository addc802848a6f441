//! The durable queue.

mod claims;
mod crowd;
mod ends;
mod fair;
mod machine;
mod model;
pub mod processes;
mod races;
mod steps;

use std::sync::Arc;

use sophon_model::ports::{ClaimJobs, Store, Tx};
use sophon_model::{Job, JobId, JobStatus, Queue, Result, TaskId};

use crate::fixtures::{at, move_in, task};
use crate::harness::{Place, Rule, read, write};

/// The rules of the folder.
pub fn rules() -> Vec<Rule> {
    [
        claims::rules(),
        fair::rules(),
        ends::rules(),
        races::rules(),
        machine::rules(),
        crowd::rules(),
        processes::rules(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// How long a claim holds jobs.
const LEASE: i64 = 10;

/// The verbs as plain calls, each a transaction of its own.
#[derive(Clone)]
struct Calls(Arc<dyn Store>);

impl Calls {
    /// On a database with a session `s`.
    fn open(place: &Place) -> Self {
        let store = place.open();
        write(&*store, move_in).unwrap();
        Calls(store)
    }

    fn run<T: Send + 'static>(&self, work: impl FnOnce(&mut dyn Tx) -> Result<T> + Send + 'static) -> T {
        write(&*self.0, work).unwrap()
    }

    /// Enqueues jobs; says of each whether it is one more.
    fn enqueue(&self, jobs: Vec<Job>) -> Vec<bool> {
        self.run(move |tx| jobs.iter().map(|job| tx.enqueue_job(job)).collect())
    }

    /// Adds a task, and a job for it.
    fn enqueue_with_task(&self, job: Job) {
        self.run(move |tx| {
            tx.insert(&task(job.id.as_str(), "s", 1))?;
            tx.enqueue_job(&Job { task_id: Some(TaskId::from(job.id.as_str())), ..job })
        });
    }

    fn claim_some(&self, holder: &'static str, now: i64, limit: usize) -> Vec<Job> {
        self.run(move |tx| tx.claim_jobs(&claim(holder, now, limit)))
    }

    fn claim(&self, now: i64) -> Vec<Job> {
        self.claim_some("me", now, 100)
    }

    /// Claims the only job that is due.
    fn claim_one(&self, now: i64) -> Job {
        let [job] = <[Job; 1]>::try_from(self.claim(now)).unwrap();
        job
    }

    fn get(&self, id: &'static str) -> Option<Job> {
        read(&*self.0, move |tx| tx.get(&JobId::from(id)))
    }

    fn status(&self, id: &'static str) -> Option<JobStatus> {
        self.get(id).map(|job| job.status)
    }

    fn finish(&self, job: &Job, now: i64) -> bool {
        let job = job.clone();
        self.run(move |tx| tx.finish_job(&job, at(now)))
    }

    fn park(&self, job: &Job, until: i64) -> bool {
        let job = job.clone();
        self.run(move |tx| tx.park_job(&job, at(until)))
    }

    fn reschedule(&self, job: &Job, run_at: i64, error: Option<&'static str>) -> bool {
        let job = job.clone();
        self.run(move |tx| tx.reschedule_job(&job, at(run_at), error))
    }

    fn bury(&self, job: &Job, error: &'static str, now: i64) -> bool {
        let job = job.clone();
        self.run(move |tx| tx.bury_job(&job, error, at(now)))
    }

    fn hold(&self, job: &Job, until: i64) -> bool {
        let job = job.clone();
        self.run(move |tx| tx.hold_job(&job, at(until)))
    }

    fn wake(&self, task: &'static str, now: i64) -> bool {
        self.run(move |tx| tx.wake_job(&TaskId::from(task), at(now)))
    }

    fn requeue_lapsed(&self, now: i64) -> u64 {
        self.run(move |tx| tx.requeue_lapsed_jobs(at(now)))
    }

    fn revive(&self, id: &'static str, now: i64) -> Result<Option<Job>> {
        write(&*self.0, move |tx| tx.revive_job(&JobId::from(id), at(now)))
    }
}

/// Up to `limit` jobs of the queue that the fixtures are in.
fn claim(holder: &str, now: i64, limit: usize) -> ClaimJobs<'_> {
    ClaimJobs {
        queue: Queue::Delivery,
        holder,
        now: at(now),
        lease_until: at(now + LEASE),
        limit,
        per_owner: None,
    }
}

fn ids(jobs: &[Job]) -> Vec<&str> {
    jobs.iter().map(|job| job.id.as_str()).collect()
}

fn on_line(line: &str, job: Job) -> Job {
    Job { serial_key: Some(line.into()), ..job }
}

fn once(key: &str, job: Job) -> Job {
    Job { dedupe_key: Some(key.into()), ..job }
}

/// What is left of a job once its worker has let go of it.
fn at_rest(status: JobStatus, run_at: i64, held: &Job) -> Job {
    Job { status, run_at: at(run_at), holder: None, lease_until: None, ..held.clone() }
}
