//! The program, run as a person or a script runs it.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};
use tokio::time::timeout;

use crate::gateway::PATIENCE;

/// A person's machine: a home folder, and a gateway that is meant.
pub struct Program {
    home: TempDir,
    gateway: String,
}

/// What a run left.
#[derive(Debug)]
pub struct Run {
    pub status: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Program {
    /// A fresh home that talks to `gateway`.
    pub fn new(gateway: &str) -> Self {
        Self { home: tempfile::tempdir().expect("a folder"), gateway: gateway.to_owned() }
    }

    /// The home folder.
    pub fn home(&self) -> &std::path::Path {
        self.home.path()
    }

    /// Where the configuration is.
    pub fn config(&self) -> PathBuf {
        self.home.path().join(".sophon/config/cli.json")
    }

    /// A run that is still to be started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sophon"));
        command
            .args(arguments)
            .env_clear()
            .env("HOME", self.home.path())
            .env("SOPHON_GATEWAY", &self.gateway)
            .env("NO_COLOR", "1")
            .kill_on_drop(true);
        command
    }

    /// A run that is not waited for.
    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("it starts")
    }

    /// Runs with nothing on standard input.
    pub async fn run(&self, arguments: &[&str]) -> Run {
        self.run_with(arguments, "").await
    }

    /// Runs with `input` coming through a pipe.
    pub async fn run_with(&self, arguments: &[&str], input: &str) -> Run {
        let mut child = self.start(arguments);
        let mut stdin = child.stdin.take().expect("a pipe");
        // Not every command reads it.
        let _unread = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        finish(child).await
    }

    /// Runs with `--json` and reads what must be one document a line.
    pub async fn documents(&self, arguments: &[&str]) -> Vec<Value> {
        let run = self.run(&[&["--json"], arguments].concat()).await;
        assert_eq!(run.status, Some(0), "{run:?}");
        run.stdout.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
    }
}

/// Waits for the end.
pub async fn finish(child: Child) -> Run {
    let output =
        timeout(PATIENCE, child.wait_with_output()).await.expect("it ends").expect("it was waited for");
    let text = |bytes| String::from_utf8(bytes).expect("UTF-8");
    Run { status: ExitStatus::code(&output.status), stdout: text(output.stdout), stderr: text(output.stderr) }
}

/// Ctrl-C.
pub async fn interrupt(child: &Child) {
    let id = child.id().expect("it runs").to_string();
    let status = Command::new("kill").args(["-INT", &id]).status().await.expect("kill is there");
    assert!(status.success());
}
