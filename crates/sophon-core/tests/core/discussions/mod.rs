//! Several argue, and a judge decides.

mod called;
mod interrupted;
mod judge;

use fanout::Start;
use serde_json::{Value, json};
use sophon_core::discussions::{ChangeDiscussion, NewDiscussion, RunDetail};
use sophon_core::limits::MOST_OPEN_DISCUSSIONS;
use sophon_model::{
    DiscussionEvent, DiscussionRun, DiscussionRunId, DiscussionRunStatus, DiscussionTurnStatus, Event, Kind,
    NewPanelist, Task, TaskKind, TaskStatus, Topic,
};
use sophon_testkit::model_server::RecordedRequest;
use sophon_testkit::{ModelServer, Script};

use crate::harness::{Harness, events_until};

fn persona(name: &str) -> NewPanelist {
    let persona = Some(format!("{name} likes tea."));
    NewPanelist { name: Some(name.into()), persona, ..NewPanelist::default() }
}

fn discussion(names: &[&str], rounds: i64) -> NewDiscussion {
    NewDiscussion {
        topic: "Tea or coffee?".into(),
        panelists: names.iter().copied().map(persona).collect(),
        rounds: Some(rounds),
        round_timeout_seconds: Some(5),
        ..NewDiscussion::default()
    }
}

fn verdict() -> Value {
    json!({ "recommendation": "Tea.", "reasoning": "It keeps.", "confidence": 0.75, "keyPoints": ["It keeps."],
        "dissent": ["Coffee wakes."] })
}

/// The panelist that is asked to speak.
fn speaker(request: &RecordedRequest) -> String {
    let system = request.body["messages"][0]["content"].as_str().unwrap();
    let name = system.split("\n\nYou are ").nth(1).unwrap();
    name.split([' ', ',']).next().unwrap().to_owned()
}

/// A model whose panelists say what `speak` has them say, and whose judge decides for tea.
async fn arguing(speak: impl Fn(&str, &RecordedRequest) -> Script + Send + Sync + 'static) -> ModelServer {
    ModelServer::start(move |request| match speaker(request).as_str() {
        "Judge" => Script::say(&verdict().to_string()),
        name => speak(name, request),
    })
    .await
}

impl Harness {
    async fn start_discussion(&self, new: NewDiscussion) -> DiscussionRun {
        let planned = self.gateway.discussions.create(&self.admin(), new).await.unwrap();
        self.gateway.discussions.start(&self.admin(), &planned.id).await.unwrap()
    }

    async fn discussion_run(&self, id: &DiscussionRunId) -> RunDetail {
        self.gateway.discussions.run(&self.admin(), id).await.unwrap()
    }

    async fn run_ended(&self, run: &DiscussionRun) -> RunDetail {
        self.until(async || {
            let detail = self.discussion_run(&run.id).await;
            detail.run.status.is_final().then_some(detail)
        })
        .await
    }

    async fn parts(&self, run: &DiscussionRun) -> Vec<Task> {
        self.gateway.tasks.get(&self.admin(), &run.task_id).await.unwrap().children
    }

    /// The task of this panelist's turn in the first round, once it runs.
    async fn turn_of(&self, run: &DiscussionRun, panelist: &str) -> Task {
        let description = format!("Round 1, {panelist}: Tea or coffee?");
        let running = self
            .until(async || self.parts(run).await.into_iter().find(|part| part.description == description));
        running.await
    }
}

fn outcomes(detail: &RunDetail) -> Vec<(String, i64, DiscussionTurnStatus)> {
    let mut outcomes: Vec<_> =
        detail.turns.iter().map(|turn| (turn.panelist_id.clone(), turn.round, turn.status)).collect();
    outcomes.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    outcomes
}

