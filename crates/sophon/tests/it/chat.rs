//! `sophon chat`.

use tokio::io::AsyncReadExt;
use tokio::process::Child;
use tokio::time::timeout;

use crate::gateway::{Gateway, PATIENCE, Step};
use crate::program::{Program, finish, interrupt};

#[tokio::test]
async fn the_answer_goes_to_stdout_and_everything_else_to_stderr() {
    let steps =
        [Step::Tool("web.fetch", true), Step::Say("Hello "), Step::Tool("clock", false), Step::Say("there.")];
    let gateway = Gateway::start(&steps).await;
    let run = Program::new(&gateway.url).run(&["chat", "Good", "morning"]).await;
    assert_eq!(run.stdout, "Hello there.\n");
    assert_eq!(run.stderr, "✓ web.fetch (3 ms)\n✗ clock (3 ms)\n");
    assert_eq!(run.status, Some(0));
    assert_eq!(gateway.sent(), ["Good morning"]);
}

#[tokio::test]
async fn an_answer_that_was_cut_says_so_beside_it() {
    let cases = [("length", "output limit", 1), ("content_filter", "content filter", 1), ("stop", "", 0)];
    for (reason, told, status) in cases {
        let gateway = Gateway::start(&[Step::Say("Half an ans"), Step::Cut(reason)]).await;
        let run = Program::new(&gateway.url).run(&["chat", "hello"]).await;
        assert_eq!((run.stdout.as_str(), run.status), ("Half an ans\n", Some(status)), "{reason}");
        assert!(run.stderr.contains(told) && run.stderr.is_empty() == told.is_empty(), "{}", run.stderr);
    }
}

#[tokio::test]
async fn the_message_comes_through_a_pipe() {
    let gateway = Gateway::start(&[Step::Say("ok")]).await;
    let program = Program::new(&gateway.url);
    assert_eq!(program.run_with(&["chat"], "from a pipe\n").await.status, Some(0));
    assert_eq!(program.run_with(&["chat", "Review:", "-"], "diff").await.status, Some(0));
    assert_eq!(gateway.sent(), ["from a pipe\n", "Review:\n\ndiff"]);
}

#[tokio::test]
async fn colours_that_came_through_a_pipe_are_not_sent() {
    let gateway = Gateway::start(&[Step::Say("ok")]).await;
    let run = Program::new(&gateway.url).run_with(&["chat"], "\u{1b}[31m-old\u{1b}[0m\n\tnew").await;
    assert_eq!(run.status, Some(0));
    assert_eq!(gateway.sent(), ["-old\n\tnew"]);
}

#[tokio::test]
async fn an_empty_pipe_is_no_message() {
    let gateway = Gateway::start(&[]).await;
    let run = Program::new(&gateway.url).run(&["chat"]).await;
    assert_eq!((run.status, run.stdout.as_str()), (Some(1), ""));
    assert!(run.stderr.contains("error: there is no message\nhint: "), "{}", run.stderr);
    assert!(gateway.sent().is_empty());
}

#[tokio::test]
async fn programs_get_one_event_a_line_and_unknown_events_are_left_out() {
    let gateway = Gateway::start(&[Step::Unknown, Step::Say("Hi")]).await;
    let events = Program::new(&gateway.url).documents(&["chat", "hello"]).await;
    let names: Vec<&str> = events.iter().map(|event| event["event"].as_str().expect("a name")).collect();
    assert_eq!(names, ["MessageAccepted", "TaskQueued", "StreamChunk", "ReceiveMessage", "TaskCompleted"]);
    assert_eq!(events[2]["delta"], "Hi");
    assert!(events.iter().all(|event| event["sessionId"] == "ses_1"));
}

#[tokio::test]
async fn an_answer_that_fails_is_an_error_with_its_reason() {
    let gateway = Gateway::start(&[Step::Say("Let me"), Step::Fail("the model is out of reach")]).await;
    let run = Program::new(&gateway.url).run(&["chat", "hello"]).await;
    assert_eq!(run.status, Some(1));
    assert_eq!(run.stdout, "Let me\n");
    assert_eq!(run.stderr, "error: the model is out of reach\n");
}

#[tokio::test]
async fn an_error_of_a_model_provider_names_the_command_that_looks_closer() {
    let gateway = Gateway::start(&[Step::FailOfProvider("openai refused the key")]).await;
    let run = Program::new(&gateway.url).run(&["chat", "hello"]).await;
    assert_eq!(run.status, Some(1));
    let hint = "hint: `sophon doctor` asks each model provider and says what is wrong.\n";
    assert_eq!(run.stderr, format!("error: openai refused the key\n{hint}"));
}

