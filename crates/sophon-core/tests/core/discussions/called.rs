//! Runs that agents call for.

use serde_json::json;
use sophon_model::{DiscussionRunStatus, DiscussionTurnStatus, TaskKind, TaskStatus};
use sophon_testkit::{Gate, ModelServer, Script};

use super::{speaker, verdict};
use crate::harness::Harness;

#[tokio::test]
async fn an_agent_that_calls_for_a_discussion_reads_the_verdict_and_a_crash_does_not_begin_it_twice() {
    let gate = Gate::new();
    let held = gate.clone();
    let arguments = json!({ "topic": "Tea or coffee?", "rounds": 1, "panelists": [
        { "name": "Ada", "persona": "Ada likes tea." }, { "name": "Bob", "persona": "Bob likes coffee." }] });
    let model = ModelServer::start(move |request| {
        let text = request.body.to_string();
        if !text.contains("in a discussion with") && !text.contains("the judge of a discussion") {
            return match request.last_text() {
                asked if asked.contains("decide") => {
                    Script::answer().tool_call("c", "discussion.run", arguments.clone())
                }
                read => Script::say(&format!("I read: {read}")),
            };
        }
        match speaker(request).as_str() {
            "Judge" => Script::say(&verdict().to_string()),
            "Bob" => Script::answer().text("Coffee ").wait(&held).text("wakes."),
            _ => Script::say("Tea keeps."),
        }
    })
    .await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("decide for me").await;
    gate.reached().await;
    let app = app.crash_and_restart(&[&model]).await;
    gate.open();
    app.completed(&sent).await;
    let messages = app.messages(&sent.session_id).await;
    let answer = &messages.last().unwrap().content;
    assert!(answer.contains("\"recommendation\":\"Tea.\""), "{answer}");
    let runs = app.gateway.tasks.get(&app.admin(), &sent.task_id).await.unwrap().children;
    assert_eq!(runs.len(), 1, "one run, that goes on");
    assert_eq!((runs[0].kind, runs[0].status), (TaskKind::Discussion, TaskStatus::Completed));
    let parts = app.gateway.tasks.get(&app.admin(), &runs[0].id).await.unwrap().children;
    assert_eq!(parts.len(), 3);
}

#[tokio::test]
async fn a_discussion_in_a_chat_ends_with_the_chat_that_is_cancelled_or_deleted() {
    for deletes in [false, true] {
        let arguments = json!({ "topic": "Tea or coffee?", "panelists": [
            { "name": "Ada", "persona": "Ada likes tea." }, { "name": "Bob", "persona": "Bob likes coffee." }] });
        let model = ModelServer::start(move |request| match request.last_text().as_str() {
            "decide" => Script::answer().tool_call("c", "discussion.run", arguments.clone()),
            _ => Script::silence(),
        })
        .await;
        let app = Harness::with_models(&[&model]).await;
        let sent = app.send("decide").await;
        model.wait_for_requests(3).await;
        let run = app.gateway.tasks.get(&app.admin(), &sent.task_id).await.unwrap().children.remove(0);
        let of_task = run.id.clone();
        let found =
            app.gateway.db.read(move |tx| tx.discussion_run_of_task(&of_task)).await.unwrap().unwrap();
        if deletes {
            app.gateway.sessions.delete(&app.admin(), &sent.session_id).await.unwrap();
        } else {
            app.gateway.tasks.cancel(&app.admin(), &sent.task_id).await.unwrap();
            assert_eq!(app.ended(&sent).await.status, TaskStatus::Cancelled);
            assert_eq!(app.task(&run.id).await.status, TaskStatus::Cancelled);
        }
        let ended = app.run_ended(&found).await;
        assert_eq!(ended.run.status, DiscussionRunStatus::Cancelled);
        assert!(ended.turns.iter().all(|turn| turn.status == DiscussionTurnStatus::Cancelled));
    }
}
