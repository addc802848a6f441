//! What holds when several work on the queue at the same time.

use std::collections::{BTreeMap, HashSet};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;
use std::thread;
use std::time::Instant;

use sophon_model::ports::Tx;
use sophon_model::{Job, JobId, JobStatus, Result, TaskId};

use super::{Calls, claim, on_line};
use crate::fixtures::{at, job};
use crate::harness::{Answer, Engine, PATIENCE, Place, Rule, at_once, queue_write, rule, server, write};

pub fn rules() -> Vec<Rule> {
    let on_postgres = [
        rule(a_claim_passes_over_what_another_one_is_taking),
        rule(a_job_that_is_being_claimed_is_not_deleted_as_one_that_waits),
        rule(a_job_enqueued_while_the_active_one_ends_goes_next),
        rule(a_job_that_ends_while_one_is_enqueued_behind_it_lets_it_go),
        rule(a_job_that_ends_while_the_next_is_deleted_lets_the_one_after_it_go),
        rule(a_duplicate_enqueued_while_its_job_ends_waits_for_nothing_that_waits_for_it),
        rule(a_job_that_ends_while_its_duplicate_is_enqueued_runs_once_more),
        rule(a_duplicate_of_a_job_that_is_being_claimed_has_it_run_once_more),
        rule(a_job_is_not_parked_while_it_is_woken),
        rule(a_job_that_is_being_parked_is_woken),
        rule(a_dead_job_is_revived_once),
        rule(a_lease_that_is_being_prolonged_does_not_lapse),
    ];
    let on_both = [
        rule(no_job_is_handed_out_twice_and_none_overtakes_on_its_line),
        rule(of_several_that_enqueue_the_same_at_once_one_adds_a_job),
        rule(nothing_is_left_behind_when_jobs_come_and_end_at_once),
    ];
    on_both.into_iter().chain(on_postgres.map(|rule| rule.only(Engine::Postgres))).collect()
}

fn line(job: Job) -> Job {
    on_line("x", job)
}

fn once(job: Job) -> Job {
    super::once("key", job)
}

/// Runs `first`, and while its transaction is open starts `second`, which must come to wait for it. Then the first
/// transaction goes on with `then` and is committed, and the second one can go on.
fn behind_then<A: Send + 'static, B: Send + 'static, C: Send + 'static>(
    place: &Place,
    calls: &Calls,
    first: impl FnOnce(&mut dyn Tx) -> Result<A> + Send + 'static,
    second: impl FnOnce(&mut dyn Tx) -> Result<B> + Send + 'static,
    then: impl FnOnce(&mut dyn Tx, A) -> Result<C> + Send + 'static,
) -> (C, B) {
    let (finish, first) = open(calls, first, then);
    let second = queue_write(&*calls.0, second);
    let mut server = server();
    let waiting =
        "SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'";
    let asked = Instant::now();
    while server.query_one(waiting, &[&place.schema]).unwrap().get::<_, i64>(0) == 0 {
        assert!(asked.elapsed() < PATIENCE, "the second transaction does not wait for the first");
        thread::yield_now();
    }
    finish();
    (first.get().unwrap(), second.get().unwrap())
}

/// The same without more work in the first transaction.
fn behind<A: Send + 'static, B: Send + 'static>(
    place: &Place,
    calls: &Calls,
    first: impl FnOnce(&mut dyn Tx) -> Result<A> + Send + 'static,
    second: impl FnOnce(&mut dyn Tx) -> Result<B> + Send + 'static,
) -> (A, B) {
    behind_then(place, calls, first, second, |_, value| Ok(value))
}

/// Runs `first`, and all of `second` while its transaction is open.
fn beside<A: Send + 'static, B: Send + 'static>(
    calls: &Calls,
    first: impl FnOnce(&mut dyn Tx) -> Result<A> + Send + 'static,
    second: impl FnOnce(&mut dyn Tx) -> Result<B> + Send + 'static,
) -> (A, B) {
    let (finish, first) = open(calls, first, |_, value| Ok(value));
    let second = write(&*calls.0, second).unwrap();
    finish();
    (first.get().unwrap(), second)
}

/// Begins a transaction; the function that is returned lets it end.
fn open<A: Send + 'static, C: Send + 'static>(
    calls: &Calls,
    first: impl FnOnce(&mut dyn Tx) -> Result<A> + Send + 'static,
    then: impl FnOnce(&mut dyn Tx, A) -> Result<C> + Send + 'static,
) -> (impl FnOnce(), Answer<C>) {
    let ((began, has_begun), (go, wait)) = (sync_channel(1), sync_channel(1));
    let answer = queue_write(&*calls.0, move |tx| {
        let value = first(tx)?;
        began.send(()).unwrap();
        wait.recv_timeout(PATIENCE).unwrap();
        then(tx, value)
    });
    has_begun.recv_timeout(PATIENCE).unwrap();
    (move || go.send(()).unwrap(), answer)
}

