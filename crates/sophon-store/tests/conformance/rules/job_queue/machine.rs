//! Whatever is done with the queue in whatever order, it does as its model does.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc::sync_channel;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};
use serde_json::json;
use sophon_model::ports::{Store, Tx};
use sophon_model::{Error, Job, JobId, JobStatus, Page, Priority, Result, TaskId};

use super::model::{Model, is_active};
use super::steps::{IN_HAND, STEPS, Step, steps};
use super::{LEASE, claim};
use crate::fixtures::{at, job, move_in, task};
use crate::harness::{Engine, Place, Rule, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(the_queue_does_as_its_model_does),
        rule(the_queue_does_as_its_model_does_wherever_a_holder_crashes),
        rule(a_queue_without_fencing_is_found_out),
        rule(a_queue_that_does_not_keep_its_lines_apart_is_found_out),
    ]
}

const HOLDERS: [&str; 2] = ["one", "two"];
/// Rounds after which a case that was left alone must have come to its end.
const LAST_ROUNDS: usize = 2 * STEPS;

/// How the verbs of the store are called: as they are, or as if they did less. A test must find out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Spoiled {
    Nothing,
    /// Whatever attempt a worker holds counts as the present one.
    Fencing,
    /// Each job is on a line of its own.
    Lines,
}

type Checked<T = ()> = std::result::Result<T, TestCaseError>;

fn stored<T>(outcome: Result<T>) -> Checked<T> {
    outcome.map_err(|error| TestCaseError::fail(format!("the store failed: {error:?}")))
}

/// A case, in one transaction.
struct Case<'a> {
    tx: &'a mut dyn Tx,
    spoiled: Spoiled,
    model: Model,
    now: i64,
    names: usize,
    /// Jobs as they were claimed, also those that their workers have lost or ended since.
    hands: Vec<Job>,
    claims: BTreeMap<JobId, i64>,
}

