//! Two stores that work on one queue, with workers that stall, fail, park and crash: what was done in the end is what
//! was to be done, once and in order. (SQLite has one store, with as many workers.)

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use serde_json::json;
use sophon_model::ports::{ClaimJobs, Tx};
use sophon_model::{Job, JobId, Result, TaskId, Timestamp};

use super::{Calls, claim, on_line};
use crate::fixtures::{at, job, task};
use crate::harness::{Engine, PATIENCE, Place, Rule, read, rule, write_repeatable};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(two_stores_do_each_job_once_and_in_order),
        rule(with_fencing_a_job_is_done_by_the_one_that_holds_it),
        rule(without_fencing_a_job_is_done_twice),
        rule(without_lines_a_job_overtakes_another),
    ]
}

/// Lines, the first of which stands for jobs that are on none.
pub(super) const LINES: usize = 5;
/// Jobs a line.
pub(super) const EACH: usize = 12;
pub(super) const ALL: usize = LINES * EACH;
/// Workers a store.
const WORKERS: usize = 3;
/// How long a claim of this test holds jobs, by a clock that goes on with each claim.
const LEASE: i64 = 60;
/// How often a transaction is tried that PostgreSQL has ended to let another one pass.
const TRIES: usize = 100;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fencing {
    On,
    Off,
}

pub(super) fn named(line: usize, n: usize) -> Job {
    let job = job(&format!("{line}-{n:02}"), n as i64);
    if line == 0 { job } else { on_line(&line.to_string(), job) }
}

/// Where what a job has done is written down: a place for each line, and for each job that is on none.
pub(super) fn ledger(job: &Job) -> TaskId {
    TaskId::from(job.serial_key.as_deref().unwrap_or(job.id.as_str()))
}

pub(super) fn open_ledgers(tx: &mut dyn Tx) -> Result<()> {
    let lines = (1..LINES).map(|line| line.to_string());
    let alone = (0..EACH).map(|n| named(0, n).id.to_string());
    lines.chain(alone).try_for_each(|id| tx.insert(&task(&id, "s", 1)))
}

/// Does a job: notes it down and finishes it, in one transaction. `false` if the worker has lost it.
pub(super) fn perform(tx: &mut dyn Tx, job: &Job, ledger: &TaskId, fencing: Fencing) -> Result<bool> {
    let is_held = tx.hold_job(job, at(i64::from(u32::MAX)))?;
    if fencing == Fencing::On && !is_held {
        return Ok(false);
    }
    let number = u32::try_from(tx.steps(ledger)?.len()).unwrap();
    tx.insert_step(ledger, number, &json!([job.id, job.attempt]))?;
    tx.finish_job(job, Timestamp::default())?;
    Ok(true)
}

/// What was done, by ledger, in order: which job, at which attempt.
pub(super) fn done(calls: &Calls) -> BTreeMap<String, Vec<(JobId, i64)>> {
    let lines = (1..LINES).map(|line| line.to_string());
    let ids = lines.chain((0..EACH).map(|n| named(0, n).id.to_string()));
    let read_one = |id: String| {
        let task = TaskId::from(id.as_str());
        let steps = read(&*calls.0, move |tx| tx.steps(&task));
        (id, steps.into_iter().map(|step| serde_json::from_value(step).unwrap()).collect())
    };
    ids.map(read_one).collect()
}

/// What is wrong with what was done, if each of so many jobs was to be done once, and in order.
pub(super) fn judge(done: &[(JobId, i64)], expected: usize) -> Option<String> {
    let jobs: Vec<&JobId> = done.iter().map(|(job, _)| job).collect();
    let mut in_order = jobs.clone();
    in_order.sort();
    let mut distinct = in_order.clone();
    distinct.dedup();
    let wrong = match () {
        () if distinct.len() < jobs.len() => "a job was done twice",
        () if in_order != jobs => "a job has overtaken another",
        () if jobs.len() != expected => "a job was lost",
        () => return None,
    };
    Some(format!("{wrong}: {done:?}"))
}

/// A transaction that is tried again if it had to make way.
pub(super) fn patiently<T: Send + 'static>(
    calls: &Calls,
    work: impl Fn(&mut dyn Tx) -> Result<T> + Clone + Send + 'static,
) -> T {
    for _ in 0..TRIES {
        match write_repeatable(&*calls.0, work.clone()) {
            Err(error) if error.code() == "storage_unavailable" => {}
            outcome => return outcome.unwrap(),
        }
    }
    panic!("a transaction always had to make way");
}

/// What all workers share.
#[derive(Default)]
struct Shared {
    clock: AtomicI64,
    done: AtomicUsize,
    /// The last attempt of each job.
    claims: Mutex<BTreeMap<JobId, i64>>,
}

struct Worker<'a> {
    calls: &'a Calls,
    holder: &'static str,
    shared: &'a Shared,
}