fn finish(job: &Job) -> impl FnOnce(&mut dyn Tx) -> Result<bool> + Send + 'static {
    let job = job.clone();
    move |tx| tx.finish_job(&job, at(20))
}

fn enqueue(job: Job) -> impl FnOnce(&mut dyn Tx) -> Result<bool> + Send + 'static {
    move |tx| tx.enqueue_job(&job)
}

fn a_claim_passes_over_what_another_one_is_taking(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue(vec![job("1", 1), job("2", 2), job("3", 3)]);
    let take = |limit| move |tx: &mut dyn Tx| tx.claim_jobs(&claim("me", 10, limit));
    let (first, second) = beside(&calls, take(2), take(2));
    let ids = |jobs: Vec<Job>| jobs.into_iter().map(|job| job.id.to_string()).collect::<String>();
    assert_eq!([ids(first), ids(second)], ["12", "3"]);
}

fn a_job_that_is_being_claimed_is_not_deleted_as_one_that_waits(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue(vec![once(job("1", 1))]);
    let take = |tx: &mut dyn Tx| tx.claim_jobs(&claim("me", 10, 1));
    let (claimed, deleted) = beside(&calls, take, |tx| tx.delete_waiting_job("test.job", "key"));
    assert_eq!((claimed.len(), deleted), (1, false));
    assert!(calls.finish(&claimed[0], 11));
}

fn a_job_enqueued_while_the_active_one_ends_goes_next(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue(vec![line(job("1", 1))]);
    let held = calls.claim_one(10);
    assert_eq!(behind(place, &calls, finish(&held), enqueue(line(job("2", 2)))), (true, true));
    assert_eq!(calls.get("2").unwrap().status, JobStatus::Ready);
}

fn a_job_that_ends_while_one_is_enqueued_behind_it_lets_it_go(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue(vec![line(job("1", 1))]);
    let held = calls.claim_one(10);
    assert_eq!(behind(place, &calls, enqueue(line(job("2", 2))), finish(&held)), (true, true));
    assert_eq!(calls.get("2").unwrap().status, JobStatus::Ready);
}

fn a_job_that_ends_while_the_next_is_deleted_lets_the_one_after_it_go(place: &Place) {
    let calls = Calls::open(place);
    for id in ["1", "2", "3"] {
        calls.enqueue_with_task(line(job(id, 1)));
    }
    let held = calls.claim_one(10);
    let delete = |tx: &mut dyn Tx| tx.delete_job_of(&TaskId::from("2"));
    assert_eq!(behind(place, &calls, delete, finish(&held)), (true, true));
    assert_eq!(calls.claim_one(20).id, JobId::from("3"));
}

fn a_duplicate_enqueued_while_its_job_ends_waits_for_nothing_that_waits_for_it(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue(vec![line(once(job("1", 1)))]);
    let held = calls.claim_one(10);
    let hold = {
        let held = held.clone();
        move |tx: &mut dyn Tx| tx.hold_job(&held, at(30))
    };
    let then = move |tx: &mut dyn Tx, _| tx.finish_job(&held, at(20));
    assert_eq!(behind_then(place, &calls, hold, enqueue(line(once(job("2", 2)))), then), (true, true));
    assert_eq!((calls.get("1"), calls.get("2")), (None, Some(line(once(job("2", 2))))));
}

fn a_job_that_ends_while_its_duplicate_is_enqueued_runs_once_more(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue(vec![once(job("1", 1))]);
    let held = calls.claim_one(10);
    assert_eq!(behind(place, &calls, enqueue(once(job("2", 2))), finish(&held)), (false, true));
    let again = calls.get("1").unwrap();
    assert_eq!((again.status, again.again_at, again.payload), (JobStatus::Ready, None, job("2", 2).payload));
}

fn a_duplicate_of_a_job_that_is_being_claimed_has_it_run_once_more(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue(vec![once(job("1", 1))]);
    let take = |tx: &mut dyn Tx| tx.claim_jobs(&claim("me", 10, 1));
    let (claimed, is_one_more) = behind(place, &calls, take, enqueue(once(job("2", 2))));
    assert_eq!((claimed.len(), is_one_more), (1, false));
    let stored = calls.get("1").unwrap();
    assert_eq!((stored.status, stored.again_at, stored.attempt), (JobStatus::Running, Some(at(2)), 1));
}