#[tokio::test]
async fn it_ends_when_its_reader_has_gone_and_the_answer_goes_on() {
    let gateway = Gateway::start(&[Step::Say("Well, "), Step::Tool("clock", true), Step::Stall]).await;
    let mut child = begun(&gateway).await;
    drop(child.stdout.take());
    let run = finish(child).await;
    assert_eq!(run.status, Some(0));
    assert!(run.stderr.contains("the gateway finishes it"), "{}", run.stderr);
    assert!(!gateway.was_cancelled());
}

#[tokio::test]
async fn an_answer_that_begins_again_comes_alone_through_a_pipe() {
    let steps = [Step::Say("Hal"), Step::BeginAgain, Step::Say("Hello.")];
    let gateway = Gateway::start(&steps).await;
    let run = Program::new(&gateway.url).run(&["chat", "hello"]).await;
    assert_eq!((run.status, run.stdout.as_str()), (Some(0), "Hello.\n"));
    assert_eq!(run.stderr, "the answer starts again\n");
}

#[tokio::test]
async fn a_lost_connection_does_not_lose_the_answer() {
    let gateway = Gateway::start(&[Step::Say("Hello "), Step::HangUp, Step::Say("there.")]).await;
    let run = Program::new(&gateway.url).run(&["chat", "hello"]).await;
    assert_eq!((run.status, run.stdout.as_str()), (Some(0), "Hello there.\n"));
    assert!(run.stderr.contains("connecting again"), "{}", run.stderr);
}

#[tokio::test]
async fn an_answer_that_ended_while_nobody_was_connected_is_fetched() {
    let gateway = Gateway::start(&[Step::Say("Hello "), Step::HangUpForGood, Step::Say("there.")]).await;
    let run = Program::new(&gateway.url).run(&["chat", "hello"]).await;
    assert_eq!((run.status, run.stdout.as_str()), (Some(0), "Hello there.\n"), "{run:?}");
}

#[tokio::test]
async fn a_message_is_sent_again_until_it_is_confirmed_and_applied_once() {
    let gateway = Gateway::start(&[Step::Say("ok")]).await;
    gateway.refuse_sends(2);
    let run = Program::new(&gateway.url).run(&["chat", "hello"]).await;
    assert_eq!((run.status, run.stdout.as_str()), (Some(0), "ok\n"), "{run:?}");
    assert_eq!(gateway.sent(), ["hello"]);
}

/// A run whose answer has begun.
async fn begun(gateway: &Gateway) -> Child {
    let mut child = Program::new(&gateway.url).start(&["chat", "count", "to", "a", "million"]);
    let mut tool = [0; "✓ clock (3 ms)\n".len()];
    let stderr = child.stderr.as_mut().expect("a pipe");
    timeout(PATIENCE, stderr.read_exact(&mut tool)).await.expect("in time").expect("text");
    child
}

#[tokio::test]
async fn ctrl_c_stops_the_answer() {
    let gateway = Gateway::start(&[Step::Say("Well, "), Step::Tool("clock", true), Step::AwaitCancel]).await;
    let child = begun(&gateway).await;
    interrupt(&child).await;
    let run = finish(child).await;
    assert_eq!((run.status, run.stdout.as_str()), (Some(130), "Well, \n"));
    assert!(run.stderr.contains("stopped"), "{}", run.stderr);
    gateway.cancelled().await;
}

#[tokio::test]
async fn a_second_ctrl_c_leaves_an_answer_that_does_not_stop() {
    let gateway = Gateway::start(&[Step::Say("Well, "), Step::Tool("clock", true), Step::Stall]).await;
    let child = begun(&gateway).await;
    interrupt(&child).await;
    gateway.cancelled().await;
    interrupt(&child).await;
    let run = finish(child).await;
    assert_eq!((run.status, run.stdout.as_str()), (Some(130), "Well, \n"));
    assert!(run.stderr.contains("the gateway goes on"), "{}", run.stderr);
}

#[tokio::test]
async fn a_conversation_takes_one_message_a_line_until_it_is_left() {
    let gateway = Gateway::start(&[Step::Say("Aha.")]).await;
    let program = Program::new(&gateway.url);
    let run = program.run_with(&["chat", "-i"], "one\n\n/foo\ntwo\n/new\nthree\n/exit\nfour\n").await;
    assert_eq!((run.status, run.stdout.as_str()), (Some(0), "Aha.\nAha.\nAha.\n"), "{run:?}");
    assert!(run.stderr.contains("/foo is not understood"), "{}", run.stderr);
    assert_eq!(gateway.sent(), ["one", "two", "three"]);
    assert_eq!(gateway.sessions(), 2, "`/new` begins another");
}

#[tokio::test]
async fn a_conversation_outlives_an_answer_that_fails() {
    let gateway = Gateway::start(&[Step::Fail("no model")]).await;
    let run = Program::new(&gateway.url).run_with(&["chat", "-i"], "one\ntwo\n").await;
    assert_eq!(run.stderr.matches("error: no model").count(), 2);
    assert_eq!(run.status, Some(1), "the script is told in the end: {run:?}");
}
