use fanout::{Position, Start};
use serde_json::json;
use sophon_core::following::catch_up;
use sophon_model::{Event, MessageEvent, MessageStatus, TaskEvent, TaskStatus, ToolCallStatus, Topic};
use sophon_testkit::{Call, Gate, ModelServer, Script};

use crate::harness::{Harness, events_until, streamed};

/// With all that passed.
const FROM_THE_BEGINNING: Start = Start::At(Position::of(0));

fn is_end(event: &Event) -> bool {
    matches!(event, Event::Task(TaskEvent::Completed(_) | TaskEvent::Failed(_) | TaskEvent::Cancelled(_)))
}

fn is_delta(event: &Event) -> bool {
    matches!(event, Event::Message(MessageEvent::Delta(_)))
}

#[tokio::test]
async fn a_turn_is_told_in_order_and_its_deltas_add_up_to_the_message() {
    let model = ModelServer::playing([Script::say_in(5, "Hello, this is a model.")]).await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("hi").await;
    let events = events_until(&app.follow(&sent.session_id, FROM_THE_BEGINNING), is_end).await;
    let positions: Vec<Position> = events.iter().map(|entry| entry.position()).collect();
    assert!(positions.is_sorted_by(|a, b| a < b));
    let deltas = events.iter().filter_map(|entry| match entry.value() {
        Event::Message(MessageEvent::Delta(delta)) => Some((delta.offset, delta.text.len())),
        _ => None,
    });
    let end = deltas.fold(0, |end, (offset, length)| {
        assert_eq!(offset, end, "each begins where the one before ends");
        end + length
    });
    assert_eq!(end, "Hello, this is a model.".len());
    let names: Vec<&str> = events.iter().filter_map(|entry| name(entry.value())).collect();
    assert_eq!(
        names,
        [
            "session",
            "created",
            "queued",
            "session",
            "started",
            "opened",
            "used",
            "finished",
            "session",
            "completed"
        ]
    );
    assert_eq!(streamed(&events), "Hello, this is a model.");
    let messages = app.messages(&sent.session_id).await;
    assert_eq!(messages[1].content, "Hello, this is a model.");
    assert_eq!(messages[1].status, MessageStatus::Delivered);
}

fn name(event: &Event) -> Option<&'static str> {
    Some(match event {
        Event::Message(MessageEvent::Created { .. }) => "created",
        Event::Message(MessageEvent::Opened { .. }) => "opened",
        Event::Message(MessageEvent::Finished { .. }) => "finished",
        Event::Task(TaskEvent::Queued(_)) => "queued",
        Event::Task(TaskEvent::Started(_)) => "started",
        Event::Task(TaskEvent::Completed(_)) => "completed",
        Event::Task(TaskEvent::ModelUsed(_)) => "used",
        Event::Session(_) => "session",
        Event::Marks(_) => "marks",
        _ => return None,
    })
}

#[tokio::test]
async fn tools_are_called_side_by_side_and_their_results_go_back_to_the_model() {
    let model = ModelServer::playing([
        Script::answer()
            .text("Let me see.")
            .tool_call("a", "calculator.evaluate", json!({ "expression": "6*7" }))
            .tool_call("b", "datetime.now", json!({})),
        Script::say("It is 42."),
    ])
    .await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("what is it?").await;
    let task = app.completed(&sent).await;
    let detail = app.gateway.tasks.get(&app.admin(), &task.id).await.unwrap();
    let calls: Vec<_> = detail.tool_calls.iter().map(|call| (call.tool.as_str(), call.status)).collect();
    assert_eq!(
        calls,
        [("calculator.evaluate", ToolCallStatus::Completed), ("datetime.now", ToolCallStatus::Completed)]
    );
    assert_eq!(app.messages(&sent.session_id).await[1].content, "Let me see.\n\nIt is 42.");
    let second = model.requests()[1].body.to_string();
    assert!(second.contains("\"42\""), "the result is in the second request: {second}");
}

#[tokio::test]
async fn a_tool_that_is_not_on_the_list_or_gets_rubbish_fails_in_words_for_the_model() {
    let model = ModelServer::playing([
        Script::answer().tool_call("a", "system.execute", json!({ "argv": ["rm"] })).tool_call(
            "b",
            "calculator.evaluate",
            json!({ "expression": 7, "more": true }),
        ),
        Script::say("Sorry."),
    ])
    .await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("go").await;
    let task = app.completed(&sent).await;
    let calls = app.gateway.tasks.get(&app.admin(), &task.id).await.unwrap().tool_calls;
    assert!(calls.iter().all(|call| call.status == ToolCallStatus::Failed));
    assert!(calls[0].result.as_ref().unwrap().contains("no tool 'system.execute'"));
    assert!(calls[1].result.as_ref().unwrap().contains("arguments are wrong"));
}

