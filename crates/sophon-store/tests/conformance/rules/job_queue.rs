//! The durable queue: who gets which job when, who may write, and what becomes of a job.

use std::sync::Arc;

use serde_json::json;
use sophon_model::ports::{ClaimJobs, JobCount, Store, Tx};
use sophon_model::{Job, JobId, JobStatus, Page, Priority, Queue, Result, SessionId, TaskId};

use crate::fixtures::{at, job, move_in, session, task};
use crate::harness::{Place, Rule, code, in_pages, read, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(a_job_comes_back_as_it_went_in),
        rule(a_claim_takes_what_is_due_by_priority_and_time_and_marks_it),
        rule(of_jobs_with_one_serial_key_one_is_active),
        rule(blocked_jobs_go_by_priority_and_age),
        rule(a_job_whose_lease_is_over_is_taken_up_again),
        rule(all_that_run_can_be_taken_up_again_at_once),
        rule(a_worker_that_lost_its_job_writes_nothing),
        rule(a_worker_that_was_not_seen_to_lose_its_job_writes_nothing_once_it_waits_again),
        rule(leases_are_prolonged_by_their_holder_alone),
        rule(a_job_that_waits_is_enqueued_once),
        rule(a_job_that_is_enqueued_while_it_runs_runs_once_more),
        rule(a_parked_job_sleeps_until_its_time_or_until_it_is_woken),
        rule(a_job_that_was_woken_since_is_not_parked),
        rule(a_job_comes_again_after_a_failure_and_after_a_clean_start),
        rule(a_dead_job_is_kept_and_can_be_revived),
        rule(a_dead_job_is_not_revived_beside_one_that_does_the_same),
        rule(the_job_of_a_task_is_deleted_whoever_holds_it),
        rule(a_blocked_job_that_is_deleted_lets_nothing_go),
        rule(a_job_that_waits_is_deleted_by_its_key_and_one_that_runs_is_not),
        rule(the_next_time_to_look_is_known),
        rule(jobs_are_counted_by_queue_and_status),
        rule(dead_jobs_are_listed_newest_first_page_by_page),
        rule(a_job_goes_with_its_task_and_its_session),
    ]
}

/// How long a claim holds jobs.
pub const LEASE: i64 = 10;

/// The verbs as plain calls, each a transaction of its own.
#[derive(Clone)]
pub struct Calls(pub Arc<dyn Store>);

impl Calls {
    /// On a database with a session `s`.
    pub fn open(place: &Place) -> Self {
        let store = place.open();
        write(&*store, move_in).unwrap();
        Calls(store)
    }

