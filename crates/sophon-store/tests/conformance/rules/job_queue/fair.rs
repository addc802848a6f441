//! Claims that share a queue's workers among the owners of its jobs.

use sophon_model::ports::ClaimJobs;
use sophon_model::{Job, JobStatus, TaskId};

use super::{Calls, claim, ids};
use crate::fixtures::job;
use crate::harness::{Place, Rule, rule};

/// Jobs of an owner that run at a time.
const PER_OWNER: usize = 3;

pub fn rules() -> Vec<Rule> {
    vec![
        rule(an_owner_has_no_more_jobs_at_work_than_one_may),
        rule(a_place_goes_to_the_owner_and_then_to_the_tenant_with_the_fewest),
        rule(throttled_jobs_go_in_their_order_as_others_of_their_owner_end),
        rule(a_crowd_of_one_owner_is_passed_over_once),
        rule(a_throttled_job_that_is_woken_is_throttled_again_or_deleted_with_its_task),
    ]
}

fn of(owner: &str, job: Job) -> Job {
    let tenant_id = Some(if owner == "zoe" { "small".into() } else { "home".into() });
    Job { owner_id: Some(owner.into()), tenant_id, ..job }
}

impl Calls {
    fn claim_fairly(&self, now: i64, limit: usize) -> Vec<Job> {
        self.run(move |tx| {
            tx.claim_jobs(&ClaimJobs { per_owner: Some(PER_OWNER), ..claim("me", now, limit) })
        })
    }
}

fn an_owner_has_no_more_jobs_at_work_than_one_may(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue((1..=5).map(|n| of("ann", job(&format!("a{n}"), n))).collect());
    calls.enqueue(vec![of("bob", job("b", 9)), job("nobody's", 9)]);
    assert_eq!(ids(&calls.claim_fairly(10, 9)), ["a1", "nobody's", "b", "a2", "a3"]);
    assert_eq!(calls.claim_fairly(10, 9), []);
    assert_eq!(calls.status("a4"), Some(JobStatus::Parked));
    assert!(calls.get("a5").unwrap().is_throttled);
}

fn a_place_goes_to_the_owner_and_then_to_the_tenant_with_the_fewest(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue(vec![
        of("ann", job("a1", 1)),
        of("ann", job("a2", 2)),
        of("bob", job("b", 3)),
        of("zoe", job("z", 4)),
    ]);
    assert_eq!(ids(&calls.claim_fairly(10, 1)), ["a1"]);
    assert_eq!(ids(&calls.claim_fairly(10, 1)), ["z"], "its tenant has none");
    assert_eq!(ids(&calls.claim_fairly(10, 1)), ["b"]);
    assert_eq!(ids(&calls.claim_fairly(10, 1)), ["a2"]);
}

fn throttled_jobs_go_in_their_order_as_others_of_their_owner_end(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue((1..=6).map(|n| of("ann", job(&format!("a{n}"), n))).collect());
    let running = calls.claim_fairly(10, 9);
    assert_eq!(ids(&running), ["a1", "a2", "a3"]);
    assert!(calls.finish(&running[1], 11));
    let next = calls.claim_fairly(11, 9);
    assert_eq!(ids(&next), ["a4"]);
    assert!(!next[0].is_throttled && !calls.get("a4").unwrap().is_throttled);
    // One that is parked for something else leaves its place, too.
    assert!(calls.park(&running[0], 1_000));
    assert!(calls.finish(&running[2], 11));
    assert_eq!(ids(&calls.claim_fairly(12, 9)), ["a5", "a6"]);
}

fn a_crowd_of_one_owner_is_passed_over_once(place: &Place) {
    let calls = Calls::open(place);
    // More than are looked at together.
    calls.enqueue((0..2_500).map(|n| of("ann", job(&format!("a{n:04}"), 1))).collect());
    calls.enqueue(vec![of("bob", job("b", 2))]);
    assert_eq!(ids(&calls.claim_fairly(10, 5)), ["a0000", "a0001", "a0002", "b"]);
    let due = calls.claim_some("me", 10, 9);
    assert_eq!(due, [], "nothing of the crowd is due");
}

fn a_throttled_job_that_is_woken_is_throttled_again_or_deleted_with_its_task(place: &Place) {
    let calls = Calls::open(place);
    calls.enqueue((1..=3).map(|n| of("ann", job(&format!("a{n}"), n))).collect());
    calls.enqueue_with_task(of("ann", job("a4", 4)));
    assert_eq!(calls.claim_fairly(10, 9).len(), PER_OWNER);
    assert!(calls.wake("a4", 11));
    assert_eq!(calls.claim_fairly(11, 9), []);
    assert!(calls.get("a4").unwrap().is_throttled);
    assert!(calls.wake("a4", 12));
    assert!(calls.run(|tx| tx.delete_job_of(&TaskId::from("a4"))));
    assert_eq!(calls.get("a4"), None);
}