impl Case<'_> {
    /// A job as it is stored.
    fn job(&self, id: &JobId) -> Checked<Option<Job>> {
        Ok(stored(self.tx.get(id))?.map(|job| self.shown(job)))
    }

    fn shown(&self, mut job: Job) -> Job {
        if self.spoiled == Spoiled::Lines {
            let line = job.serial_key.as_deref().and_then(|key| key.split_once('/'));
            job.serial_key = line.map(|(line, _)| line.to_owned()).or(job.serial_key);
        }
        job
    }

    fn enqueue(&mut self, job: &Job) -> Checked {
        let mut given = job.clone();
        if self.spoiled == Spoiled::Lines {
            given.serial_key = job.serial_key.as_ref().map(|line| format!("{line}/{}", job.id));
        }
        let is_one_more = stored(self.tx.enqueue_job(&given))?;
        prop_assert_eq!(is_one_more, self.model.enqueue(job));
        Ok(())
    }

    fn claim(&mut self, holder: &'static str, limit: usize) -> Checked<Vec<Job>> {
        let claim = claim(holder, self.now, limit);
        let claimed = stored(self.tx.claim_jobs(&claim))?;
        let claimed: Vec<Job> = claimed.into_iter().map(|job| self.shown(job)).collect();
        prop_assert_eq!(&claimed, &self.model.claim(&claim));
        for job in &claimed {
            *self.claims.entry(job.id.clone()).or_default() += 1;
        }
        self.hands.extend(claimed.iter().cloned());
        Ok(claimed)
    }

    /// One of the jobs that were claimed last.
    fn hand(&self, n: usize) -> Option<Job> {
        let reach = self.hands.len().min(IN_HAND);
        (reach > 0).then(|| self.hands[self.hands.len() - 1 - n % reach].clone())
    }

    /// Calls a verb of workers on the store and on the model.
    fn write(
        &mut self,
        hand: &Job,
        verb: impl FnOnce(&mut dyn Tx, &Job) -> Result<bool>,
        meant: impl FnOnce(&mut Model, &Job) -> bool,
    ) -> Checked {
        let before = self.job(&hand.id)?;
        let mut given = hand.clone();
        if let (Spoiled::Fencing, Some(before)) = (self.spoiled, &before) {
            given.attempt = before.attempt;
        }
        let has_written = stored(verb(self.tx, &given))?;
        let is_older = before.is_none_or(|before| hand.attempt < before.attempt);
        prop_assert!(!(has_written && is_older), "an older attempt wrote: {:?}", hand);
        prop_assert_eq!(has_written, meant(&mut self.model, hand));
        Ok(())
    }

    fn requeue_lapsed(&mut self) -> Checked {
        let now = at(self.now);
        let requeued = stored(self.tx.requeue_lapsed_jobs(now))?;
        let is_lapsed = |job: &Job| job.lease_until.is_some_and(|until| until <= now);
        prop_assert_eq!(requeued, self.model.requeue(now, is_lapsed));
        Ok(())
    }

    fn renew(&mut self, holder: &str, until: i64) -> Checked {
        let mut renewed = stored(self.tx.renew_jobs(holder, at(until)))?;
        renewed.sort();
        prop_assert_eq!(renewed, self.model.renew(holder, at(until)));
        Ok(())
    }

    fn take(&mut self, step: &Step) -> Checked {
        let now = at(self.now);
        let after = |pause: i64| at(self.now + pause);
        match *step {
            Step::Enqueue { line, key, priority, delay, has_task } => {
                let name = format!("{:02}", self.names);
                self.names += 1;
                let task_id = has_task.then(|| TaskId::from(name.as_str()));
                if has_task {
                    stored(self.tx.insert(&task(&name, "s", 1)))?;
                }
                self.enqueue(&Job {
                    payload: json!(name),
                    priority: Priority::ALL[priority],
                    serial_key: line.map(|line| line.to_string()),
                    dedupe_key: key.map(|key| key.to_string()),
                    task_id,
                    run_at: after(delay),
                    ..job(&name, self.now)
                })
            }
            Step::Claim { holder, limit } => self.claim(HOLDERS[holder], limit).map(drop),
            Step::Renew { holder } => self.renew(HOLDERS[holder], self.now + LEASE),
            Step::Wait { time } => {
                self.now += time;
                self.requeue_lapsed()
            }
            Step::Crash { holder } => {
                self.renew(HOLDERS[1 - holder], self.now + 2 * LEASE)?;
                self.now += LEASE;
                self.requeue_lapsed()
            }
            Step::Restart => {
                let requeued = stored(self.tx.requeue_running_jobs(now))?;
                prop_assert_eq!(requeued, self.model.requeue(now, |_| true));
                Ok(())
            }
            Step::Hold { hand }
            | Step::Finish { hand }
            | Step::Park { hand, .. }
            | Step::Reschedule { hand, .. }
            | Step::Bury { hand } => match self.hand(hand) {
                Some(held) => self.settle(step, &held),
                None => Ok(()),
            },
            Step::Wake { task } => {
                let task = TaskId::from(self.name(task));
                let woken = stored(self.tx.wake_job(&task, now))?;
                prop_assert_eq!(woken, self.model.wake(&task, now));
                Ok(())
            }
            Step::DeleteOf { task } => {
                let task = TaskId::from(self.name(task));
                let deleted = stored(self.tx.delete_job_of(&task))?;
                prop_assert_eq!(deleted, self.model.delete_of(&task));
                Ok(())
            }
            Step::DeleteWaiting { key } => {
                let like = Job { dedupe_key: Some(key.to_string()), ..job("", 0) };
                let deleted = stored(self.tx.delete_waiting_job(&like.kind, &key.to_string()))?;
                prop_assert_eq!(deleted, self.model.delete_waiting(&like));
                Ok(())
            }
            Step::Revive { dead } => self.revive(dead),
        }
    }

    /// What a worker does with a job that it holds, or held once.
    fn settle(&mut self, step: &Step, held: &Job) -> Checked {
        let now = at(self.now);
        let after = |pause: i64| at(self.now + pause);
        match *step {
            Step::Hold { .. } => {
                let until = after(LEASE);
                self.write(held, |tx, job| tx.hold_job(job, until), |model, job| model.hold(job, until))
            }
            Step::Park { pause, has_looked, .. } => {
                let until = after(pause);
                let known = if has_looked { self.job(&held.id)? } else { None };
                let held = Job { wakes: known.map_or(held.wakes, |job| job.wakes), ..held.clone() };
                self.write(&held, |tx, job| tx.park_job(job, until), |model, job| model.park(job, until))
            }
            Step::Reschedule { pause, has_failed, .. } => {
                let (run_at, error) = (after(pause), has_failed.then_some("it failed"));
                self.write(
                    held,
                    |tx, job| tx.reschedule_job(job, run_at, error),
                    |model, job| model.reschedule(job, run_at, error),
                )
            }
            Step::Bury { .. } => self.write(
                held,
                |tx, job| tx.bury_job(job, "it is over", now),
                |model, job| model.bury(job, "it is over", now),
            ),
            _ => self.write(held, |tx, job| tx.finish_job(job, now), |model, job| model.finish(job, now)),
        }
    }

    fn revive(&mut self, dead: usize) -> Checked {
        let is_dead = |job: &&Job| job.status == JobStatus::Dead;
        let all: Vec<&JobId> = self.model.0.values().filter(is_dead).map(|job| &job.id).collect();
        let id = match all.len() {
            0 => JobId::from(self.name(dead)),
            some => all[dead % some].clone(),
        };
        let now = at(self.now);
        // A conflict undoes the transaction, and the whole case with it; another rule sees to that.
        if let Ok(meant) = self.model.revive(&id, now) {
            let revived = stored(self.tx.revive_job(&id, now))?;
            prop_assert_eq!(revived, meant);
        }
        Ok(())
    }

    fn name(&self, n: usize) -> String {
        format!("{:02}", n % self.names.max(1))
    }

    /// What holds after each step.
    fn check(&self) -> Checked {
        let mut active: BTreeSet<&str> = BTreeSet::new();
        for (id, meant) in &self.model.0 {
            let job = self.job(id)?;
            prop_assert!(job.is_some(), "a job was lost: {:?}", meant);
            let job = job.unwrap_or_else(|| meant.clone());
            if let Some(line) = meant.serial_key.as_deref().filter(|_| is_active(&job)) {
                prop_assert!(active.insert(line), "two jobs on line {} are active", line);
            }
            let claims = self.claims.get(id).copied().unwrap_or_default();
            prop_assert_eq!(job.attempt, claims, "each claim is one attempt, and nothing else is");
            let is_running = job.status == JobStatus::Running;
            prop_assert_eq!((job.holder.is_some(), job.lease_until.is_some()), (is_running, is_running));
            prop_assert_eq!(&job, meant);
        }
        let blocked = self.model.0.values().filter(|job| job.status == JobStatus::Blocked);
        for job in blocked {
            let line = job.serial_key.as_deref().unwrap_or_default();
            prop_assert!(active.contains(line), "nothing lets {:?} go", job);
        }
        let counts = stored(self.tx.job_counts())?;
        let count: u64 = counts.iter().map(|count| count.count).sum();
        prop_assert_eq!(count, self.model.0.len() as u64, "a job came from nowhere");
        prop_assert_eq!(stored(self.tx.next_job_at(at(self.now)))?, self.model.next_at(at(self.now)));
        Ok(())
    }

    /// Works until nothing waits any more.
    fn end(&mut self) -> Checked {
        for _ in 0..LAST_ROUNDS {
            self.now += 100 * LEASE;
            self.requeue_lapsed()?;
            let claimed = self.claim(HOLDERS[0], STEPS)?;
            if claimed.is_empty() {
                break;
            }
            for held in claimed {
                self.settle(&Step::Finish { hand: 0 }, &held)?;
                self.check()?;
            }
        }
        let dead = stored(self.tx.dead_jobs(&Page::new(Some(2 * STEPS), None)))?;
        prop_assert_eq!(dead.items.len(), self.model.0.len(), "what is not dead comes to its end");
        Ok(())
    }

    fn all(mut self, steps: &[Step]) -> Checked {
        for step in steps {
            self.take(step)?;
            self.check()?;
        }
        self.end()
    }
}