#[tokio::test]
async fn panelists_speak_in_rounds_and_the_judge_decides_on_all_that_was_said() {
    let model = arguing(|name, _| Script::say(&format!("{name} says tea.")).usage(7, 3)).await;
    let app = Harness::with_models(&[&model]).await;
    let planned = app.gateway.discussions.create(&app.admin(), discussion(&["Ada", "Bob"], 2)).await.unwrap();
    let bus = app.gateway.db.bus();
    let last = bus.last_seq();
    let run = app.gateway.discussions.start(&app.admin(), &planned.id).await.unwrap();
    let subscription = bus.subscribe();
    subscription.follow(&Topic::Discussion(run.id.clone()), Start::After(last));
    let ended = app.run_ended(&run).await;
    assert_eq!(ended.run.status, DiscussionRunStatus::Completed, "{:?}", ended.run.error);
    assert_eq!(serde_json::to_value(ended.run.verdict.as_ref().unwrap()).unwrap(), verdict());
    assert_eq!(ended.run.verdict_hash.as_deref().map(str::len), Some(64));
    let requests = model.requests();
    let knows = |request: &RecordedRequest| request.last_text().matches("says tea.").count();
    assert_eq!(requests.iter().map(knows).collect::<Vec<_>>(), [0, 0, 2, 2, 4]);
    assert!(requests[4].last_text().contains("source=\"panelist:ada\""), "what others say is fenced");

    let task = app.task(&run.task_id).await;
    assert_eq!((task.kind, task.status), (TaskKind::Discussion, TaskStatus::Completed));
    assert_eq!(task.usage.unwrap().total(), 4 * 10 + 15);
    let parts = app.parts(&run).await;
    assert!(parts.iter().all(|part| part.status == TaskStatus::Completed && part.ended_at.is_some()));
    let kinds: Vec<TaskKind> = parts.iter().map(|part| part.kind).collect();
    assert_eq!(kinds, [&[TaskKind::DiscussionTurn; 4][..], &[TaskKind::DiscussionVerdict]].concat());

    let is_end = |event: &Event| matches!(event, Event::Discussion(DiscussionEvent::Ended { .. }));
    let told: Vec<&str> = events_until(&subscription, is_end)
        .await
        .iter()
        .map(|entry| match entry.value() {
            Event::Discussion(DiscussionEvent::Started { .. }) => "started",
            Event::Discussion(DiscussionEvent::RoundStarted { .. }) => "round",
            Event::Discussion(DiscussionEvent::TurnStarted { .. }) => "turn",
            Event::Discussion(DiscussionEvent::TurnEnded { .. }) => "said",
            Event::Discussion(DiscussionEvent::JudgeStarted { .. }) => "judge",
            Event::Discussion(DiscussionEvent::Decided { .. }) => "decided",
            Event::Discussion(DiscussionEvent::Ended { .. }) => "ended",
            other => panic!("{other:?}"),
        })
        .collect();
    let round = ["round", "turn", "turn", "said", "said"];
    assert_eq!(told, [&["started"][..], &round, &round, &["judge", "decided", "ended"]].concat());
}

#[tokio::test]
async fn one_who_is_late_one_who_fails_and_one_who_is_cancelled_do_not_keep_the_others_from_a_verdict() {
    let model = arguing(|name, _| match name {
        "Ada" => Script::say("Tea keeps."),
        "Cy" => Script::refuse(400, "no"),
        _ => Script::silence(),
    })
    .await;
    let app = Harness::with_models(&[&model]).await;
    let run = app.start_discussion(discussion(&["Ada", "Bob", "Cy", "Dan"], 1)).await;
    let dan = app.turn_of(&run, "Dan").await;
    app.gateway.tasks.cancel(&app.admin(), &dan.id).await.unwrap();
    let ended = app.run_ended(&run).await;
    assert_eq!(ended.run.status, DiscussionRunStatus::Completed, "{:?}", ended.run.error);
    let expected = [
        ("ada", DiscussionTurnStatus::Completed),
        ("bob", DiscussionTurnStatus::TimedOut),
        ("cy", DiscussionTurnStatus::Failed),
        ("dan", DiscussionTurnStatus::Cancelled),
    ];
    assert_eq!(outcomes(&ended), expected.map(|(who, status)| (who.to_owned(), 1, status)));
    let error = |who: &str| ended.turns.iter().find(|turn| turn.panelist_id == who).unwrap().error.clone();
    assert!(error("bob").unwrap().contains("5 s") && error("cy").unwrap().contains("refused"));
    let parts = app.parts(&run).await;
    let statuses: Vec<TaskStatus> = parts.iter().map(|part| part.status).collect();
    assert_eq!(
        statuses,
        [
            TaskStatus::Completed,
            TaskStatus::Failed,
            TaskStatus::Failed,
            TaskStatus::Cancelled,
            TaskStatus::Completed
        ]
    );
    assert_eq!(parts[3].cancelled_by, Some(app.admin().user));
}

