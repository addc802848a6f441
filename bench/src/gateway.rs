//! The gateway under measurement.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::Outcome;
use crate::gateways::processor_time;

pub(crate) struct Gateway {
    child: Child,
    client: reqwest::Client,
    pub(crate) url: String,
    pub(crate) started_in: Duration,
}

/// Resident memory, as the system accounts for it.
pub(crate) struct Memory {
    pub(crate) resident_kb: u64,
    /// Without the pages of the binary and of other files, which the system takes back as it likes.
    pub(crate) anonymous_kb: u64,
}

impl Gateway {
    pub(crate) async fn start(binary: &Path, data: &Path) -> Outcome<Self> {
        Self::start_with(binary, data, &[]).await
    }

    /// With more in its environment.
    #[expect(clippy::disallowed_methods, reason = "it talks to the gateway it has started, on loopback")]
    pub(crate) async fn start_with(
        binary: &Path,
        data: &Path,
        environment: &[(&str, &str)],
    ) -> Outcome<Self> {
        let began = Instant::now();
        let mut child = Command::new(binary)
            .args(["serve", "--listen", "127.0.0.1:0", "--data"])
            .arg(data)
            .env("SOPHON__AUTH__AUTO_ADMIN", "true")
            .env("SOPHON__RATE_LIMITS__CHAT", "1000000")
            .env("SOPHON__RATE_LIMITS__WRITES", "1000000")
            .env("SOPHON__RATE_LIMITS__FAILED_SIGN_INS", "1000000")
            .env("SOPHON__RATE_LIMITS__FAILED_SIGN_INS_OF_ACCOUNT", "1000000")
            .env("RUST_LOG", "error")
            .envs(environment.iter().copied())
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

    /// The same; nothing if the gateway has too much to do at this moment.
    pub(crate) async fn try_post(&self, path: &str, body: &Value) -> Outcome<Option<Value>> {
        let response = self.client.post(format!("{}{path}", self.url)).json(body).send().await?;
        if matches!(response.status().as_u16(), 429 | 503) {
            return Ok(None);
        }
        Ok(Some(response.error_for_status()?.json().await?))
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Outcome<Value> {
        let response = self.client.post(format!("{}{path}", self.url)).json(body).send().await?;
        Ok(response.error_for_status()?.json().await?)
    }

    pub(crate) async fn get(&self, path: &str) -> Outcome<Value> {
        let response = self.client.get(format!("{}{path}", self.url)).send().await?;
        Ok(response.error_for_status()?.json().await?)
    }

    /// Tries to sign in with a wrong password.
    pub(crate) async fn sign_in(&self, email: &str) -> Outcome<()> {
        let body = json!({ "email": email, "password": "this is not the password" });
        let response = self.client.post(format!("{}/api/auth/login", self.url)).json(&body).send().await?;
        match response.status().as_u16() {
            401 => Ok(()),
            status => Err(format!("a sign-in was answered with {status}").into()),
        }
    }

    /// Reads the beginning of an event stream, and closes it.
    pub(crate) async fn begin(&self, path: &str) -> Outcome<()> {
        let mut response = self.client.get(format!("{}{path}", self.url)).send().await?.error_for_status()?;
        response.chunk().await?.ok_or("the stream has ended")?;
        Ok(())
    }

    pub(crate) fn memory(&self) -> Outcome<Memory> {
        let id = self.child.id().ok_or("the gateway has ended")?;
        let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
        let kb = |name: &str| -> Outcome<u64> {
            let line =
                status.lines().find_map(|line| line.strip_prefix(name)).ok_or("a figure is missing")?;
            Ok(line.trim().trim_end_matches(" kB").parse()?)
        };
        Ok(Memory { resident_kb: kb("VmRSS:")?, anonymous_kb: kb("RssAnon:")? })
    }

    /// The processor time that it has got so far.
    pub(crate) fn processor_time(&self) -> Outcome<Duration> {
        let id = self.child.id().ok_or("the gateway has ended")?;
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
        Ok(processor_time(&stat).ok_or("a figure is missing")?)
    }

    pub(crate) async fn stop(mut self) -> Outcome<()> {
        let id = self.child.id().ok_or("the gateway has ended")?;
        Command::new("kill").arg(id.to_string()).status().await?;
        self.child.wait().await?;
        Ok(())
    }
}