    pub fn run<T: Send + 'static>(&self, work: impl FnOnce(&mut dyn Tx) -> Result<T> + Send + 'static) -> T {
        write(&*self.0, work).unwrap()
    }

    /// Enqueues jobs; says of each whether it is one more.
    pub fn enqueue(&self, jobs: Vec<Job>) -> Vec<bool> {
        self.run(move |tx| jobs.iter().map(|job| tx.enqueue_job(job)).collect())
    }

    /// Adds a task, and a job for it.
    pub fn enqueue_with_task(&self, job: Job) {
        self.run(move |tx| {
            tx.insert_task(&task(job.id.as_str(), "s", 1))?;
            tx.enqueue_job(&Job { task_id: Some(TaskId::from(job.id.as_str())), ..job })
        });
    }

    pub fn claim_some(&self, holder: &'static str, now: i64, limit: usize) -> Vec<Job> {
        self.run(move |tx| tx.claim_jobs(&claim(holder, now, limit)))
    }

    pub fn claim(&self, now: i64) -> Vec<Job> {
        self.claim_some("me", now, 100)
    }

    /// Claims the only job that is due.
    pub fn claim_one(&self, now: i64) -> Job {
        let [job] = <[Job; 1]>::try_from(self.claim(now)).unwrap();
        job
    }

    pub fn get(&self, id: &'static str) -> Option<Job> {
        read(&*self.0, move |tx| tx.job(&JobId::from(id)))
    }

    fn status(&self, id: &'static str) -> Option<JobStatus> {
        self.get(id).map(|job| job.status)
    }

    pub fn finish(&self, job: &Job, now: i64) -> bool {
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
pub fn claim(holder: &str, now: i64, limit: usize) -> ClaimJobs<'_> {
    ClaimJobs { queue: Queue::Delivery, holder, now: at(now), lease_until: at(now + LEASE), limit }
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

fn a_job_comes_back_as_it_went_in(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue_with_task(job("t", 1));
    let full = Job {
        priority: Priority::Low,
        queue: Queue::Indexing,
        failures: 2,
        interruptions: 3,
        wakes: 4,
        attempt: 5,
        error: Some("no \"luck\"".into()),
        ..once("key", on_line("line", job("full", 7)))
    };
    assert_eq!(calls.enqueue(vec![full.clone(), job("plain", 8)]), [true, true]);
    assert_eq!(calls.get("full"), Some(full));
    assert_eq!(calls.get("plain"), Some(job("plain", 8)));
    assert_eq!(calls.get("gone"), None);
    let of = |id: &'static str| read(&*calls.0, move |tx| tx.job_of(&TaskId::from(id)));
    assert_eq!(of("t"), Some(Job { task_id: Some(TaskId::from("t")), ..job("t", 1) }));
    assert_eq!(of("full"), None);
}

fn a_claim_takes_what_is_due_by_priority_and_time_and_marks_it(place: &Place) {
    let calls = Calls::open(place);
    assert_eq!(calls.claim(10), []);
    let of = |priority, job| Job { priority, ..job };
    calls.enqueue(vec![
        of(Priority::Low, job("low", 1)),
        job("c", 3),
        job("b", 2),
        job("a", 2),
        of(Priority::High, job("high", 9)),
        of(Priority::High, job("late", 11)),
        job("later", 12),
        Job { queue: Queue::Turns, ..job("elsewhere", 1) },
    ]);
    let marked = |attempt, job| Job {
        status: JobStatus::Running,
        attempt,
        holder: Some("me".into()),
        lease_until: Some(at(20)),
        ..job
    };
    let first = calls.claim_some("me", 10, 2);
    assert_eq!(first, [marked(1, of(Priority::High, job("high", 9))), marked(1, job("a", 2))]);
    assert_eq!(calls.get("a"), Some(marked(1, job("a", 2))));
    assert_eq!(calls.claim_some("me", 10, 0), []);
    assert_eq!(ids(&calls.claim(10)), ["b", "c", "low"]);
    assert_eq!(calls.claim(10), []);
    assert_eq!(ids(&calls.claim(12)), ["late", "later"]);
}

fn of_jobs_with_one_serial_key_one_is_active(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue(vec![
        on_line("x", job("1", 1)),
        on_line("x", job("2", 2)),
        on_line("y", job("other", 3)),
        on_line("x", job("3", 4)),
        job("free", 5),
    ]);
    assert_eq!(calls.status("2"), Some(JobStatus::Blocked));
    let first = calls.claim(10);
    assert_eq!(ids(&first), ["1", "other", "free"]);
    assert_eq!(calls.claim(10), []);

    assert!(calls.park(&first[0], 30));
    assert_eq!(calls.claim(10), [], "a parked job keeps the others waiting");
    let again = calls.claim_one(30);
    assert!(calls.reschedule(&again, 40, Some("no")));
    assert_eq!(calls.claim(30), [], "so does one that is to be tried again");
    let again = calls.claim_one(40);
    assert_eq!((again.id.as_str(), again.attempt), ("1", 3));

    assert!(calls.finish(&again, 41));
    let second = calls.claim_one(41);
    assert_eq!(second.id.as_str(), "2");
    assert!(calls.bury(&second, "no", 41));
    let third = calls.claim_one(41);
    assert_eq!(third.id.as_str(), "3", "a dead job keeps nobody waiting");
    assert!(calls.finish(&third, 42));
    calls.enqueue(vec![on_line("x", job("4", 42))]);
    assert_eq!(calls.status("4"), Some(JobStatus::Ready));
}

fn blocked_jobs_go_by_priority_and_age(place: &Place) {
    let calls = Calls::open(place);
    let with = |priority, job| on_line("x", Job { priority, ..job });
    calls.enqueue(vec![
        with(Priority::Low, job("first", 1)),
        with(Priority::Normal, job("d", 4)),
        with(Priority::Normal, job("c", 3)),
        with(Priority::Normal, job("b", 3)),
        with(Priority::High, job("a", 5)),
    ]);
    for id in ["first", "a", "b", "c", "d"] {
        let next = calls.claim_one(10);
        assert_eq!(next.id.as_str(), id);
        assert!(calls.finish(&next, 10));
    }
    assert_eq!(calls.claim(10), []);
}

fn a_job_whose_lease_is_over_is_taken_up_again(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue(vec![on_line("x", job("1", 1)), on_line("x", job("2", 2))]);
    let lost = calls.claim_one(10);
    assert_eq!(calls.requeue_lapsed(19), 0);
    assert_eq!(calls.claim(19), []);
    assert_eq!(calls.requeue_lapsed(20), 1);
    let waits = Job { interruptions: 1, ..at_rest(JobStatus::Ready, 20, &lost) };
    assert_eq!(calls.get("1"), Some(waits.clone()));
    let again = calls.claim_some("other", 21, 1).remove(0);
    assert_eq!((again.id.as_str(), again.attempt, again.interruptions), ("1", 2, 1));
    assert_eq!((again.holder.as_deref(), again.lease_until), (Some("other"), Some(at(31))));
    assert_eq!(calls.requeue_lapsed(31), 1);
    assert_eq!(calls.get("1").unwrap().interruptions, 2);
}

fn all_that_run_can_be_taken_up_again_at_once(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue(vec![job("1", 1), job("2", 2), job("waits", 90)]);
    let lost = calls.claim(10);
    let requeue = || calls.run(|tx| tx.requeue_running_jobs(at(12)));
    assert_eq!([requeue(), requeue()], [2, 0]);
    assert_eq!(calls.get("2"), Some(Job { interruptions: 1, ..at_rest(JobStatus::Ready, 12, &lost[1]) }));
    assert_eq!(calls.get("waits"), Some(job("waits", 90)));
    assert_eq!(ids(&calls.claim(12)), ["1", "2"]);
}

/// What each verb of workers says to one that holds `job` no more.
fn try_to_write(calls: &Calls, job: &Job) -> [bool; 6] {
    [
        calls.hold(job, 900),
        calls.park(job, 900),
        calls.reschedule(job, 900, Some("late")),
        calls.reschedule(job, 900, None),
        calls.bury(job, "late", 900),
        calls.finish(job, 900),
    ]
}

fn a_worker_that_lost_its_job_writes_nothing(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue(vec![on_line("x", job("1", 1)), on_line("x", job("2", 2))]);
    let slow = calls.claim_one(10);
    calls.requeue_lapsed(20);
    let quick = calls.claim_some("me", 30, 1).remove(0);
    assert_eq!(try_to_write(&calls, &slow), [false; 6]);
    assert_eq!(calls.get("1"), Some(quick.clone()));
    assert_eq!(calls.status("2"), Some(JobStatus::Blocked));
    assert!(calls.hold(&quick, 50));
    assert!(calls.finish(&quick, 31));
    for gone in [&slow, &quick] {
        assert_eq!(try_to_write(&calls, gone), [false; 6]);
    }
    assert_eq!(calls.get("2"), Some(Job { status: JobStatus::Ready, ..on_line("x", job("2", 2)) }));
}

fn a_worker_that_was_not_seen_to_lose_its_job_writes_nothing_once_it_waits_again(place: &Place) {
    let calls = Calls::open(place);
    let settle: [fn(&Calls, &Job) -> bool; 4] = [
        |calls, _| calls.requeue_lapsed(500) == 1,
        |calls, job| calls.park(job, 90),
        |calls, job| calls.reschedule(job, 90, None),
        |calls, job| calls.bury(job, "no", 90),
    ];
    for (id, settle) in ["1", "2", "3", "4"].into_iter().zip(settle) {
        calls.enqueue(vec![job(id, 1)]);
        let held = calls.claim_one(10);
        assert!(settle(&calls, &held));
        let rests = calls.get(id);
        assert_eq!(try_to_write(&calls, &held), [false; 6]);
        assert_eq!(calls.get(id), rests);
        if rests.unwrap().status != JobStatus::Dead {
            let last = calls.claim_one(500);
            assert!(calls.finish(&last, 500));
        }
    }
}

fn leases_are_prolonged_by_their_holder_alone(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue(vec![job("1", 1), job("2", 2), job("3", 3), job("4", 4)]);
    calls.claim_some("me", 10, 2);
    let others = calls.claim_some("other", 10, 1);
    let renew = |until| {
        let mut held = calls.run(move |tx| tx.renew_jobs("me", at(until)));
        held.sort();
        held.into_iter().map(|(id, attempt)| (id.to_string(), attempt)).collect::<Vec<_>>()
    };
    assert_eq!(renew(50), [("1".to_owned(), 1), ("2".to_owned(), 1)]);
    let until = |id: &'static str| calls.get(id).unwrap().lease_until;
    assert_eq!(["1", "2", "3", "4"].map(until), [Some(at(50)), Some(at(50)), Some(at(20)), None]);
    assert!(calls.hold(&others[0], 60));
    assert_eq!(calls.requeue_lapsed(50), 2);
    assert_eq!(calls.get("3").unwrap().lease_until, Some(at(60)));
    assert_eq!(renew(90), []);
}

fn a_job_that_waits_is_enqueued_once(place: &Place) {
    let calls = Calls::open(place);
    let with = |payload: i64, job| once("key", Job { payload: json!(payload), ..job });
    assert_eq!(calls.enqueue(vec![with(1, job("1", 50)), with(2, job("2", 60))]), [true, false]);
    assert_eq!(calls.get("1"), Some(with(2, job("1", 50))), "a later time changes nothing");
    calls.enqueue(vec![with(3, job("3", 40))]);
    let expected = Job { run_at: at(40), ..with(3, job("1", 50)) };
    assert_eq!(calls.get("1"), Some(expected));
    assert_eq!(["2", "3"].map(|id| calls.get(id)), [None, None]);

    let of_another_kind = Job { kind: "test.other".into(), ..with(4, job("4", 1)) };
    assert_eq!(calls.enqueue(vec![of_another_kind, once("other", job("5", 2))]), [true, true]);
    assert_eq!(ids(&calls.claim(40)), ["4", "5", "1"]);

    let behind = once("blocked", on_line("x", job("6", 41)));
    calls.enqueue(vec![on_line("x", job("7", 41)), behind.clone(), once("blocked", job("8", 40))]);
    let expected =
        Job { status: JobStatus::Blocked, run_at: at(40), payload: job("8", 40).payload, ..behind };
    assert_eq!(calls.get("6"), Some(expected), "one that is blocked stays where it is");
}

fn a_job_that_is_enqueued_while_it_runs_runs_once_more(place: &Place) {
    let calls = Calls::open(place);
    let with = |payload: i64, job| once("key", Job { payload: json!(payload), ..job });
    calls.enqueue(vec![on_line("x", with(1, job("1", 1))), on_line("x", job("2", 2))]);
    let held = calls.claim_one(10);
    assert_eq!(calls.enqueue(vec![with(2, job("3", 11)), with(3, job("4", 90))]), [false, false]);
    let again = Job { is_again: true, payload: json!(3), ..held.clone() };
    assert_eq!(calls.get("1"), Some(again));

    assert!(calls.finish(&held, 15));
    assert_eq!(calls.get("1"), Some(Job { payload: json!(3), ..at_rest(JobStatus::Ready, 15, &held) }));
    assert!(!calls.finish(&held, 15), "it is no longer held");
    let more = calls.claim_one(15);
    assert_eq!((more.id.as_str(), more.attempt), ("1", 2));
    assert!(calls.finish(&more, 16));
    assert_eq!((calls.get("1"), calls.claim_one(16).id.as_str()), (None, "2"));
}

fn a_parked_job_sleeps_until_its_time_or_until_it_is_woken(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue_with_task(Job { failures: 2, error: Some("no".into()), interruptions: 3, ..job("t", 1) });
    let held = calls.claim_one(10);
    assert!(calls.park(&held, 50));
    let parked = Job { failures: 0, interruptions: 0, error: None, ..at_rest(JobStatus::Parked, 50, &held) };
    assert_eq!(calls.get("t"), Some(parked.clone()));
    assert_eq!(calls.claim(49), []);
    let resumed = calls.claim_one(50);
    assert_eq!(resumed.attempt, 2);

    assert!(calls.park(&resumed, 900));
    assert!(calls.wake("t", 60));
    let woken = Job { status: JobStatus::Ready, run_at: at(60), wakes: 1, attempt: 2, ..parked };
    assert_eq!(calls.get("t"), Some(woken));
    assert_eq!(calls.claim_one(60).attempt, 3);
    assert!(!calls.wake("nobody", 61));
}

fn a_job_that_was_woken_since_is_not_parked(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue_with_task(on_line("x", job("t", 1)));
    calls.enqueue_with_task(on_line("x", job("behind", 1)));
    let held = calls.claim_one(10);
    assert!(calls.wake("t", 11));
    assert_eq!(calls.get("t"), Some(Job { wakes: 1, ..held.clone() }), "it runs on");
    assert!(!calls.park(&held, 900));
    assert!(calls.park(&Job { wakes: 1, ..held }, 900));

    assert!(calls.wake("behind", 12));
    let blocked = calls.get("behind").unwrap();
    assert_eq!((blocked.status, blocked.run_at, blocked.wakes), (JobStatus::Blocked, at(1), 1));
    assert!(calls.wake("t", 13));
    assert!(calls.wake("t", 14));
    let ready = calls.get("t").unwrap();
    assert_eq!((ready.status, ready.run_at, ready.wakes), (JobStatus::Ready, at(13), 3));
    assert!(calls.park(&calls.claim_one(13), 900), "it was woken before it was claimed");
}

fn a_job_comes_again_after_a_failure_and_after_a_clean_start(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue(vec![Job { interruptions: 2, ..job("1", 1) }]);
    let held = calls.claim_one(10);
    assert!(calls.reschedule(&held, 30, Some("first")));
    let failed = |failures, error: &str, held: &Job| Job {
        failures,
        interruptions: 0,
        error: Some(error.into()),
        ..at_rest(JobStatus::Ready, 30, held)
    };
    assert_eq!(calls.get("1"), Some(failed(1, "first", &held)));
    assert_eq!(calls.claim(29), []);
    let held = calls.claim_one(30);
    assert!(calls.reschedule(&held, 30, Some("second")));
    assert_eq!(calls.get("1"), Some(failed(2, "second", &held)));
    let held = calls.claim_one(30);
    assert!(calls.reschedule(&held, 40, None));
    assert_eq!(
        calls.get("1"),
        Some(Job { failures: 0, error: None, ..at_rest(JobStatus::Ready, 40, &held) })
    );
}

fn a_dead_job_is_kept_and_can_be_revived(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue(vec![on_line("x", once("key", job("1", 1)))]);
    assert_eq!(calls.revive("1", 5).unwrap(), None, "it is not dead");
    let held = calls.claim_one(10);
    assert!(calls.reschedule(&held, 10, Some("no")));
    let held = calls.claim_one(10);
    assert!(calls.bury(&held, "never", 20));
    let dead = Job { error: Some("never".into()), ..at_rest(JobStatus::Dead, 20, &held) };
    assert_eq!(calls.get("1"), Some(dead.clone()));
    assert_eq!((calls.claim(900), calls.requeue_lapsed(900)), (vec![], 0));

    calls.enqueue(vec![on_line("x", job("active", 21))]);
    let revived = Job { status: JobStatus::Blocked, run_at: at(30), failures: 0, error: None, ..dead };
    assert_eq!(calls.revive("1", 30).unwrap(), Some(revived.clone()));
    assert_eq!(calls.get("1"), Some(revived));
    assert!(calls.finish(&calls.claim_one(31), 31));
    assert_eq!(calls.claim_one(31).attempt, 3, "attempts count on");
    assert_eq!(calls.revive("gone", 30).unwrap(), None);
}

fn a_dead_job_is_not_revived_beside_one_that_does_the_same(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue(vec![once("key", job("1", 1))]);
    assert!(calls.bury(&calls.claim_one(10), "never", 20));
    assert_eq!(calls.enqueue(vec![once("key", job("2", 30))]), [true], "the dead one does nothing any more");
    let (dead, other) = (calls.get("1"), calls.get("2"));
    assert_eq!(code(calls.revive("1", 40)), "conflict");
    assert_eq!((calls.get("1"), calls.get("2")), (dead, other));
    assert!(calls.finish(&calls.claim_one(30), 30));
    assert_eq!(calls.revive("1", 40).unwrap().unwrap().status, JobStatus::Ready);
}

fn delete_job_of(calls: &Calls, task: &'static str) -> bool {
    calls.run(move |tx| tx.delete_job_of(&TaskId::from(task)))
}

fn the_job_of_a_task_is_deleted_whoever_holds_it(place: &Place) {
    let calls = Calls::open(place);
    ["1", "2", "3"].iter().for_each(|id| calls.enqueue_with_task(on_line("x", job(id, 1))));
    let held = calls.claim_one(10);
    assert!(delete_job_of(&calls, "1"));
    assert!(!delete_job_of(&calls, "1"));
    assert!(!calls.finish(&held, 11));
    assert!(calls.park(&calls.claim_one(11), 90));
    assert!(delete_job_of(&calls, "2"));
    assert!(calls.bury(&calls.claim_one(12), "no", 12));
    calls.enqueue(vec![on_line("x", job("4", 13)), on_line("x", job("5", 14))]);
    assert!(delete_job_of(&calls, "3"));
    assert_eq!(["4", "5"].map(|id| calls.status(id).unwrap()), [JobStatus::Ready, JobStatus::Blocked]);
}

fn a_blocked_job_that_is_deleted_lets_nothing_go(place: &Place) {
    let calls = Calls::open(place);
    ["1", "2", "3"].iter().for_each(|id| calls.enqueue_with_task(on_line("x", job(id, 1))));
    calls.enqueue(vec![once("key", on_line("x", job("4", 2))), on_line("x", job("5", 3))]);
    let held = calls.claim_one(10);
    assert!(delete_job_of(&calls, "2"));
    assert!(calls.run(|tx| tx.delete_waiting_job("test.job", "key")));
    assert_eq!(["3", "5"].map(|id| calls.status(id).unwrap()), [JobStatus::Blocked; 2]);
    assert!(calls.finish(&held, 11));
    assert_eq!(ids(&calls.claim(11)), ["3"]);
}

fn a_job_that_waits_is_deleted_by_its_key_and_one_that_runs_is_not(place: &Place) {
    let calls = Calls::open(place);
    let delete = |key: &'static str| calls.run(move |tx| tx.delete_waiting_job("test.job", key));
    let names = ["ready", "parked", "running", "dead"];
    for name in names {
        calls.enqueue(vec![once(name, on_line(name, job(name, 10)))]);
    }
    calls.enqueue(vec![on_line("ready", job("behind", 10))]);
    for held in calls.claim(10) {
        match held.id.as_str() {
            "ready" => assert!(calls.reschedule(&held, 90, None)),
            "parked" => assert!(calls.park(&held, 90)),
            "dead" => assert!(calls.bury(&held, "no", 10)),
            _ => {}
        }
    }
    assert_eq!(names.map(delete), [true, true, false, false]);
    assert_eq!(names.map(|id| calls.get(id).is_some()), [false, false, true, true]);
    assert_eq!(calls.status("behind"), Some(JobStatus::Ready));
    assert!(!calls.run(|tx| tx.delete_waiting_job("test.other", "running")));
}

fn the_next_time_to_look_is_known(place: &Place) {
    let calls = Calls::open(place);
    let next = |now| read(&*calls.0, move |tx| tx.next_job_at(at(now)));
    assert_eq!(next(1), None);
    calls.enqueue(vec![on_line("x", job("1", 30)), on_line("x", job("blocked", 5)), job("2", 40)]);
    assert_eq!([next(1), next(30), next(40)], [Some(at(30)), Some(at(40)), None]);
    calls.claim_some("me", 35, 1);
    assert_eq!([next(35), next(41)], [Some(at(40)), Some(at(45))], "a lease runs out");
    calls.enqueue_with_task(job("t", 36));
    let parked = calls.claim_one(36);
    assert!(calls.park(&parked, 37));
    assert_eq!(next(36), Some(at(37)));
}

fn jobs_are_counted_by_queue_and_status(place: &Place) {
    let calls = Calls::open(place);
    let counts = || read(&*calls.0, |tx| tx.job_counts());
    assert_eq!(counts(), []);
    let elsewhere = Job { queue: Queue::Turns, ..job("elsewhere", 1) };
    calls.enqueue(vec![job("1", 1), job("2", 90), job("3", 90), on_line("x", job("4", 1)), elsewhere]);
    calls.enqueue(vec![on_line("x", job("5", 1))]);
    calls.claim(10);
    let count = |queue, status, count| JobCount { queue, status, count };
    assert_eq!(
        counts(),
        [
            count(Queue::Delivery, JobStatus::Blocked, 1),
            count(Queue::Delivery, JobStatus::Ready, 2),
            count(Queue::Delivery, JobStatus::Running, 2),
            count(Queue::Turns, JobStatus::Ready, 1),
        ]
    );
}

fn dead_jobs_are_listed_newest_first_page_by_page(place: &Place) {
    let calls = Calls::open(place);
    for (id, died) in [("c", 20), ("a", 20), ("b", 20), ("d", 30), ("e", 10)] {
        calls.enqueue(vec![job(id, 1)]);
        assert!(calls.bury(&calls.claim_one(10), "no", died));
    }
    calls.enqueue(vec![job("lives", 1)]);
    let dead = |tx: &dyn Tx, page: &Page| tx.dead_jobs(page);
    assert_eq!(in_pages(&*calls.0, dead, |job| job.id.to_string()), "dc ba e");
}

fn a_job_goes_with_its_task_and_its_session(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue_with_task(job("t", 1));
    calls.run(|tx| {
        tx.insert_session(&session("x"))?;
        tx.insert_task(&task("u", "x", 1))?;
        tx.enqueue_job(&Job { task_id: Some(TaskId::from("u")), ..job("u", 1) })?;
        tx.delete_session(&SessionId::from("s"))
    });
    assert_eq!(["t", "u"].map(|id| calls.get(id).is_some()), [false, true]);
    let without_task = Job { task_id: Some(TaskId::from("t")), ..job("v", 1) };
    assert_eq!(code(write(&*calls.0, move |tx| tx.enqueue_job(&without_task))), "conflict");
}
