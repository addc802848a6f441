//! The gateway under measurement.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::Value;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::Outcome;

pub(crate) struct Gateway {
    child: Child,
    client: reqwest::Client,
    pub(crate) url: String,
    pub(crate) started_in: Duration,
}

impl Gateway {
    #[expect(clippy::disallowed_methods, reason = "it talks to the gateway it has started, on loopback")]
    pub(crate) async fn start(binary: &Path, data: &Path) -> Outcome<Self> {
        let began = Instant::now();
        let mut child = Command::new(binary)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("SOPHON__AUTH__AUTO_ADMIN", "true")
            .env("SOPHON__RATE_LIMITS__CHAT", "1000000")
            .env("RUST_LOG", "error")
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let mut lines = BufReader::new(child.stdout.take().ok_or("no output")?).lines();
        loop {
            let line = lines.next_line().await?.ok_or("the gateway did not start")?;
            if let Some(url) = line.strip_prefix("listening on ") {
                let client = reqwest::Client::builder().no_proxy().tcp_nodelay(true).build()?;
                return Ok(Self { child, client, url: url.to_owned(), started_in: began.elapsed() });
            }
        }
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Outcome<Value> {
        let response = self.client.post(format!("{}{path}", self.url)).json(body).send().await?;
        Ok(response.error_for_status()?.json().await?)
    }

    /// Resident memory, as the system accounts for it.
    pub(crate) fn resident_kb(&self) -> Outcome<u64> {
        let id = self.child.id().ok_or("the gateway has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS")?;
        Ok(line.trim().trim_end_matches(" kB").parse()?)
    }

    pub(crate) async fn stop(mut self) -> Outcome<()> {
        let id = self.child.id().ok_or("the gateway has ended")?;
        Command::new("kill").arg(id.to_string()).status().await?;
        self.child.wait().await?;
        Ok(())
    }
}