fn a_job_is_not_parked_while_it_is_woken(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue_with_task(job("t", 1));
    let held = calls.claim_one(10);
    let wake = |tx: &mut dyn Tx| tx.wake_job(&TaskId::from("t"), at(11));
    let park = move |tx: &mut dyn Tx| tx.park_job(&held, at(900));
    assert_eq!(behind(place, &calls, wake, park), (true, false));
    assert_eq!(calls.get("t").unwrap().status, JobStatus::Running);
}

fn a_job_that_is_being_parked_is_woken(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue_with_task(job("t", 1));
    let held = calls.claim_one(10);
    let wake = |tx: &mut dyn Tx| tx.wake_job(&TaskId::from("t"), at(11));
    let park = move |tx: &mut dyn Tx| tx.park_job(&held, at(900));
    assert_eq!(behind(place, &calls, park, wake), (true, true));
    let woken = calls.get("t").unwrap();
    assert_eq!((woken.status, woken.run_at), (JobStatus::Ready, at(11)));
}

fn a_dead_job_is_revived_once(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue(vec![line(job("1", 1))]);
    let held = calls.claim_one(10);
    calls.run(move |tx| tx.bury_job(&held, "no", at(10)));
    let revive = |tx: &mut dyn Tx| tx.revive_job(&JobId::from("1"), at(20));
    let (first, second) = behind(place, &calls, revive, revive);
    assert_eq!((first.map(|job| job.status), second), (Some(JobStatus::Ready), None));
}

fn a_lease_that_is_being_prolonged_does_not_lapse(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue(vec![job("1", 1)]);
    let held = calls.claim_one(10);
    let hold = move |tx: &mut dyn Tx| tx.hold_job(&held, at(90));
    assert_eq!(behind(place, &calls, hold, |tx| tx.requeue_lapsed_jobs(at(50))), (true, 0));
    assert_eq!(calls.get("1").unwrap().status, JobStatus::Running);
}

fn no_job_is_handed_out_twice_and_none_overtakes_on_its_line(place: &Place) {
    const JOBS: usize = 60;
    const LINES: usize = 7;
    let calls = Calls::open(place);
    let jobs = (0..JOBS).map(|n| Job {
        serial_key: (n % LINES > 0).then(|| format!("line {}", n % LINES)),
        ..job(&format!("{n:02}"), n as i64 / 3)
    });
    calls.enqueue(jobs.collect());
    let (clock, left) = (AtomicUsize::new(0), AtomicUsize::new(JOBS));
    let done = at_once(8, || {
        let mut mine = Vec::new();
        while left.load(Ordering::SeqCst) > 0 {
            for job in calls.claim_some("me", 100, 3) {
                // Read while the job is held: of two on one line, the one before has ended then.
                let when = clock.fetch_add(1, Ordering::SeqCst);
                assert!(calls.finish(&job, 100), "a job was taken from its worker");
                left.fetch_sub(1, Ordering::SeqCst);
                mine.push((when, job));
            }
        }
        mine
    })
    .concat();
    let distinct: HashSet<&str> = done.iter().map(|(_, job)| job.id.as_str()).collect();
    assert_eq!((done.len(), distinct.len()), (JOBS, JOBS));
    assert!(done.iter().all(|(_, job)| job.attempt == 1));
    let mut lines: BTreeMap<&str, Vec<(usize, &str)>> = BTreeMap::new();
    for (when, job) in &done {
        if let Some(key) = &job.serial_key {
            lines.entry(key).or_default().push((*when, job.id.as_str()));
        }
    }
    for (line, mut order) in lines {
        order.sort_unstable();
        assert!(order.is_sorted_by_key(|(_, id)| *id), "{line}: {order:?}");
    }
}

fn of_several_that_enqueue_the_same_at_once_one_adds_a_job(place: &Place) {
    let calls = Calls::open(place);
    let names = AtomicUsize::new(0);
    for round in 0..5 {
        let added = at_once(8, || {
            let name = names.fetch_add(1, Ordering::SeqCst).to_string();
            calls.enqueue(vec![Job { dedupe_key: Some(round.to_string()), ..line(job(&name, 1)) }])
        });
        assert_eq!(added.concat().into_iter().filter(|is_one_more| *is_one_more).count(), 1);
    }
}

fn nothing_is_left_behind_when_jobs_come_and_end_at_once(place: &Place) {
    const ROUNDS: usize = 20;
    let calls = Calls::open(place);
    calls.enqueue(vec![line(job("0", 0))]);
    for round in 1..=ROUNDS {
        let held = calls.claim_one(100);
        let turn = AtomicUsize::new(0);
        at_once(2, || {
            if turn.fetch_add(1, Ordering::SeqCst) == 0 {
                assert!(calls.finish(&held, 100));
            } else {
                calls.enqueue(vec![line(job(&round.to_string(), round as i64))]);
            }
        });
    }
    assert_eq!(calls.claim_one(100).id, JobId::from(ROUNDS.to_string()));
}
