//! What agents ask people, from a terminal and without one.

use serde_json::{Value, json};
use sophon_testkit::{Call, ModelServer, Script};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::time::timeout;

use crate::gateway::PATIENCE;
use crate::program::{Program, finish};
use crate::real::{Served, serve, serve_with};

/// A gateway whose administrator is whoever asks, and a program that talks to it.
async fn started() -> (Served, Program) {
    let gateway = serve(true).await;
    let program = Program::new(&gateway.url);
    (gateway, program)
}

impl Program {
    /// The items of a list, once there are any.
    async fn items(&self, arguments: &[&str]) -> Vec<Value> {
        let looking = async {
            loop {
                let mut list = self.documents(arguments).await;
                if let Value::Array(items) = list[0]["items"].take()
                    && !items.is_empty()
                {
                    return items;
                }
            }
        };
        timeout(PATIENCE, looking).await.expect("there are some in time")
    }

    /// The id of the one thing in a list.
    async fn only(&self, arguments: &[&str]) -> String {
        let items = self.items(arguments).await;
        assert_eq!(items.len(), 1);
        items[0]["id"].as_str().expect("an id").to_owned()
    }
}

#[tokio::test]
async fn leave_is_asked_for_and_given_in_the_terminal() {
    let (_gateway, program) = started().await;
    assert_eq!(program.run(&["chat", "remember that Oscar is a cat"]).await.status, Some(0));
    let mut terminal = program.in_terminal(&["chat", "forget everything"]);
    for said in
        ["memory.forget_all", "critical", "left", "cannot be undone.", "y to approve, n [reason] to reject: "]
    {
        terminal.shows(said).await;
    }
    terminal.types("perhaps");
    terminal.shows("neither yes nor no").await;
    terminal.shows("to reject: ").await;
    terminal.types("y");
    terminal.shows("approved").await;
    let (status, screen) = terminal.finish().await;
    assert_eq!(status, Some(0), "{screen}");
    assert!(screen.contains("✓ memory.forget_all"), "{screen}");
    let history = program.items(&["approvals", "--history"]).await;
    assert_eq!(history[0]["status"], "approved");
}

#[tokio::test]
async fn what_is_refused_in_the_terminal_is_refused_with_the_reason() {
    let (_gateway, program) = started().await;
    let mut terminal = program.in_terminal(&["chat", "forget everything"]);
    terminal.shows("to reject: ").await;
    terminal.types("no not today");
    terminal.shows("rejected").await;
    assert_eq!(terminal.finish().await.0, Some(0));
    let history = program.items(&["approvals", "--history"]).await;
    assert_eq!(
        (&history[0]["status"], &history[0]["outcomeDetail"]),
        (&"rejected".into(), &"not today".into())
    );
}

#[tokio::test]
async fn a_question_is_answered_in_the_terminal_in_the_middle_of_a_conversation() {
    let (_gateway, program) = started().await;
    let mut terminal = program.in_terminal(&["chat"]);
    terminal.shows("›").await;
    terminal.types("ask me which colour");
    terminal.shows("which colour").await;
    terminal.shows("or /skip: ").await;
    terminal.types("blue");
    terminal.shows("You said: blue").await;
    terminal.shows("›").await;
    terminal.types("/exit");
    assert_eq!(terminal.finish().await.0, Some(0));
}

#[tokio::test]
async fn what_was_answered_elsewhere_is_not_asked_any_more() {
    let (_gateway, program) = started().await;
    let mut terminal = program.in_terminal(&["chat", "forget everything"]);
    terminal.shows("to reject: ").await;
    let asked = program.only(&["approvals"]).await;
    assert_eq!(program.run(&["approvals", "approve", &asked]).await.status, Some(0));
    terminal.shows("it waits no longer").await;
    let (status, screen) = terminal.finish().await;
    assert_eq!(status, Some(0), "{screen}");
}

#[tokio::test]
async fn without_a_terminal_a_person_is_told_how_to_answer_and_no_line_counts_as_leave() {
    let (_gateway, program) = started().await;
    let mut child = program.start(&["chat", "-i"]);
    let mut stdin = child.stdin.take().expect("a pipe");
    stdin.write_all(b"forget everything\ny\n").await.expect("it reads");
    let asked = program.only(&["approvals"]).await;
    let mut remarks = BufReader::new(child.stderr.take().expect("a pipe")).lines();
    let told = async {
        loop {
            let line = remarks.next_line().await.expect("text").expect("it goes on");
            if line.contains("memory.forget_all") {
                return line;
            }
        }
    };
    let told = timeout(PATIENCE, told).await.expect("in time");
    assert!(told.contains(&format!("`sophon approvals approve {asked}`")), "{told}");
    assert_eq!(program.documents(&["approvals", "show", &asked]).await[0]["status"], "pending");
    assert_eq!(program.run(&["approvals", "reject", &asked, "--reason", "No."]).await.status, Some(0));
    drop(stdin);
    let run = finish(child).await;
    assert_eq!(run.status, Some(0), "{run:?}");
}

