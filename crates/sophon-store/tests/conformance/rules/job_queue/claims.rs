//! Which worker gets which job when, and which one may write.

use serde_json::json;
use sophon_model::ports::JobCount;
use sophon_model::{Job, JobStatus, Priority, Queue, TaskId};

use super::{Calls, at_rest, ids, on_line, once};
use crate::fixtures::{at, job};
use crate::harness::{Place, Rule, read, rule};

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
        rule(a_job_that_is_enqueued_for_later_while_it_runs_waits_for_that_time),
        rule(the_next_time_to_look_is_known),
        rule(jobs_are_counted_by_queue_and_status),
    ]
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
    let again = Job { again_at: Some(at(11)), payload: json!(3), ..held.clone() };
    assert_eq!(calls.get("1"), Some(again));

    assert!(calls.finish(&held, 15));
    assert_eq!(calls.get("1"), Some(Job { payload: json!(3), ..at_rest(JobStatus::Ready, 15, &held) }));
    assert!(!calls.finish(&held, 15), "it is no longer held");
    let more = calls.claim_one(15);
    assert_eq!((more.id.as_str(), more.attempt), ("1", 2));
    assert!(calls.finish(&more, 16));
    assert_eq!((calls.get("1"), calls.claim_one(16).id.as_str()), (None, "2"));
}

fn a_job_that_is_enqueued_for_later_while_it_runs_waits_for_that_time(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue(vec![once("key", job("1", 1))]);
    let held = calls.claim_one(10);
    assert_eq!(calls.enqueue(vec![once("key", job("2", 90)), once("key", job("3", 95))]), [false, false]);
    assert!(calls.finish(&held, 15));
    let again = Job { payload: job("3", 95).payload, ..at_rest(JobStatus::Ready, 90, &held) };
    assert_eq!(calls.get("1"), Some(again));
    assert_eq!(calls.claim(89), []);
    assert_eq!(calls.claim_one(90).id.as_str(), "1");
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
