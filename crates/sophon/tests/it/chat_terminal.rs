//! `sophon chat` as a person goes through it in a terminal.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use crate::gateway::{Gateway, Step};
use crate::program::Program;

const ENTER: &str = "\r";
const ALT_ENTER: &str = "\x1b\r";
const UP: &str = "\x1b[A";
const CTRL_C: &str = "\x03";
const CTRL_D: &str = "\x04";

/// Whether the last line is an empty prompt.
fn at_prompt(seen: &str) -> bool {
    seen.trim_end().ends_with('›')
}

#[tokio::test]
async fn markdown_is_rendered_block_by_block() {
    let steps = [
        Step::Say("# Plan\n\nDo **this** now.\n\n- a\n- b\n\n```sh\nls\n"),
        Step::AwaitTest,
        Step::Say("```\n\n| n | v |\n|---|---|\n| x | 1 |\n"),
    ];
    let gateway = Gateway::start(&steps).await;
    let mut terminal = Program::new(&gateway.url).in_terminal(&["chat", "hello"]);
    let seen = terminal.looks(|seen| seen.contains("  ls")).await;
    assert!(seen.contains("Plan\n\nDo this now.\n\n• a\n• b\n\n  sh\n  ls"), "{seen}");
    gateway.go_on();
    let seen = terminal.looks(|seen| seen.contains("tokens")).await;
    assert!(seen.contains("n │ v\n──┼──\nx │ 1\n5 ms · 7 tokens"), "{seen}");
    assert_eq!(terminal.finish().await.0, Some(0));
}

#[tokio::test]
async fn without_colours_the_text_is_plain() {
    let gateway = Gateway::start(&[Step::Say("Do **this**.")]).await;
    let program = Program::new(&gateway.url);
    let terminal = program.in_terminal(&["chat", "--no-color", "hello"]);
    let (status, written) = terminal.finish().await;
    assert_eq!(status, Some(0));
    assert!(written.contains("Do **this**."), "{written}");
}

#[tokio::test]
async fn what_is_done_is_shown_with_the_time_it_takes() {
    let gateway = Gateway::start(&[Step::AwaitTest, Step::Say("Hi.")]).await;
    let mut terminal = Program::new(&gateway.url).in_terminal(&["chat", "hello"]);
    terminal.looks(|seen| seen.contains("waiting 0s") || seen.contains("waiting 1s")).await;
    gateway.go_on();
    let seen = terminal.looks(|seen| seen.contains("tokens")).await;
    assert!(!seen.contains("waiting"), "{seen}");
}

#[tokio::test]
async fn what_is_typed_while_an_answer_comes_is_kept_apart_and_sent_next() {
    let steps = [Step::Say("One\n\n"), Step::AwaitTest, Step::Say("two\n\n")];
    let gateway = Gateway::start(&steps).await;
    let mut terminal = Program::new(&gateway.url).in_terminal(&["chat"]);
    terminal.shows("›").await;
    terminal.types("first");
    terminal.looks(|seen| seen.contains("One")).await;
    terminal.types("second");
    terminal.looks(|seen| seen.contains("next: second")).await;
    terminal.presses("thi");
    let seen = terminal.looks(|seen| seen.contains("› thi▏")).await;
    assert!(seen.contains("One\nnext: second\n"), "{seen}");
    gateway.go_on();
    terminal.looks(|seen| seen.matches("One").count() == 2 && seen.contains("› thi▏")).await;
    gateway.go_on();
    let seen = terminal.looks(|seen| seen.ends_with("› thi")).await;
    assert!(seen.contains("One\nnext: second\n\ntwo\n"), "{seen}");
    terminal.types("rd");
    terminal.looks(|seen| seen.matches("One").count() == 3).await;
    gateway.go_on();
    terminal.looks(|seen| seen.matches("two").count() == 3 && at_prompt(seen)).await;
    terminal.presses(CTRL_D);
    assert_eq!(terminal.finish().await.0, Some(0));
    assert_eq!(gateway.sent(), ["first", "second", "third"]);
}

#[tokio::test]
async fn the_end_of_a_paragraph_that_is_being_written_is_shown_at_the_prompt_too() {
    let steps = [Step::Say("Once upon "), Step::AwaitTest, Step::Say("a time"), Step::AwaitTest];
    let gateway = Gateway::start(&steps).await;
    let mut terminal = Program::new(&gateway.url).in_terminal(&["chat"]);
    terminal.shows("›").await;
    terminal.types("tell me a story");
    terminal.looks(|seen| seen.contains("Once upon")).await;
    terminal.presses("n");
    terminal.looks(|seen| seen.contains("Once upon") && seen.contains("› n▏")).await;
    gateway.go_on();
    terminal.looks(|seen| seen.contains("Once upon a time") && seen.contains("› n▏")).await;
    gateway.go_on();
    let seen = terminal.looks(|seen| seen.contains("tokens")).await;
    assert_eq!(seen.matches("Once upon").count(), 1, "{seen}");
    terminal.presses(&format!("\x15{CTRL_D}"));
    assert_eq!(terminal.finish().await.0, Some(0));
}

