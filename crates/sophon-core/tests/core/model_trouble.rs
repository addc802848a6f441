//! Whatever a model server does, the turn ends, people are told the truth, and what was paid for is kept.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fanout::Start;
use serde_json::{Value, json};
use sophon_core::turn::TurnLimits;
use sophon_model::event::TaskProgress;
use sophon_model::ports::{ModelError, ModelErrorKind, ModelInfo, ModelProvider, ModelRequest, ModelStream};
use sophon_model::{Event, FinishReason, MessageEvent, MessageStatus, TaskEvent, TaskStatus, ToolCallStatus};
use sophon_testgateway::{Setup, provider, provider_with};
use sophon_testkit::{Call, Gate, ModelServer, Script};

use crate::harness::{Harness, events_until, streamed};

fn is_end(event: &Event) -> bool {
    matches!(event, Event::Task(TaskEvent::Completed(_) | TaskEvent::Failed(_) | TaskEvent::Cancelled(_)))
}

fn record(value: &Value) -> String {
    format!("data: {value}\n\n")
}

#[tokio::test]
async fn an_answer_that_was_cut_says_so() {
    let reasons = [
        ("length", FinishReason::Length),
        ("content_filter", FinishReason::ContentFilter),
        ("abort", FinishReason::Incomplete),
        ("stop", FinishReason::Stop),
    ];
    for (word, expected) in reasons {
        let model = ModelServer::playing([Script::say("Half an ans").stopping_for(word)]).await;
        let app = Harness::with_models(&[&model]).await;
        let sent = app.send("hi").await;
        app.completed(&sent).await;
        let message = app.messages(&sent.session_id).await.remove(1);
        assert_eq!((message.content.as_str(), message.finish_reason), ("Half an ans", Some(expected)));
    }
}

#[tokio::test]
async fn an_empty_answer_is_an_error_with_its_reason() {
    let model = ModelServer::start(|_| Script::answer().stopping_for("content_filter")).await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("hi").await;
    let task = app.ended(&sent).await;
    assert_eq!(task.status, TaskStatus::Failed);
    let error = task.error.unwrap();
    assert!(error.contains("empty answer") && error.contains("content filter"), "{error}");
    assert_eq!(app.messages(&sent.session_id).await[1].finish_reason, Some(FinishReason::Error));
}

#[tokio::test]
async fn a_model_may_have_nothing_to_add_after_its_tools() {
    let model = ModelServer::playing([
        Script::say("Looking.").tool_call("a", "datetime.now", json!({})),
        Script::answer(),
    ])
    .await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("hi").await;
    app.completed(&sent).await;
    assert_eq!(app.messages(&sent.session_id).await[1].content, "Looking.");
}

#[tokio::test]
async fn a_call_whose_arguments_were_cut_never_runs_and_the_model_is_told() {
    let cut = Call::new("a", "memory.write", json!("{\"content\":\"half a fa"));
    let model = ModelServer::playing([
        Script::answer().tool_calls([cut]).stopping_for("length"),
        Script::say("I will be briefer."),
    ])
    .await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("remember").await;
    let task = app.completed(&sent).await;
    let calls = app.gateway.tasks.get(&app.admin(), &task.id).await.unwrap().tool_calls;
    assert_eq!(calls[0].status, ToolCallStatus::Failed);
    assert!(model.requests()[1].last_text().contains("did not run"));
}

#[tokio::test]
async fn each_of_many_calls_in_one_answer_has_a_result() {
    let calls = (0..70).map(|number| Call::new(&format!("c{number}"), "datetime.now", json!({})));
    let model = ModelServer::playing([Script::answer().tool_calls(calls), Script::say("Done.")]).await;
    let app = Harness::with_models(&[&model]).await;
    let task = app.completed(&app.send("go").await).await;
    let calls = app.gateway.tasks.get(&app.admin(), &task.id).await.unwrap().tool_calls;
    let ran = calls.iter().filter(|call| call.status == ToolCallStatus::Completed).count();
    assert_eq!((ran, calls.len()), (64, 70));
    assert!(model.requests()[1].last_text().contains("first 64 run"));
}

