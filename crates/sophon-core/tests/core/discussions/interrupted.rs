//! Runs whose worker is lost, or has lost them.

use std::time::Duration;

use sophon_model::ports::ClaimJobs;
use sophon_model::{DiscussionRunStatus, DiscussionTurnStatus, Queue, TaskStatus};
use sophon_testkit::{Gate, Script};

use super::{RunDetail, arguing, discussion, speaker};
use crate::harness::Harness;

#[tokio::test]
async fn a_worker_that_has_lost_a_run_stores_nothing_more_of_it() {
    let gate = Gate::new();
    let held = gate.clone();
    let model = arguing(move |_, _| Script::answer().wait(&held).text("Tea.")).await;
    let app = Harness::with_models(&[&model]).await;
    app.may_leave_work();
    let run = app.start_discussion(discussion(&["Ada", "Bob"], 1)).await;
    model.wait_for_requests(2).await;
    let before = app.discussion_run(&run.id).await;
    // Another one takes the run up, as if the lease were over.
    let claimed = app.gateway.db.write(|unit| {
        let now = unit.now().plus(Duration::from_hours(1));
        unit.tx.requeue_lapsed_jobs(now)?;
        let lease_until = now.plus(Duration::from_hours(1));
        unit.tx.claim_jobs(&ClaimJobs {
            queue: Queue::Turns,
            holder: "another",
            now,
            lease_until,
            limit: 1,
            per_owner: None,
        })
    });
    assert_eq!(claimed.await.unwrap()[0].task_id, Some(run.task_id.clone()));
    let (bus, parts) = (app.gateway.db.bus(), app.parts(&run).await);
    let last = bus.last_seq();
    gate.open();
    app.gateway.running.idle().await;
    let after = app.discussion_run(&run.id).await;
    assert_eq!((after.run, after.turns), (before.run, before.turns));
    assert_eq!(app.parts(&run).await, parts);
    assert_eq!(bus.last_seq(), last, "and tells nothing");
    assert_eq!(app.task(&run.task_id).await.status, TaskStatus::Running);
}

#[tokio::test]
async fn a_run_goes_on_after_a_crash_with_the_turns_that_had_ended() {
    let gate = Gate::new();
    let held = gate.clone();
    let model = arguing(move |name, request| {
        let is_second = request.last_text().contains("This is round 2");
        let script = Script::answer().text(&format!("{name} says "));
        let script = if name == "Bob" && is_second { script.wait(&held) } else { script };
        script.text("tea.")
    })
    .await;
    let app = Harness::with_models(&[&model]).await;
    let run = app.start_discussion(discussion(&["Ada", "Bob"], 2)).await;
    gate.reached().await;
    let before = app
        .until(async || {
            let detail = app.discussion_run(&run.id).await;
            let ended = detail.turns.iter().filter(|turn| turn.status != DiscussionTurnStatus::Running);
            (ended.count() == 3).then_some(detail)
        })
        .await;
    let app = app.crash_and_restart(&[&model]).await;
    gate.open();
    let ended = app.run_ended(&run).await;
    assert_eq!(ended.run.status, DiscussionRunStatus::Completed, "{:?}", ended.run.error);
    let asked: Vec<String> = model.requests().iter().map(speaker).collect();
    let count = |who: &str| asked.iter().filter(|asked| *asked == who).count();
    assert_eq!(
        (count("Ada"), count("Bob"), count("Judge")),
        (2, 3, 1),
        "only what was under way is asked again"
    );
    let tasks = |detail: &RunDetail| {
        let mut tasks: Vec<String> = detail.turns.iter().map(|turn| turn.task_id.to_string()).collect();
        tasks.sort();
        tasks
    };
    assert_eq!(tasks(&ended), tasks(&before), "the turn began again as the same task");
    let task = app.task(&run.task_id).await;
    assert_eq!((task.status, task.attempt), (TaskStatus::Completed, 2));
}
