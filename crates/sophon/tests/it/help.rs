//! What the program says of itself.

use crate::program::Program;

const COMMANDS: [&str; 22] = [
    "login",
    "logout",
    "onboard",
    "chat",
    "sessions",
    "tasks",
    "approvals",
    "questions",
    "discussions",
    "nodes",
    "announce",
    "tokens",
    "secrets",
    "agents",
    "models",
    "jobs",
    "status",
    "doctor",
    "service",
    "config",
    "completion",
    "man",
];

#[tokio::test]
async fn every_command_explains_itself() {
    let program = Program::new("http://127.0.0.1:1");
    let mut pages = Vec::new();
    for command in COMMANDS {
        let run = program.run(&[command, "--help"]).await;
        assert_eq!(run.status, Some(0));
        // The options that every command takes are looked at once.
        let own = run.stdout.split("Options everywhere:").next().unwrap_or_default();
        let examples = run.stdout.split_once("\nExamples:").map_or("", |(_, examples)| examples);
        pages.push(format!("$ sophon {command} --help\n{own}Examples:{examples}"));
    }
    insta::assert_snapshot!(pages.join("\n"));
}

#[tokio::test]
async fn options_work_before_and_after_the_command() {
    let program = Program::new("http://127.0.0.1:1");
    for arguments in [["--json", "status"], ["status", "--json"]] {
        let run = program.run(&arguments).await;
        assert!(run.stderr.starts_with("{\"error\""), "{run:?}");
    }
}

#[tokio::test]
async fn what_is_not_understood_exits_with_2() {
    let program = Program::new("http://127.0.0.1:1");
    for arguments in [["sessions", "--limit=0"], ["tasks", "--status=done"], ["status", "--gateway-url=host"]]
    {
        let run = program.run(&arguments).await;
        assert_eq!(run.status, Some(2), "{run:?}");
    }
}

#[tokio::test]
async fn a_usage_names_what_is_missing_and_no_option_that_the_environment_gives() {
    let program = Program::new("http://127.0.0.1:1");
    let run = program.run(&["tokens", "create"]).await;
    assert_eq!(run.status, Some(2), "{run:?}");
    let usage = run.stderr.lines().find(|line| line.starts_with("Usage:"));
    assert_eq!(usage, Some("Usage: sophon tokens create --name <NAME>"), "{run:?}");
    let help = program.run(&[]).await;
    assert!(help.status == Some(2) && help.stderr.contains("\nCommands:\n"), "{help:?}");
}

#[tokio::test]
async fn shells_get_a_script_that_knows_the_commands() {
    let program = Program::new("http://127.0.0.1:1");
    for shell in ["bash", "zsh", "fish"] {
        let run = program.run(&["completion", shell]).await;
        assert_eq!(run.status, Some(0));
        assert!(COMMANDS.iter().all(|command| run.stdout.contains(command)), "{shell}");
    }
}