/// Runs a case in a transaction, and undoes it.
fn try_case(store: &dyn Store, spoiled: Spoiled, steps: Vec<Step>) -> Checked {
    let (tell, told) = sync_channel(1);
    let undone = write(store, move |tx| {
        let (model, hands, claims) = (Model::default(), Vec::new(), BTreeMap::new());
        let case = Case { tx, spoiled, model, now: 0, names: 0, hands, claims };
        tell.send(case.all(&steps)).unwrap();
        Err::<(), _>(Error::conflict("A case is undone."))
    });
    told.try_recv().unwrap_or_else(|_| Err(TestCaseError::fail(format!("a case was not ended: {undone:?}"))))
}

fn runner(cases: u32) -> TestRunner {
    TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() })
}

fn cases(place: &Place) -> u32 {
    if place.engine == Engine::Sqlite { 256 } else { 16 }
}

fn the_queue_does_as_its_model_does(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let verdict = runner(cases(place)).run(&steps(), |steps| try_case(&*store, Spoiled::Nothing, steps));
    assert!(verdict.is_ok(), "{}", verdict.unwrap_err());
}

fn the_queue_does_as_its_model_does_wherever_a_holder_crashes(place: &Place) {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let verdict = runner(cases(place) / 16).run(&(steps(), 0..2_usize), |(steps, holder)| {
        (0..=steps.len()).try_for_each(|n| {
            let (before, after) = steps.split_at(n);
            let crash = [Step::Crash { holder }];
            try_case(&*store, Spoiled::Nothing, [before, &crash, after].concat())
        })
    });
    assert!(verdict.is_ok(), "{}", verdict.unwrap_err());
}

/// Why a queue that is `spoiled` fails.
fn found_out(place: &Place, spoiled: Spoiled) -> String {
    let store = place.open();
    write(&*store, move_in).unwrap();
    let mut runner = TestRunner::new_with_rng(
        Config { cases: 64, max_shrink_iters: 0, failure_persistence: None, ..Config::default() },
        proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha),
    );
    match runner.run(&steps(), |steps| try_case(&*store, spoiled, steps)) {
        Err(TestError::Fail(why, _)) => why.message().to_owned(),
        verdict => panic!("a queue with {spoiled:?} spoiled was not found out: {verdict:?}"),
    }
}

fn a_queue_without_fencing_is_found_out(place: &Place) {
    let why = found_out(place, Spoiled::Fencing);
    assert!(why.contains("an older attempt wrote"), "{why}");
}

fn a_queue_that_does_not_keep_its_lines_apart_is_found_out(place: &Place) {
    let why = found_out(place, Spoiled::Lines);
    assert!(why.contains("are active"), "{why}");
}