#[tokio::test]
async fn a_person_has_so_many_runs_at_a_time_and_no_more() {
    let model = arguing(|_, _| Script::silence()).await;
    let app = Harness::with_models(&[&model]).await;
    app.may_leave_work();
    let planned = app.gateway.discussions.create(&app.admin(), discussion(&["Ada", "Bob"], 1)).await.unwrap();
    let start = async || app.gateway.discussions.start(&app.admin(), &planned.id).await;
    let mut last = None;
    for _ in 0..MOST_OPEN_DISCUSSIONS {
        last = Some(start().await.unwrap());
    }
    let refused = start().await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (Kind::Conflict, "too_many_runs"));
    assert!(refused.message().contains("cancel one"), "{}", refused.message());
    app.gateway.discussions.cancel(&app.admin(), &last.unwrap().id).await.unwrap();
    start().await.unwrap();
}

#[tokio::test]
async fn a_run_in_which_nobody_speaks_fails_without_a_judge() {
    let model = arguing(|_, _| Script::refuse(400, "no")).await;
    let app = Harness::with_models(&[&model]).await;
    let run = app.start_discussion(discussion(&["Ada", "Bob"], 1)).await;
    let failed = app.run_ended(&run).await.run;
    assert_eq!(failed.status, DiscussionRunStatus::Failed);
    assert!(failed.error.unwrap().starts_with("Nobody spoke. The model provider"));
    assert!(model.requests().iter().all(|request| speaker(request) != "Judge"));
}

#[tokio::test]
async fn a_run_is_cancelled_whole_and_all_that_was_open_of_it_ends_with_it() {
    let model = arguing(|_, _| Script::silence()).await;
    let app = Harness::with_models(&[&model]).await;
    let run = app.start_discussion(discussion(&["Ada", "Bob"], 1)).await;
    model.wait_for_requests(2).await;
    let told = app.gateway.discussions.cancel(&app.admin(), &run.id).await.unwrap();
    assert_eq!(told.status, DiscussionRunStatus::Running);
    let ended = app.run_ended(&run).await;
    let me = Some(app.admin().user);
    assert_eq!((ended.run.status, &ended.run.cancelled_by), (DiscussionRunStatus::Cancelled, &me));
    assert!(ended.turns.iter().all(|turn| turn.status == DiscussionTurnStatus::Cancelled));
    assert!(
        app.parts(&run)
            .await
            .iter()
            .all(|part| part.status == TaskStatus::Cancelled && part.cancelled_by == me)
    );
    let again = app.gateway.discussions.cancel(&app.admin(), &run.id).await.unwrap_err();
    assert_eq!(again.code(), "conflict");
}

#[tokio::test]
async fn a_discussion_that_is_deleted_takes_its_runs_with_it_and_ends_their_tasks() {
    let model = arguing(|_, _| Script::silence()).await;
    let app = Harness::with_models(&[&model]).await;
    let run = app.start_discussion(discussion(&["Ada", "Bob"], 1)).await;
    model.wait_for_requests(2).await;
    app.gateway.discussions.delete(&app.admin(), run.discussion_id.as_ref().unwrap()).await.unwrap();
    assert_eq!(app.gateway.discussions.run(&app.admin(), &run.id).await.unwrap_err().code(), "not_found");
    let task = app.task(&run.task_id).await;
    assert_eq!((task.status, task.cancelled_by), (TaskStatus::Cancelled, Some(app.admin().user)));
    model.wait_until_idle().await;
    app.gateway.running.idle().await;
}

#[tokio::test]
async fn without_a_model_provider_a_run_is_refused_with_what_to_do() {
    let app = Harness::offline().await;
    let planned = app.gateway.discussions.create(&app.admin(), discussion(&["Ada", "Bob"], 1)).await.unwrap();
    let refused = app.gateway.discussions.start(&app.admin(), &planned.id).await.unwrap_err();
    assert_eq!(refused.code(), "no_model_provider");
    assert!(refused.message().contains("sophon onboard"));
}

#[tokio::test]
async fn what_is_somebody_elses_does_not_exist() {
    let model = arguing(|_, _| Script::silence()).await;
    let app = Harness::with_models(&[&model]).await;
    app.may_leave_work();
    let run = app.start_discussion(discussion(&["Ada", "Bob"], 1)).await;
    let other = app.colleague().await;
    let (all, planned) = (&app.gateway.discussions, run.discussion_id.clone().unwrap());
    let refused = [
        all.get(&other, &planned).await.unwrap_err(),
        all.update(&other, &planned, ChangeDiscussion::default()).await.unwrap_err(),
        all.delete(&other, &planned).await.unwrap_err(),
        all.start(&other, &planned).await.unwrap_err(),
        all.run(&other, &run.id).await.unwrap_err(),
        all.cancel(&other, &run.id).await.unwrap_err(),
    ];
    assert!(refused.iter().all(|error| error.code() == "not_found"), "{refused:?}");
}