/// A server that answers with 200 and something else, breaks off, or is in trouble: the next one answers.
#[tokio::test]
async fn failover_really_fails_over() {
    let error = json!({ "error": { "message": "Overloaded", "type": "overloaded_error" } });
    let page = "<html><title>Sign in</title></html>";
    let troubles = [
        ("an error with 200", Script::recorded(200, &[], error.to_string())),
        ("a page with 200", Script::recorded(200, &[], page)),
        ("an overload as the first record", Script::recorded(200, &[], record(&error))),
        ("a stream that breaks", Script::say("Half").then_nothing()),
        ("an empty answer", Script::answer()),
        ("a redirect", Script::recorded(302, &[("location", "https://elsewhere.example/")], "")),
        ("NUL in an error", Script::recorded(500, &[], "a\0b")),
    ];
    for (trouble, script) in troubles {
        let down = ModelServer::start(move |_| script.clone()).await;
        let up = ModelServer::start(|_| Script::say("I am the second.")).await;
        let app = Harness::with_models(&[&down, &up]).await;
        let sent = app.send("hi").await;
        app.completed(&sent).await;
        let message = app.messages(&sent.session_id).await.remove(1);
        assert_eq!(message.content, "I am the second.", "{trouble}");
        assert!(down.requests().len() <= 3, "{trouble}");
    }
}

#[tokio::test]
async fn what_was_shown_of_broken_answers_is_voided_once_for_each_that_follows() {
    let down = ModelServer::start(|_| Script::say("Half").then_nothing()).await;
    let refusing = ModelServer::start(|_| Script::refuse(401, "who are you")).await;
    let up = ModelServer::start(|_| Script::say("Whole.")).await;
    let app = Harness::with_models(&[&down, &refusing, &up]).await;
    let sent = app.send("hi").await;
    let events = events_until(&app.follow(&sent.session_id, Start::After(0)), is_end).await;
    let resets = events
        .iter()
        .filter(|entry| matches!(entry.value(), Event::Message(MessageEvent::Reset { .. })))
        .count();
    assert_eq!((resets, down.requests().len()), (2, 2));
    assert_eq!(streamed(&events), "Whole.");
}

#[tokio::test]
async fn what_was_paid_for_is_kept_when_nobody_can_finish_it() {
    let down = ModelServer::start(|_| Script::say("Half an ans").then_nothing()).await;
    let app = Harness::with_models(&[&down]).await;
    let sent = app.send("hi").await;
    let task = app.ended(&sent).await;
    assert_eq!(task.status, TaskStatus::Failed);
    let message = app.messages(&sent.session_id).await.remove(1);
    assert_eq!((message.content.as_str(), message.status), ("Half an ans", MessageStatus::Failed));
    assert_eq!(message.finish_reason, Some(FinishReason::Error));
}