#[tokio::test]
async fn approvals_are_listed_shown_and_answered_once() {
    let (_gateway, program) = started().await;
    assert!(program.run(&["approvals"]).await.stderr.contains("Nothing waits for an answer"));
    let chat = program.start(&["chat", "forget everything"]);
    let asked = program.only(&["approvals"]).await;
    let list = program.run(&["approvals"]).await.stdout;
    assert!(list.contains(&asked) && list.contains("critical") && list.contains("left"), "{list}");
    let shown = program.run(&["approvals", "show", &asked]).await.stdout;
    assert!(shown.contains("memory.forget_all") && shown.ends_with("\n{}\n"), "{shown}");
    let edited = program.run(&["approvals", "edit", &asked, "{}"]).await;
    assert!(edited.stderr.contains("cannot be changed"), "{edited:?}");
    let approved = program.run(&["approvals", "approve", &asked]).await;
    assert_eq!(approved.stdout, format!("{asked} is approved.\n"));
    let again = program.run(&["approvals", "reject", &asked]).await;
    assert_eq!(again.status, Some(1));
    assert!(again.stderr.contains("answered already: approved"), "{}", again.stderr);
    assert_eq!(finish(chat).await.status, Some(0));
}

#[tokio::test]
async fn questions_are_listed_shown_answered_and_declined() {
    let (_gateway, program) = started().await;
    assert!(program.run(&["questions"]).await.stderr.contains("No agent wants to know anything"));
    let chat = program.start(&["chat", "ask me which colour"]);
    let asked = program.only(&["questions"]).await;
    assert!(program.run(&["questions"]).await.stdout.contains("which colour"));
    assert!(program.run(&["questions", "show", &asked]).await.stdout.contains("which colour"));
    let answered = program.run(&["questions", "answer", &asked, "light", "blue"]).await;
    assert_eq!(answered.stdout, format!("{asked} is answered.\n"));
    let run = finish(chat).await;
    assert_eq!((run.status, run.stdout.as_str()), (Some(0), "You said: light blue\n"), "{run:?}");
    assert!(run.stderr.contains(&format!("`sophon questions answer {asked} \"…\"`")), "{run:?}");

    let chat = program.start(&["chat", "ask me which colour"]);
    let asked = program.only(&["questions"]).await;
    assert_eq!(program.run(&["questions", "decline", &asked]).await.status, Some(0));
    assert_eq!(finish(chat).await.status, Some(0));
}

#[tokio::test]
async fn all_that_an_answer_asks_is_asked_one_after_the_other_and_changed_where_it_may_be() {
    let execute = json!({
        "node": "node_1", "command": "system.execute", "params": { "argv": ["rm", "\u{202e}gpj.tac"] },
    });
    let calls = vec![Call::new("a", "node.command", execute), Call::new("b", "memory.forget_all", json!({}))];
    let model = ModelServer::playing([Script::answer().tool_calls(calls), Script::say("Done.")]).await;
    let url = model.openai_url();
    let variables =
        [("OPENAI_BASE_URL", url.as_str()), ("OPENAI_API_KEY", "key"), ("SOPHON_MODEL", "scripted")];
    let gateway = serve_with(true, &variables).await;
    let program = Program::new(&gateway.url);
    // Agents have the tool as long as there is a machine.
    program.run(&["nodes", "pair", "Desk"]).await;
    let mut terminal = program.in_terminal(&["chat", "tidy up"]);
    for said in ["node.command", r"\u{202e}gpj.tac", "edit {…} to change the arguments: "] {
        terminal.shows(said).await;
    }
    terminal.types(r#"edit {"node": "node_1", "command": "format.disk"}"#);
    terminal.shows("There is no such command").await;
    terminal.shows("edit {…} to change the arguments: ").await;
    terminal.types(r#"edit {"node": "node_1", "command": "system.info"}"#);
    terminal.shows("edited").await;
    terminal.shows("memory.forget_all").await;
    terminal.shows("to reject: ").await;
    terminal.types("n");
    terminal.shows("rejected").await;
    let (status, screen) = terminal.finish().await;
    assert_eq!(status, Some(0), "{screen}");
    let history = program.items(&["approvals", "--history"]).await;
    let edited = history.iter().find(|approval| approval["toolName"] == "node.command").expect("it is there");
    assert_eq!(edited["modifiedParams"], json!({ "node": "node_1", "command": "system.info" }));
}
