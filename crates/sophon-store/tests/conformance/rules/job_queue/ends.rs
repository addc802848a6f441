//! How a job is brought to rest, and how it ends.

use sophon_model::ports::Tx;
use sophon_model::{Job, JobId, JobStatus, Page, SessionId, TaskId};

use super::{Calls, at_rest, ids, on_line, once};
use crate::fixtures::{at, job, session, task};
use crate::harness::{Place, Rule, code, in_pages, rule, write};

pub fn rules() -> Vec<Rule> {
    vec![
        rule(a_parked_job_sleeps_until_its_time_or_until_it_is_woken),
        rule(a_job_that_was_woken_since_is_not_parked),
        rule(a_job_comes_again_after_a_failure_and_after_a_clean_start),
        rule(a_dead_job_is_kept_and_can_be_revived),
        rule(a_dead_job_is_not_revived_beside_one_that_does_the_same),
        rule(the_job_of_a_task_is_deleted_whoever_holds_it),
        rule(a_blocked_job_that_is_deleted_lets_nothing_go),
        rule(a_job_that_waits_is_deleted_by_its_key_and_one_that_runs_is_not),
        rule(dead_jobs_are_listed_newest_first_page_by_page),
        rule(a_dead_job_can_be_deleted_and_no_other),
        rule(jobs_that_died_long_ago_are_removed),
        rule(a_job_goes_with_its_task_and_its_session),
    ]
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
    for id in ["1", "2", "3"] {
        calls.enqueue_with_task(on_line("x", job(id, 1)));
    }
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
    for id in ["1", "2", "3"] {
        calls.enqueue_with_task(on_line("x", job(id, 1)));
    }
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

fn dead_jobs_are_listed_newest_first_page_by_page(place: &Place) {
    let calls = Calls::open(place);
    died_at(&calls, &[("c", 20), ("a", 20), ("b", 20), ("d", 30), ("e", 10)]);
    calls.enqueue(vec![job("lives", 1)]);
    let dead = |tx: &dyn Tx, page: &Page| tx.dead_jobs(page);
    assert_eq!(in_pages(&*calls.0, dead, |job| job.id.to_string()), "dc ba e");
}

/// A job for each of these times, at which it died.
fn died_at(calls: &Calls, deaths: &[(&'static str, i64)]) {
    for (id, died) in deaths {
        calls.enqueue(vec![job(id, 1)]);
        assert!(calls.bury(&calls.claim_one(10), "no", *died));
    }
}

fn a_dead_job_can_be_deleted_and_no_other(place: &Place) {
    let calls = Calls::open(place);
    died_at(&calls, &[("dead", 20), ("also dead", 20)]);
    calls.enqueue(vec![job("lives", 1)]);
    let delete = |id: &'static str| calls.run(move |tx| tx.delete_dead_job(&JobId::from(id)));
    assert_eq!(["dead", "dead", "lives", "unknown"].map(delete), [true, false, false, false]);
    assert_eq!(["dead", "also dead", "lives"].map(|id| calls.get(id).is_some()), [false, true, true]);
}

fn jobs_that_died_long_ago_are_removed(place: &Place) {
    let calls = Calls::open(place);
    died_at(&calls, &[("late", 20), ("early", 10), ("just", 15)]);
    calls.enqueue(vec![job("lives", 1)]);
    assert_eq!(calls.run(|tx| tx.prune_dead_jobs(at(15))), 1);
    assert_eq!(calls.run(|tx| tx.prune_dead_jobs(at(15))), 0);
    assert_eq!(
        ["early", "just", "late", "lives"].map(|id| calls.get(id).is_some()),
        [false, true, true, true]
    );
}

fn a_job_goes_with_its_task_and_its_session(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue_with_task(job("t", 1));
    calls.run(|tx| {
        tx.insert(&session("x"))?;
        tx.insert(&task("u", "x", 1))?;
        tx.enqueue_job(&Job { task_id: Some(TaskId::from("u")), ..job("u", 1) })?;
        tx.delete(&SessionId::from("s"))
    });
    assert_eq!(["t", "u"].map(|id| calls.get(id).is_some()), [false, true]);
    let without_task = Job { task_id: Some(TaskId::from("t")), ..job("v", 1) };
    assert_eq!(code(write(&*calls.0, move |tx| tx.enqueue_job(&without_task))), "conflict");
}
