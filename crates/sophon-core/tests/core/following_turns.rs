//! What a turn reads of those before it, in sessions that have been through a lot. The model server that plays in these
//! tests refuses what a strict one refuses.

use std::time::Duration;

use serde_json::{Value, json};
use sophon_core::chat::{SendMessage, Sent};
use sophon_core::sessions::NewSession;
use sophon_model::{Kind, SessionId, TaskStatus, WhileBusy};
use sophon_testkit::model_server::RecordedRequest;
use sophon_testkit::{Gate, ModelServer, Script};

use crate::harness::Harness;

/// The roles and texts of the last request, without instructions.
fn told(model: &ModelServer) -> Vec<(String, String)> {
    let body = model.requests().pop().unwrap().body;
    let messages = body["messages"].as_array().unwrap().iter().filter(|message| message["role"] != "system");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    messages.map(|message| (text(&message["role"]), text(&message["content"]))).collect()
}

fn pairs(expected: &[(&str, &str)]) -> Vec<(String, String)> {
    expected.iter().map(|(role, text)| ((*role).to_owned(), (*text).to_owned())).collect()
}

#[tokio::test]
async fn of_messages_sent_at_once_each_is_answered_with_the_answers_before_it_in_view() {
    let gate = Gate::new();
    let held = gate.clone();
    let model = ModelServer::start(move |request| match request.last_text().as_str() {
        "One" => Script::say("Answer one").wait(&held),
        text => Script::say(&format!("Answer {}", text.to_lowercase())),
    })
    .await;
    let app = Harness::with_models(&[&model]).await;
    let first = app.send("One").await;
    let second = app.send_to(&first.session_id, "Two").await;
    let third = app.send_to(&first.session_id, "Three").await;
    gate.open();
    for sent in [&first, &second, &third] {
        app.completed(sent).await;
    }
    let expected = [
        ("user", "One"),
        ("assistant", "Answer one"),
        ("user", "Two"),
        ("assistant", "Answer two"),
        ("user", "Three"),
    ];
    assert_eq!(told(&model), pairs(&expected));
}

#[tokio::test]
async fn a_session_goes_on_after_a_stop_before_the_first_word_and_after_failures() {
    let never = Gate::new();
    let model = ModelServer::start(move |request| match request.last_text().as_str() {
        text if text.ends_with("Hang") => Script::answer().wait(&never),
        text if text.ends_with("Fail") => Script::refuse(400, "no"),
        text if text.ends_with("Empty") => Script::answer(),
        _ => Script::say("Fine."),
    })
    .await;
    let app = Harness::with_models(&[&model]).await;
    let hanging = app.send("Hang").await;
    model.wait_for_requests(1).await;
    app.gateway.tasks.cancel(&app.admin(), &hanging.task_id).await.unwrap();
    app.ended(&hanging).await;
    for text in ["Fail", "Empty"] {
        let sent = app.send_to(&hanging.session_id, text).await;
        assert_eq!(app.ended(&sent).await.status, TaskStatus::Failed);
    }
    app.completed(&app.send_to(&hanging.session_id, "Well?").await).await;
    assert_eq!(told(&model), pairs(&[("user", "Hang\n\nFail\n\nEmpty\n\nWell?")]));
}

#[tokio::test]
async fn a_session_of_many_exchanges_goes_on() {
    let model = ModelServer::start(|_| Script::say("Yes.")).await;
    let app = Harness::with_models(&[&model]).await;
    let first = app.send("0").await;
    app.completed(&first).await;
    for number in 1..110 {
        app.completed(&app.send_to(&first.session_id, &number.to_string()).await).await;
    }
    let told = told(&model);
    assert_eq!((told[0].0.as_str(), told.last().unwrap().1.as_str()), ("user", "109"));
}

#[tokio::test]
async fn results_of_tools_of_earlier_turns_stay_in_view() {
    let model = ModelServer::playing([
        Script::answer().tool_call("a", "calculator.evaluate", json!({ "expression": "6*7" })),
        Script::say("I know it now."),
        Script::say("42."),
    ])
    .await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("Work it out").await;
    app.completed(&sent).await;
    app.completed(&app.send_to(&sent.session_id, "What was it?").await).await;
    let expected = [
        ("user", "Work it out"),
        ("assistant", ""),
        ("tool", "42"),
        ("assistant", "I know it now."),
        ("user", "What was it?"),
    ];
    assert_eq!(told(&model), pairs(&expected));
}

#[tokio::test]
async fn regenerating_twice_at_once_is_accepted_once_and_reads_no_answer_to_the_same_question() {
    let gate = Gate::new();
    let held = gate.clone();
    let count = std::sync::atomic::AtomicUsize::new(0);
    let model = ModelServer::start(move |_| match count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) {
        0 => Script::say("First answer"),
        1 => Script::say("Second answer").wait(&held),
        _ => Script::say("Third answer"),
    })
    .await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("Question").await;
    app.completed(&sent).await;
    let admin = app.admin();
    let again = || app.gateway.chat.regenerate(&admin, &sent.session_id, None);
    let (one, other) = tokio::join!(again(), again());
    let (accepted, refused) = match (one, other) {
        (Ok(accepted), Err(refused)) | (Err(refused), Ok(accepted)) => (accepted, refused),
        both => panic!("one of them: {both:?}"),
    };
    assert_eq!(refused.kind(), Kind::Conflict);
    gate.open();
    app.completed(&accepted).await;
    assert_eq!(told(&model), pairs(&[("user", "Question")]));
    app.completed(&app.send_to(&sent.session_id, "Next").await).await;
    assert_eq!(
        told(&model),
        pairs(&[("user", "Question"), ("assistant", "Second answer"), ("user", "Next")])
    );
}