#[tokio::test]
async fn a_message_has_several_lines_and_what_is_pasted_stays_together() {
    let gateway = Gateway::start(&[Step::Say("ok")]).await;
    let mut terminal = Program::new(&gateway.url).in_terminal(&["chat"]);
    terminal.shows("Alt+Enter").await;
    terminal.shows("›").await;
    terminal.presses(&format!("one{ALT_ENTER}two\\{ENTER}three{ENTER}"));
    terminal.shows("7 tokens").await;
    terminal.shows("›").await;
    terminal.presses(&format!("\x1b[200~a\nb\nc\x1b[201~{ENTER}"));
    terminal.shows("7 tokens").await;
    terminal.types("/exit");
    assert_eq!(terminal.finish().await.0, Some(0));
    assert_eq!(gateway.sent(), ["one\ntwo\nthree", "a\nb\nc"]);
}

#[tokio::test]
async fn earlier_messages_come_back_the_next_time_and_are_nobody_elses() {
    let gateway = Gateway::start(&[Step::Say("ok")]).await;
    let program = Program::new(&gateway.url);
    let mut terminal = program.in_terminal(&["chat"]);
    terminal.shows("›").await;
    terminal.types("remember me");
    terminal.shows("7 tokens").await;
    terminal.shows("›").await;
    terminal.presses(CTRL_D);
    assert_eq!(terminal.finish().await.0, Some(0));
    let history = program.home().join(".local/state/sophon/chat-history");
    let mode = fs::metadata(&history).expect("it is kept").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let mut terminal = program.in_terminal(&["chat"]);
    terminal.shows("›").await;
    terminal.presses(UP);
    terminal.looks(|seen| seen.ends_with("› remember me")).await;
    terminal.presses(ENTER);
    terminal.shows("7 tokens").await;
    terminal.presses(CTRL_D);
    assert_eq!(terminal.finish().await.0, Some(0));
    assert_eq!(gateway.sent(), ["remember me", "remember me"]);
}

#[tokio::test]
async fn an_answer_that_begins_again_says_what_to_ignore() {
    let steps = [Step::Say("Half\n\n"), Step::BeginAgain, Step::Say("Hello.")];
    let gateway = Gateway::start(&steps).await;
    let mut terminal = Program::new(&gateway.url).in_terminal(&["chat", "hello"]);
    let seen = terminal.looks(|seen| seen.contains("tokens")).await;
    assert!(seen.starts_with("Half\nIgnore the text above; the answer starts again.\nHello.\n"), "{seen}");
}

#[tokio::test]
async fn ctrl_c_stops_the_answer_and_twice_at_the_prompt_it_leaves() {
    let gateway = Gateway::start(&[Step::Say("Well\n\n"), Step::AwaitCancel]).await;
    let mut terminal = Program::new(&gateway.url).in_terminal(&["chat"]);
    terminal.shows("›").await;
    terminal.types("count to a million");
    terminal.shows("Well").await;
    terminal.interrupt().await;
    gateway.cancelled().await;
    terminal.shows("stopped").await;
    terminal.looks(at_prompt).await;
    terminal.presses(CTRL_C);
    terminal.shows("Ctrl-C again leaves").await;
    terminal.looks(at_prompt).await;
    terminal.presses(CTRL_C);
    let (status, written) = terminal.finish().await;
    assert_eq!(status, Some(0), "{written}");
    assert!(written.contains("goes on here"), "{written}");
}

#[tokio::test]
async fn a_stream_that_drops_says_so_once_on_a_line_of_its_own() {
    let steps = [Step::Say("One "), Step::HangUp, Step::Say("two.")];
    let gateway = Gateway::start(&steps).await;
    let mut terminal = Program::new(&gateway.url).in_terminal(&["chat", "hello"]);
    let seen = terminal.looks(|seen| seen.contains("tokens")).await;
    assert_eq!(seen.matches("connecting again").count(), 1, "{seen}");
    assert!(seen.lines().any(|line| line == "One two."), "{seen}");
    assert!(seen.starts_with("the live connection to the gateway was lost"), "{seen}");
}
