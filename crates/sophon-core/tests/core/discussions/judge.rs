//! The judge, and what it says instead of a verdict.

use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::{Value, json};
use sophon_model::{DiscussionRunStatus, DiscussionTurnStatus, TaskKind, TaskStatus};
use sophon_testkit::{ModelServer, Script};

use super::{discussion, speaker, verdict};
use crate::harness::Harness;

#[tokio::test]
async fn a_verdict_of_the_wrong_shape_is_asked_for_once_more_and_then_the_run_fails() {
    let mut sure = verdict();
    sure["confidence"] = json!(7);
    let answers = ["Tea, I think.".to_owned(), verdict().to_string(), "{}".to_owned(), sure.to_string()];
    let asked = AtomicUsize::new(0);
    let model = ModelServer::start(move |request| match speaker(request).as_str() {
        "Judge" => Script::say(&answers[asked.fetch_add(1, Ordering::Relaxed)]),
        name => Script::say(&format!("{name} says tea.")),
    })
    .await;
    let app = Harness::with_models(&[&model]).await;
    let run = app.start_discussion(discussion(&["Ada", "Bob"], 1)).await;
    assert_eq!(app.run_ended(&run).await.run.status, DiscussionRunStatus::Completed);
    let requests = model.requests();
    assert!(requests[3].last_text().contains("no JSON object"), "the judge is told what is wrong");
    assert!(requests[3].body.to_string().contains("Tea, I think."));

    let run = app.start_discussion(discussion(&["Ada", "Bob"], 1)).await;
    let failed = app.run_ended(&run).await.run;
    assert_eq!((failed.status, &failed.verdict), (DiscussionRunStatus::Failed, &None));
    assert!(failed.error.as_ref().unwrap().contains("confidence is 7"), "{:?}", failed.error);
    let task = app.task(&run.task_id).await;
    assert_eq!((task.status, task.error), (TaskStatus::Failed, failed.error));
    let judge = app.parts(&run).await.pop().unwrap();
    assert_eq!((judge.kind, judge.status), (TaskKind::DiscussionVerdict, TaskStatus::Failed));
    assert_eq!(judge.usage.unwrap().total(), 30, "both answers count");
}

#[tokio::test]
async fn whatever_a_judge_says_instead_of_a_verdict_the_run_ends_with_what_is_wrong_with_it() {
    let with = |field: &str, value: Value| {
        let mut verdict = verdict();
        verdict[field] = value;
        verdict.to_string()
    };
    for (answer, reason) in [
        ("I cannot decide.".to_owned(), "no JSON object"),
        (with("confidence", json!("high")), "invalid type: string \"high\""),
        (with("dissent", json!("none")), "invalid type"),
        (with("reasoning", json!("x".repeat(200_000))), "no JSON object"),
        (format!("{}1{}", "[{\"a\":".repeat(5_000), "}]".repeat(5_000)), "recommendation"),
    ] {
        let said = answer.clone();
        let model = ModelServer::start(move |request| match speaker(request).as_str() {
            "Judge" => Script::say(&said),
            name => Script::say(&format!("{name} says tea.")),
        })
        .await;
        let app = Harness::with_models(&[&model]).await;
        let run = app.start_discussion(discussion(&["Ada", "Bob"], 1)).await;
        let failed = app.run_ended(&run).await.run;
        assert_eq!((failed.status, &failed.verdict), (DiscussionRunStatus::Failed, &None));
        let error = failed.error.unwrap();
        assert!(error.contains(reason) && error.len() < 500, "{error}");
        let asked = model.requests().iter().filter(|request| speaker(request) == "Judge").count();
        assert_eq!(asked, 2, "it is asked once more, and no more");
    }
}

#[tokio::test]
async fn a_judge_who_is_late_or_whose_model_fails_ends_the_run() {
    for (script, reason) in [(Script::silence(), "within 5 s"), (Script::refuse(400, "no"), "refused")] {
        let model = ModelServer::start(move |request| match speaker(request).as_str() {
            "Judge" => script.clone(),
            name => Script::say(&format!("{name} says tea.")),
        })
        .await;
        let app = Harness::with_models(&[&model]).await;
        let run = app.start_discussion(discussion(&["Ada", "Bob"], 1)).await;
        let ended = app.run_ended(&run).await;
        assert_eq!(ended.run.status, DiscussionRunStatus::Failed);
        assert!(ended.run.error.as_ref().unwrap().contains(reason), "{:?}", ended.run.error);
        assert!(ended.turns.iter().all(|turn| turn.status == DiscussionTurnStatus::Completed));
    }
}

#[tokio::test]
async fn cancelling_the_judge_alone_ends_the_run_as_cancelled() {
    let model = ModelServer::start(|request| match speaker(request).as_str() {
        "Judge" => Script::silence(),
        name => Script::say(&format!("{name} says tea.")),
    })
    .await;
    let app = Harness::with_models(&[&model]).await;
    let run = app.start_discussion(discussion(&["Ada", "Bob"], 1)).await;
    model.wait_for_requests(3).await;
    assert_eq!(app.discussion_run(&run.id).await.run.status, DiscussionRunStatus::Judging);
    let judge = app.parts(&run).await.pop().unwrap();
    app.gateway.tasks.cancel(&app.admin(), &judge.id).await.unwrap();
    let ended = app.run_ended(&run).await.run;
    let me = Some(app.admin().user);
    assert_eq!((ended.status, ended.cancelled_by), (DiscussionRunStatus::Cancelled, me));
}
