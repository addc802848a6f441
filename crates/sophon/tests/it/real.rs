//! The whole way: this program as the gateway, and this program as its client.

use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::gateway::PATIENCE;
use crate::program::{Program, finish};

pub const EMAIL: &str = "admin@example.com";
pub const PASSWORD: &str = "correct horse battery staple";

/// A gateway of our own, stopped when dropped.
pub struct Served {
    pub url: String,
    _process: Child,
    _data: TempDir,
}

/// Starts one, which lets everybody in as its administrator if `auto_admin`.
pub async fn serve(auto_admin: bool) -> Served {
    serve_with(auto_admin, &[]).await
}

/// Starts one with variables of its own.
pub async fn serve_with(auto_admin: bool, variables: &[(&str, &str)]) -> Served {
    let data = tempfile::tempdir().expect("a folder");
    let mut process = Command::new(env!("CARGO_BIN_EXE_sophon"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data.path().join("sophon"))
        .current_dir(data.path())
        .env_clear()
        .env("HOME", data.path())
        .env("SOPHON_ADMIN_EMAIL", EMAIL)
        .env("SOPHON_ADMIN_PASSWORD", PASSWORD)
        .env("SOPHON__AUTH__AUTO_ADMIN", auto_admin.to_string())
        .envs(variables.iter().copied())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()
        .expect("it starts");
    let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
    let ready = async {
        loop {
            let line = lines.next_line().await.expect("text").expect("it goes on until it listens");
            if let Some(url) = line.strip_prefix("listening on ") {
                return url.to_owned();
            }
        }
    };
    let url = timeout(PATIENCE, ready).await.expect("it starts in time");
    Served { url, _process: process, _data: data }
}

#[tokio::test]
async fn a_person_signs_in_talks_and_signs_out() {
    let gateway = serve(false).await;
    let program = Program::new(&gateway.url);

    let before = program.run(&["status"]).await;
    assert!(before.stdout.contains("not signed in"), "{before:?}");
    let wrong = program.run_with(&["login", "--email", EMAIL, "--password-stdin"], "wrong").await;
    assert_eq!(wrong.status, Some(1));
    let right = program.run_with(&["login", "--email", EMAIL, "--password-stdin"], PASSWORD).await;
    assert_eq!(right.status, Some(0), "{right:?}");

    let doctor = program.run(&["doctor"]).await;
    assert_eq!(doctor.status, Some(0), "{doctor:?}");
    assert!(doctor.stdout.contains("by password"), "{}", doctor.stdout);

    let answer = program.run(&["chat", "calculate 12 * 30.5"]).await;
    assert_eq!(answer.status, Some(0), "{answer:?}");
    assert!(answer.stdout.contains("366"), "{}", answer.stdout);
    assert!(answer.stderr.contains("✓ calculator"), "{}", answer.stderr);

    assert_eq!(program.run(&["logout"]).await.status, Some(0));
    assert_eq!(program.run(&["sessions"]).await.status, Some(1));
}

#[tokio::test]
async fn sessions_are_listed_shown_renamed_copied_and_deleted() {
    let gateway = serve(true).await;
    let program = Program::new(&gateway.url);
    assert_eq!(program.run(&["chat", "remember that the bins go out on Tuesday"]).await.status, Some(0));
    assert_eq!(program.run(&["chat", "--last", "calculate 6 * 7"]).await.status, Some(0));

    let list = program.documents(&["sessions"]).await;
    let session = list[0]["items"][0]["id"].as_str().expect("an id");
    assert_eq!(list[0]["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(list[0]["items"][0]["messageCount"], 4);
    assert!(program.run(&["sessions"]).await.stdout.contains(session));

    let shown = program.run(&["sessions", "show", session, "--limit", "1"]).await.stdout;
    assert!(shown.contains("**42**") && !shown.contains("calculate 6 * 7"), "{shown}");
    assert_eq!(program.run(&["sessions", "rename", session, "The", "bins"]).await.status, Some(0));
    let copy = program.documents(&["sessions", "fork", session, "--title", "Another way"]).await;
    assert_eq!((&copy[0]["title"], &copy[0]["messageCount"]), (&"Another way".into(), &4.into()));

    let unsure = program.run(&["sessions", "delete", session]).await;
    assert!(unsure.stderr.contains("hint: Say `--yes`"), "{}", unsure.stderr);
    assert_eq!(program.run(&["sessions", "delete", session, "--yes"]).await.status, Some(0));
    let gone = program.run(&["sessions", "show", session]).await;
    assert_eq!(gone.status, Some(1));
    assert!(gone.stderr.contains("request: req_"), "{}", gone.stderr);
}

#[tokio::test]
async fn tasks_and_agents_are_listed_and_shown() {
    let gateway = serve(true).await;
    let program = Program::new(&gateway.url);
    assert_eq!(program.run(&["chat", "calculate 6 * 7"]).await.status, Some(0));
    assert!(program.run(&["tasks"]).await.stderr.contains("Nothing waits or runs"));
    let history = program.documents(&["tasks", "--history", "--status", "completed"]).await;
    let task = history[0]["items"][0]["id"].as_str().expect("an id");
    let shown = program.run(&["tasks", "show", task]).await.stdout;
    assert!(shown.contains("completed") && shown.contains("calculator"), "{shown}");
    assert_eq!(program.run(&["tasks", "cancel", task]).await.status, Some(1), "it has ended already");
    let agent = program.documents(&["agents", "show", "sophon"]).await;
    assert_eq!(agent[0]["slug"], "sophon");
    assert_eq!(program.documents(&["status"]).await[0]["activeTasks"], 0);
}

/// Starts a gateway on `data`, and ends it once it listens, unless it has ended by itself; gives what it wrote.
async fn told_at_start(program: &Program, data: &Path, password: &str) -> String {
    let data = data.to_str().expect("UTF-8");
    let mut command = program.command(&["serve", "--listen", "127.0.0.1:0", "--data", data]);
    command.current_dir(program.home()).env("SOPHON_ADMIN_PASSWORD", password);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut process = command.spawn().expect("it starts");
    let mut lines = BufReader::new(process.stdout.take().expect("a pipe")).lines();
    let listening = async {
        while let Some(line) = lines.next_line().await.expect("text") {
            if line.starts_with("listening on ") {
                process.start_kill().expect("it runs");
            }
        }
    };
    timeout(PATIENCE, listening).await.expect("it listens in time");
    finish(process).await.stderr
}

#[tokio::test]
async fn a_first_password_that_is_too_short_is_refused_and_a_later_one_is_ignored_with_a_word() {
    let (program, data) = (Program::new("http://127.0.0.1:1"), tempfile::tempdir().expect("a folder"));
    let folder = data.path().join("sophon");
    let told = told_at_start(&program, &folder, "short").await;
    assert!(
        told.contains("error: SOPHON_ADMIN_PASSWORD is refused: A password has at least 8 characters."),
        "{told}"
    );
    let told = told_at_start(&program, &folder, PASSWORD).await;
    assert!(!told.contains("SOPHON_ADMIN_PASSWORD"), "{told}");
    let told = told_at_start(&program, &folder, "short").await;
    assert!(told.contains("SOPHON_ADMIN_PASSWORD is ignored"), "{told}");
}
