//! The built binary.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncBufReadExt, BufReader, Lines};
use tokio::process::{Child, ChildStdout, Command};

use super::{Http, soon};

pub struct Process {
    child: Child,
    pub url: String,
    _stdout: Lines<BufReader<ChildStdout>>,
}

impl Process {
    /// Starts a gateway for one person on `data` and waits until it serves.
    pub async fn start(data: &Path) -> Self {
        Self::start_with(data, &[]).await
    }

    /// With more in its environment.
    pub async fn start_with(data: &Path, environment: &[(&str, &str)]) -> Self {
        Self::start_at("127.0.0.1:0", data, environment).await
    }

    /// On this address.
    pub async fn start_at(address: &str, data: &Path, environment: &[(&str, &str)]) -> Self {
        Self::launch(&mut Command::new(binary()), address, data, environment).await
    }

    /// Where no file may grow longer than this, in units of 512 bytes: the system refuses what goes beyond.
    pub async fn start_with_file_limit(data: &Path, limit: u32) -> Self {
        let mut shell = Command::new("sh");
        shell.arg("-c").arg(format!("trap '' XFSZ; ulimit -f {limit}; exec \"$0\" \"$@\"")).arg(binary());
        Self::launch(&mut shell, "127.0.0.1:0", data, &[]).await
    }

    async fn launch(command: &mut Command, address: &str, data: &Path, environment: &[(&str, &str)]) -> Self {
        let mut child = command
            .args(["serve", "--listen", address, "--data"])
            .arg(data)
            .env("SOPHON__AUTH__AUTO_ADMIN", "true")
            .env("SOPHON__RATE_LIMITS__CHAT", "1000000")
            .env("SOPHON__RATE_LIMITS__READS", "1000000")
            .env("RUST_LOG", "warn")
            .env_remove("OPENAI_API_KEY")
            .env_remove("OPENAI_BASE_URL")
            .env_remove("ANTHROPIC_API_KEY")
            .envs(environment.iter().copied())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("the binary is built: cargo build --bin sophon");
        let mut stdout = BufReader::new(child.stdout.take().unwrap()).lines();
        let url = soon("the start of the gateway", async {
            loop {
                let line = stdout.next_line().await.unwrap().expect("the gateway starts");
                if let Some(url) = line.strip_prefix("listening on ") {
                    return url.to_owned();
                }
            }
        })
        .await;
        Self { child, url, _stdout: stdout }
    }

    /// Host and port.
    pub fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    pub fn http(&self) -> Http {
        Http::new(&self.url)
    }

    /// `kill -9`
    pub async fn kill(mut self) {
        self.child.kill().await.unwrap();
    }

    /// Waits until it ends by itself, however long that takes; returns the exit code.
    pub async fn ended(mut self) -> Option<i32> {
        self.child.wait().await.unwrap().code()
    }

    /// SIGSTOP, and SIGCONT.
    pub async fn signal(&self, name: &str) {
        let id = self.child.id().unwrap().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &id]).status().await.unwrap().success());
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().unwrap().is_some()
    }

    /// SIGTERM; returns the exit code.
    pub async fn terminate(mut self) -> Option<i32> {
        let id = self.child.id().unwrap().to_string();
        let killed = Command::new("kill").args(["-TERM", &id]).status().await.unwrap();
        assert!(killed.success());
        soon("the end of the gateway", self.child.wait()).await.unwrap().code()
    }
}

/// Beside this test's own binary, where cargo puts what it builds.
fn binary() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    own.ancestors().nth(2).unwrap().join("sophon")
}