#[tokio::test]
async fn the_limit_of_output_is_lowered_when_it_is_refused_and_remembered() {
    let model = ModelServer::start(|request| {
        if request.body["max_tokens"].as_u64().unwrap() > 3_000 {
            return Script::refuse(
                400,
                "'max_tokens' is too large: the maximum context length is 8192 tokens",
            );
        }
        Script::say("It fits.")
    })
    .await;
    let app = Harness::with_models(&[&model]).await;
    app.completed(&app.send("hi").await).await;
    let asked = |from: usize| {
        let requests = model.requests();
        requests[from..]
            .iter()
            .map(|request| request.body["max_tokens"].as_u64().unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(asked(0), [8_192, 4_096, 2_048]);
    app.completed(&app.send("again").await).await;
    assert_eq!(asked(3), [2_048]);
}

#[tokio::test]
async fn a_conversation_that_became_too_long_is_shortened_and_goes_on() {
    let model = ModelServer::start(|request| {
        if request.body["messages"].to_string().len() > 60_000 {
            return Script::refuse(400, "This model's maximum context length is 20000 tokens");
        }
        Script::say(&"Long answer. ".repeat(800))
    })
    .await;
    let app = Harness::with_models(&[&model]).await;
    let first = app.send("Tell me everything.").await;
    app.completed(&first).await;
    for _ in 0..8 {
        app.completed(&app.send_to(&first.session_id, "Go on.").await).await;
    }
    let sent = app.send_to(&first.session_id, "And now?").await;
    let events = events_until(
        &app.follow(&sent.session_id, Start::After(0)),
        |event| matches!(event, Event::Task(TaskEvent::Completed(task)) if task.id == sent.task_id),
    )
    .await;
    let is_told = events.iter().any(|entry| {
        let detail = match entry.value() {
            Event::Task(TaskEvent::Progress(TaskProgress { task_id, detail, .. }))
                if *task_id == sent.task_id =>
            {
                detail
            }
            _ => return false,
        };
        detail.as_ref().is_some_and(|detail| detail.contains("older messages"))
    });
    assert!(is_told, "people learn that the model does not see everything");
    assert_eq!(model.requests().last().unwrap().last_text(), "And now?");
}

#[tokio::test]
async fn reasoning_is_handed_back_with_the_results_and_not_in_the_next_turn() {
    let thought = json!({ "choices": [{ "index": 0, "delta": { "reasoning_content": "I need the time" } }] });
    let model = ModelServer::playing([
        Script::answer().raw(&record(&thought)).tool_call("a", "datetime.now", json!({})),
        Script::say("It is late."),
        Script::say("Goodbye."),
    ])
    .await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("what time is it?").await;
    app.completed(&sent).await;
    app.completed(&app.send_to(&sent.session_id, "Thanks").await).await;
    let requests = model.requests();
    assert_eq!(requests[1].body["messages"][2]["reasoning_content"], "I need the time");
    assert!(!requests[2].body.to_string().contains("I need the time"));
}

#[tokio::test]
async fn text_that_storage_refuses_ends_no_turn_badly() {
    let call = Call::new("a", "memory.write\0", json!({ "content": "a\u{0}b", "x\u{0}": 1 }));
    let model = ModelServer::playing([
        Script::say("NUL \0 here").tool_calls([call]),
        Script::refuse(400, "bad \0 request"),
    ])
    .await;
    let app = Harness::with_models(&[&model]).await;
    let sent = app.send("hi").await;
    let task = app.ended(&sent).await;
    assert_eq!((task.status, task.attempt), (TaskStatus::Failed, 1));
    assert!(task.error.unwrap().contains("bad \u{fffd} request"));
    assert_eq!(app.messages(&sent.session_id).await[1].content, "NUL \u{fffd} here");
}

#[tokio::test]
async fn a_turn_that_works_too_long_fails_and_its_session_goes_on() {
    let never = Gate::new();
    let model = ModelServer::playing([Script::say("So far").wait(&never), Script::say("Better.")]).await;
    let limits = TurnLimits { work_within: std::time::Duration::from_secs(3), ..TurnLimits::default() };
    let app = Setup::default().models(&[&model]).settings(|settings| settings.turn = limits).start().await;
    let sent = app.send("hi").await;
    let task = app.ended(&sent).await;
    assert!(task.error.unwrap().contains("did not come to an end"), "it fails");
    app.completed(&app.send_to(&sent.session_id, "again").await).await;
}

#[tokio::test]
async fn what_was_left_out_of_a_long_conversation_is_kept_in_the_details_of_the_task() {
    let model = ModelServer::start(|_| Script::say("ok")).await;
    let app = Harness::with_models(&[&model]).await;
    let words = "word ".repeat(18_000);
    let first = app.send(&words).await;
    assert_eq!(app.completed(&first).await.details, None);
    let mut last = None;
    for _ in 0..5 {
        let sent = app.send_to(&first.session_id, &words).await;
        last = app.completed(&sent).await.details;
    }
    let left_out = last.unwrap().left_out.unwrap();
    assert!(left_out.messages >= 2 && left_out.results == 0, "{left_out:?}");
    let sent = app.send("short").await;
    assert_eq!(app.completed(&sent).await.details, None);
}

/// A provider whose answer takes too long.
struct Slow(AtomicUsize);

#[async_trait::async_trait]
impl ModelProvider for Slow {
    fn id(&self) -> &'static str {
        "slow"
    }

    fn models(&self) -> &[ModelInfo] {
        &[]
    }

    async fn stream(&self, _: ModelRequest) -> Result<ModelStream, ModelError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err(ModelError {
            provider: "slow".into(),
            kind: ModelErrorKind::TimedOut,
            model: None,
            url: None,
            message: "nothing came within 900 s".into(),
            retry_after: None,
            nearest: [].into(),
        })
    }
}

#[tokio::test]
async fn a_prompt_that_timed_out_is_not_sent_again() {
    let slow = Arc::new(Slow(AtomicUsize::default()));
    let app = Setup::default().provider(slow.clone()).start().await;
    let sent = app.send("hi").await;
    let error = app.ended(&sent).await.error.unwrap();
    assert!(error.contains("did not answer in time") && error.contains("first_byte_seconds"), "{error}");
    assert_eq!(slow.0.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_answer_that_is_longer_than_allowed_is_kept_as_far_as_it_came_and_says_so() {
    let model = ModelServer::start(|_| Script::say_in(50, &"word ".repeat(4_000))).await;
    let other = ModelServer::start(|_| Script::say("I am the second.")).await;
    let short = provider_with(&model, |config| config.max_answer_kib = NonZeroU32::new(8));
    let app = Setup::default().provider(short).provider(provider("other", "other", &other)).start().await;
    let sent = app.send("hi").await;
    app.completed(&sent).await;
    let answer = app.messages(&sent.session_id).await.remove(1);
    let cut = answer.details.unwrap().cut.unwrap();
    assert!(answer.content.starts_with("word word") && answer.content.len() < 8 * 1024);
    assert_eq!((answer.finish_reason, cut.kept_bytes), (Some(FinishReason::Length), answer.content.len()));
    assert!(cut.reason.contains("max_answer_kib"), "{}", cut.reason);
    assert!(other.requests().is_empty(), "what was paid for is not asked for elsewhere");
}