#[tokio::test]
async fn another_provider_answers_when_the_first_is_down_and_the_error_names_both_when_none_can() {
    let down = ModelServer::start(|_| Script::refuse(401, "who are you?")).await;
    let up = ModelServer::start(|_| Script::say("I am the second.")).await;
    let app = Harness::with_models(&[&down, &up]).await;
    let sent = app.send("hi").await;
    app.completed(&sent).await;
    assert_eq!(app.messages(&sent.session_id).await[1].content, "I am the second.");

    let app = Harness::with_models(&[&down, &down]).await;
    let sent = app.send("hi").await;
    let task = app.ended(&sent).await;
    assert_eq!(task.status, TaskStatus::Failed);
    let error = task.error.unwrap();
    assert!(error.contains("provider-0") && error.contains("provider-1"), "{error}");
    assert_eq!(app.messages(&sent.session_id).await[1].status, MessageStatus::Failed);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_voided_and_asked_for_again() {
    let gate = Gate::new();
    let broken = Script::answer().text("Half an ans").wait(&gate).then_cut();
    let model = ModelServer::playing([broken, Script::say("A whole answer.")]).await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("hi").await;
    let subscription = app.follow(&sent.session_id, FROM_THE_BEGINNING);
    events_until(&subscription, is_delta).await;
    gate.open();
    let events = events_until(&subscription, is_end).await;
    assert!(events.iter().any(|entry| matches!(entry.value(), Event::Message(MessageEvent::Reset { .. }))));
    assert_eq!(streamed(&events), "A whole answer.");
    assert_eq!(app.messages(&sent.session_id).await[1].content, "A whole answer.");
}

#[tokio::test]
async fn a_running_turn_can_be_cancelled_and_keeps_what_it_wrote() {
    let gate = Gate::new();
    let model =
        ModelServer::playing([Script::answer().text("So far").wait(&gate).text(" and never this")]).await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("hi").await;
    let subscription = app.follow(&sent.session_id, FROM_THE_BEGINNING);
    events_until(&subscription, is_delta).await;
    app.gateway.tasks.cancel(&app.admin(), &sent.task_id).await.unwrap();
    let task = app.ended(&sent).await;
    assert_eq!(task.status, TaskStatus::Cancelled);
    assert_eq!(task.cancelled_by, Some(app.admin().user));
    let message = app.messages(&sent.session_id).await.remove(1);
    assert_eq!((message.content.as_str(), message.status), ("So far", MessageStatus::Failed));
    app.gateway.tasks.cancel(&app.admin(), &sent.task_id).await.unwrap_err();
}

#[tokio::test]
async fn a_turn_that_was_interrupted_goes_on_after_its_last_step_and_repeats_no_tool() {
    let gate = Gate::new();
    let first = ModelServer::playing([
        Script::answer().text("Noting it.").tool_call(
            "a",
            "memory.write",
            json!({ "content": "the cat is Oscar" }),
        ),
        Script::answer().text("Do").wait(&gate),
    ])
    .await;
    let app = Harness::with_models(&[&first]).await;
    let sent = app.send("the cat is Oscar").await;
    let subscription = app.follow(&sent.session_id, FROM_THE_BEGINNING);
    let before = events_until(
        &subscription,
        |event| matches!(event, Event::Message(MessageEvent::Delta(delta)) if delta.text.ends_with("Do")),
    )
    .await;
    let seen = before.last().unwrap().seq();
    drop(subscription);

    let second = ModelServer::playing([Script::say("Done.")]).await;
    let app = app.crash_and_restart(&[&second]).await;
    let task = app.completed(&sent).await;
    assert_eq!(task.attempt, 2);
    assert_eq!(app.messages(&sent.session_id).await[1].content, "Noting it.\n\nDone.");
    assert_eq!(second.requests().len(), 1, "only the interrupted step was asked for again");
    assert_eq!(app.gateway.tasks.get(&app.admin(), &sent.task_id).await.unwrap().tool_calls.len(), 1);

    // A client that was following comes back with its cursor and gets the rest, numbered higher than all it has seen.
    let topic = Topic::Session(sent.session_id.clone());
    let from = app.gateway.db.bus().complete_after(&topic);
    let missed = catch_up(&app.gateway.db, &topic, seen, from).await.unwrap();
    assert!(missed.complete && missed.missed.iter().all(|entry| entry.seq() > seen));
    let subscription = app.follow(&sent.session_id, Start::After(missed.resume_after));
    let rest = events_until(&subscription, is_end).await;
    assert!(rest.iter().all(|entry| entry.seq() > seen));
    let finished = rest.iter().find_map(|entry| match entry.value() {
        Event::Message(MessageEvent::Finished { message, .. }) => Some(message.content.as_str()),
        _ => None,
    });
    assert_eq!(finished, Some("Noting it.\n\nDone."));
}

#[tokio::test]
async fn a_turn_that_is_interrupted_again_and_again_is_given_up() {
    let never = Gate::new();
    let model = ModelServer::start(move |_| Script::answer().text("So far").wait(&never)).await;
    let mut app = Harness::with_models(&[&model]).await;
    let sent = app.send("hi").await;
    for attempt in 1..=5 {
        model.wait_for_requests(attempt).await;
        app = app.crash_and_restart(&[&model]).await;
    }
    let task = app.ended(&sent).await;
    assert_eq!(task.status, TaskStatus::Failed);
    assert!(task.error.unwrap().contains("interrupted 5 times"));
    assert_eq!(app.messages(&sent.session_id).await[1].status, MessageStatus::Failed);
}

#[tokio::test]
async fn a_turn_ends_at_its_token_budget_and_at_its_steps() {
    let call = || Script::answer().tool_call("a", "datetime.now", json!({}));
    let greedy = ModelServer::start(move |_| call().usage(4_000, 100)).await;
    let app = Harness::with_models(&[&greedy]).await;
    let task = app.ended(&app.send("hi").await).await;
    assert_eq!(task.status, TaskStatus::Failed);
    assert!(task.error.unwrap().contains("budget"));
    let endless = ModelServer::start(move |_| call().usage(1, 1)).await;
    let app = Harness::with_models(&[&endless]).await;
    let task = app.ended(&app.send("hi").await).await;
    assert!(task.error.unwrap().contains("50 steps"));
    assert_eq!(endless.requests().len(), 50);
}

#[tokio::test]
async fn what_is_remembered_is_found_and_goes_into_later_turns() {
    let app = Harness::offline().await;
    app.completed(&app.send("remember that the bins go out on Tuesday").await).await;
    let sent = app.send("what do you remember about bins?").await;
    app.completed(&sent).await;
    assert!(app.messages(&sent.session_id).await[1].content.contains("the bins go out on Tuesday"));
}

#[tokio::test]
async fn a_call_says_where_in_the_answer_it_was_made() {
    let call = |id: &str| Call::new(id, "memory.search", json!({ "query": "cat" }));
    let model = ModelServer::playing([
        Script::answer().text("Let me lóok.").tool_calls(vec![call("a")]),
        Script::answer().tool_calls(vec![call("b")]),
        Script::say("It is Oscar."),
    ])
    .await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("what is my cat called?").await;
    app.completed(&sent).await;
    let detail = app.gateway.tasks.get(&app.admin(), &sent.task_id).await.unwrap();
    let offsets: Vec<i64> = detail.tool_calls.iter().map(|call| call.text_offset).collect();
    assert_eq!(offsets, ["Let me lóok.".len() as i64, "Let me lóok.".len() as i64]);
}

#[tokio::test]
async fn a_session_says_how_its_last_turn_ended_and_a_task_with_which_code() {
    let model =
        ModelServer::playing([Script::refuse(401, "Incorrect API key provided"), Script::say("Hello.")])
            .await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("hi").await;
    let task = app.ended(&sent).await;
    assert_eq!(task.details.unwrap().error_code.as_deref(), Some("upstream_unavailable"));
    let outcome =
        async || app.gateway.sessions.get(Some(&app.admin()), &sent.session_id).await.unwrap().last_outcome;
    assert_eq!(outcome().await, Some(TaskStatus::Failed));
    let again = app.send_to(&sent.session_id, "hi again").await;
    app.completed(&again).await;
    assert_eq!(outcome().await, Some(TaskStatus::Completed));
}
