//! An agent asks the person it works for.

use std::time::Duration;

use serde_json::json;
use sophon_core::sessions::ChangeSession;
use sophon_model::{Caller, Credential, InfoRequest, Page, ToolCallStatus, WhileBusy};
use sophon_testkit::{ModelServer, Script};

use crate::harness::Harness;

async fn curious() -> ModelServer {
    ModelServer::start(|request| {
        if request.body.to_string().contains("\"tool_call_id\"") {
            Script::say("Thank you.")
        } else {
            let question = json!({ "question": "Which colour?", "choices": ["red", "blue"] });
            Script::answer().tool_call("a", "person.ask", question)
        }
    })
    .await
}

impl Harness {
    async fn question(&self) -> InfoRequest {
        self.until(async || {
            let page = Page::new(None, None);
            self.gateway.info_requests.pending(&self.admin(), page).await.unwrap().items.pop()
        })
        .await
    }
}

#[tokio::test]
async fn the_answer_goes_to_the_model_and_the_second_one_is_a_conflict() {
    let model = curious().await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("paint it").await;
    let asked = app.question().await;
    assert_eq!(
        (asked.question.as_str(), &asked.choices[..]),
        ("Which colour?", &["red".into(), "blue".into()][..])
    );
    app.gateway.info_requests.respond(&app.admin(), &asked.id, Some("green".into())).await.unwrap();
    let second = app.gateway.info_requests.respond(&app.admin(), &asked.id, Some("red".into())).await;
    let second = second.unwrap_err();
    assert_eq!(
        (second.code(), second.details()),
        ("already_resolved", Some(&json!({ "outcome": "answered" })))
    );
    app.completed(&sent).await;
    assert!(model.requests()[1].body.to_string().contains("green"));
}

#[tokio::test]
async fn a_message_that_interrupts_a_turn_that_waits_is_counted_beside_what_that_turn_leaves() {
    let model = curious().await;
    let app = Harness::with_models(&[&model]).await;
    let first = app.send("paint it").await;
    app.question().await;
    let interrupt = ChangeSession { while_busy: Some(WhileBusy::Interrupt), ..ChangeSession::default() };
    let sessions = &app.gateway.sessions;
    sessions.update(&app.admin(), &first.session_id, interrupt).await.unwrap();
    let second = app.send_to(&first.session_id, "no, wait").await;
    app.completed(&second).await;
    let session = sessions.get(Some(&app.admin()), &first.session_id).await.unwrap();
    let there = app.messages(&first.session_id).await.len();
    assert_eq!((session.message_count, there), (4, 4));
}

#[tokio::test]
async fn who_will_not_answer_or_does_not_in_time_keeps_the_agent_from_nothing_else() {
    let model = curious().await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("paint it").await;
    let asked = app.question().await;
    app.gateway.info_requests.respond(&app.admin(), &asked.id, None).await.unwrap();
    app.completed(&sent).await;

    let sent = app.send("paint it again").await;
    app.question().await;
    app.clock.advance(Duration::from_mins(5));
    let task = app.completed(&sent).await;
    let calls = app.gateway.tasks.get(&app.admin(), &task.id).await.unwrap().tool_calls;
    assert_eq!(calls[0].status, ToolCallStatus::Failed);
    assert!(calls[0].result.as_ref().unwrap().contains("did not answer in time"));
}

#[tokio::test]
async fn a_question_is_asked_once_whatever_happens_to_the_gateway() {
    let model = curious().await;
    let mut app = Harness::with_models(&[&model]).await;
    let sent = app.send("paint it").await;
    let asked = app.question().await;
    for _ in 0..8 {
        app = app.crash_and_restart(&[&model]).await;
        assert_eq!(app.question().await.id, asked.id);
        app.parked(&sent.task_id).await;
    }
    app.gateway.info_requests.respond(&app.admin(), &asked.id, Some("blue".into())).await.unwrap();
    app.completed(&sent).await;
}

#[tokio::test]
async fn an_agent_does_not_answer_what_the_person_is_asked() {
    let model = curious().await;
    let app = Harness::with_models(&[&model]).await;
    app.may_leave_work();
    app.send("paint it").await;
    let asked = app.question().await;
    let agent = Caller { credential: Credential::Agent(asked.agent_id.clone(), None), ..app.admin() };
    let refused = app.gateway.info_requests.respond(&agent, &asked.id, Some("red".into())).await;
    assert_eq!(refused.unwrap_err().code(), "not_authorized");
    assert_eq!(app.question().await, asked);
}