/// A session that has this rule, with a turn in it that hangs before its first word.
async fn busy_session(app: &Harness, model: &ModelServer, rule: WhileBusy) -> (SessionId, Sent) {
    let new = NewSession { while_busy: Some(rule), ..NewSession::default() };
    let session = app.gateway.sessions.create(&app.admin(), new).await.unwrap();
    let hanging = app.send_to(&session.id, "Hang").await;
    model.wait_for_requests(1).await;
    (session.id, hanging)
}

fn hanging_model() -> impl Fn(&RecordedRequest) -> Script + Send + Sync + 'static {
    let never = Gate::new();
    move |request| match request.last_text().as_str() {
        "Hang" => Script::say("So far").wait(&never),
        _ => Script::say("Fine."),
    }
}

#[tokio::test]
async fn a_message_interrupts_what_goes_on_in_a_session_that_says_so() {
    let model = ModelServer::start(hanging_model()).await;
    let app = Harness::with_models(&[&model]).await;
    let (session, hanging) = busy_session(&app, &model, WhileBusy::Interrupt).await;
    let waiting = app.send_to(&session, "Second").await;
    let last = app.send_to(&session, "Third").await;
    assert_eq!(app.ended(&hanging).await.status, TaskStatus::Cancelled);
    assert_eq!(app.ended(&waiting).await.status, TaskStatus::Cancelled);
    app.completed(&last).await;
    assert!(model.requests().pop().unwrap().last_text().ends_with("Second\n\nThird"));
}

#[tokio::test]
async fn a_message_to_a_busy_agent_is_refused_in_a_session_that_says_so() {
    let model = ModelServer::start(hanging_model()).await;
    let app = Harness::with_models(&[&model]).await;
    let (session, hanging) = busy_session(&app, &model, WhileBusy::Reject).await;
    let another =
        SendMessage { session: Some(session.clone()), content: "Again".into(), ..SendMessage::default() };
    let refused = app.gateway.chat.send(&app.admin(), another).await.unwrap_err();
    assert_eq!((refused.kind(), refused.code()), (Kind::Conflict, "agent_busy"));
    assert_eq!(app.messages(&session).await.len(), 2, "nothing was kept of it");
    app.gateway.tasks.cancel(&app.admin(), &hanging.task_id).await.unwrap();
    app.ended(&hanging).await;
    app.completed(&app.send_to(&session, "Now?").await).await;
}

/// Chance that is the same in each run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }
}

/// How often a turn is disturbed.
const DISTURBANCES: usize = 500;
/// Sessions in which that happens.
const SESSIONS: usize = 20;

/// Cancels and deletions at whatever moment of a turn: before it is claimed, while it asks, writes, or calls a tool.
#[tokio::test]
async fn every_turn_ends_and_every_session_goes_on_wherever_it_is_cancelled_or_its_session_deleted() {
    let model = ModelServer::start(|request| {
        let text = request.last_text();
        if text.ends_with("last") || !text.ends_with("go") {
            return Script::say("Done.");
        }
        Script::say_in(4, "Let me see.").paced(Duration::from_millis(1)).tool_call(
            "a",
            "calculator.evaluate",
            json!({ "expression": "6*7" }),
        )
    })
    .await;
    let app = Harness::with_models(&[&model]).await;
    let admin = app.admin();
    let mut chance = Chance(7);
    let mut sessions: Vec<SessionId> = Vec::new();
    let mut deleted = 0;
    for number in 0..DISTURBANCES {
        let place = number % SESSIONS;
        let sent = if let Some(session) = sessions.get(place) {
            app.send_to(session, "go").await
        } else {
            let sent = app.send("go").await;
            sessions.push(sent.session_id.clone());
            sent
        };
        tokio::time::sleep(Duration::from_micros(chance.below(12_000))).await;
        if chance.below(10) == 0 {
            app.gateway.sessions.delete(&admin, &sent.session_id).await.unwrap();
            let gone = sent.session_id.clone();
            let open = app.until(async || {
                let gone = gone.clone();
                let open = app.gateway.db.read(move |tx| tx.open_tasks_of(&gone)).await.unwrap();
                open.is_empty().then_some(open)
            });
            open.await;
            let fresh = app.send("go").await;
            sessions[place] = fresh.session_id;
            deleted += 1;
            continue;
        }
        // It may have ended before; then there is nothing to cancel.
        let cancelled = app.gateway.tasks.cancel(&admin, &sent.task_id).await.is_ok();
        let task = app.ended(&sent).await;
        if cancelled {
            assert_eq!(task.status, TaskStatus::Cancelled, "an accepted cancel is not lost ({number})");
        }
    }
    assert!(deleted > 20);
    for session in &sessions {
        app.completed(&app.send_to(session, "last").await).await;
    }
}