impl Worker<'_> {
    fn now(&self) -> i64 {
        self.shared.clock.fetch_add(1, Ordering::SeqCst)
    }

    fn run<T: Send + 'static>(&self, work: impl Fn(&mut dyn Tx) -> Result<T> + Clone + Send + 'static) -> T {
        patiently(self.calls, work)
    }

    fn claim(&self) -> Vec<Job> {
        let (holder, now) = (self.holder, self.now());
        let claimed = self.run(move |tx| {
            tx.requeue_lapsed_jobs(at(now))?;
            let claim = ClaimJobs { lease_until: at(now + LEASE), ..claim(holder, now, 2) };
            tx.claim_jobs(&claim)
        });
        let mut claims = self.shared.claims.lock().unwrap();
        for job in &claimed {
            let last = claims.entry(job.id.clone()).or_default();
            *last = job.attempt.max(*last);
        }
        claimed
    }

    fn work(&self) {
        let began = Instant::now();
        while self.shared.done.load(Ordering::SeqCst) < ALL {
            assert!(began.elapsed() < PATIENCE, "some jobs never came to their end");
            let claimed = self.claim();
            for job in &claimed {
                self.treat(job);
            }
        }
    }

    /// Each job meets with everything before it is done, one attempt after the other.
    fn treat(&self, job: &Job) {
        let number: i64 = job.id.as_str()[2..].parse().unwrap();
        let (job, now) = (job.clone(), self.now());
        match (number + job.attempt) % 5 {
            0 => {
                // Somebody takes it meanwhile, this worker perhaps, which now holds it twice.
                self.shared.clock.fetch_add(LEASE, Ordering::SeqCst);
                let claimed = self.claim();
                self.perform(job);
                for job in &claimed {
                    self.treat(job);
                }
            }
            1 => drop(self.run(move |tx| tx.park_job(&job, at(now)))),
            2 => drop(self.run(move |tx| tx.reschedule_job(&job, at(now), Some("no")))),
            // The worker crashes.
            3 => drop(self.shared.clock.fetch_add(LEASE / 4, Ordering::SeqCst)),
            _ => self.perform(job),
        }
    }

    fn perform(&self, job: Job) {
        if self.run(move |tx| perform(tx, &job, &ledger(&job), Fencing::On)) {
            self.shared.done.fetch_add(1, Ordering::SeqCst);
        }
    }

    /// Adds the jobs of some lines while others work.
    fn enqueue(&self, lines: &[usize]) {
        for n in 0..EACH {
            for &line in lines {
                self.run(move |tx| tx.enqueue_job(&named(line, n)));
            }
        }
    }
}

fn two_stores_do_each_job_once_and_in_order(place: &Place) {
    let first = Calls::open(place);
    let second = if place.engine == Engine::Postgres { Calls(place.open()) } else { first.clone() };
    first.run(open_ledgers);
    let shared = Shared::default();
    thread::scope(|scope| {
        for (n, (calls, holder)) in [(&first, "first"), (&second, "second")].into_iter().enumerate() {
            let worker = || Worker { calls, holder, shared: &shared };
            let adds = worker();
            let lines: Vec<usize> = (n..LINES).step_by(2).collect();
            scope.spawn(move || adds.enqueue(&lines));
            for _ in 0..WORKERS {
                let works = worker();
                scope.spawn(move || works.work());
            }
        }
    });
    let claims = shared.claims.into_inner().unwrap();
    for (ledger, jobs) in done(&first) {
        let is_line = !ledger.contains('-');
        assert_eq!(judge(&jobs, if is_line { EACH } else { 1 }), None, "{ledger}");
        for (job, attempt) in jobs {
            assert_eq!(attempt, claims[&job], "{job} was done by a worker that had lost it");
        }
    }
    let counts = read(&*first.0, |tx| tx.job_counts());
    assert!(counts.is_empty(), "{counts:?}");
}

/// A worker loses its job to another one, and both do it.
fn do_it_twice(place: &Place, fencing: Fencing) -> Calls {
    let calls = Calls::open(place);
    calls.run(open_ledgers);
    calls.enqueue(vec![named(1, 0)]);
    let slow = calls.claim_one(10);
    calls.run(|tx| tx.requeue_lapsed_jobs(at(90)));
    let quick = calls.claim_one(90);
    for job in [slow, quick] {
        calls.run(move |tx| perform(tx, &job, &ledger(&job), fencing));
    }
    calls
}

fn with_fencing_a_job_is_done_by_the_one_that_holds_it(place: &Place) {
    let calls = do_it_twice(place, Fencing::On);
    assert_eq!(judge(&done(&calls)["1"], 1), None);
}

fn without_fencing_a_job_is_done_twice(place: &Place) {
    let calls = do_it_twice(place, Fencing::Off);
    let found = judge(&done(&calls)["1"], 1).unwrap();
    assert!(found.contains("twice"), "{found}");
}

fn without_lines_a_job_overtakes_another(place: &Place) {
    let calls = Calls::open(place);
    calls.run(open_ledgers);
    calls.enqueue((0..2).map(|n| Job { serial_key: None, ..named(1, n) }).collect());
    for job in calls.claim(10).into_iter().rev() {
        calls.run(move |tx| perform(tx, &job, &TaskId::from("1"), Fencing::On));
    }
    let found = judge(&done(&calls)["1"], 2).unwrap();
    assert!(found.contains("overtaken"), "{found}");
}
