//! What a gateway keeps of memory after work that is done.

use std::path::Path;
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep};

use crate::Outcome;
use crate::gateway::Gateway;
use crate::hub::Hub;

/// How long after the work it is looked at: what the gateway means to give back, it has given back.
const SETTLED: Duration = Duration::from_secs(30);
/// Requests at a time.
const AT_ONCE: usize = 16;
/// Sessions, and messages in each of them.
const SESSIONS: usize = 2_000;
const MESSAGES: usize = 10;

/// Prints the resident memory of a new gateway, and 30 s after each kind of work.
pub(crate) async fn measure(binary: &Path, data: &Path) -> Outcome<()> {
    let gateway = Gateway::start(binary, data).await?;
    report(&gateway, "first start").await?;

    each(10, 10, async |_| gateway.sign_in("admin@localhost").await).await?;
    report(&gateway, "10 sign-ins side by side").await?;

    each(200, 10, async |number| gateway.sign_in(&format!("nobody-{number}@example.com")).await).await?;
    report(&gateway, "200 sign-ins of unknown accounts").await?;

    each(SESSIONS, AT_ONCE, async |_| talk(&gateway).await).await?;
    idle(&gateway).await?;
    report(&gateway, &format!("{} messages in {SESSIONS} sessions", SESSIONS * MESSAGES)).await?;

    let session = gateway.post("/api/sessions", &json!({ "visibility": "public" })).await?;
    let stream = format!("/api/sessions/{}/stream", session["id"].as_str().ok_or("no session")?);
    each(3_000, AT_ONCE, async |_| gateway.begin(&stream).await).await?;
    report(&gateway, "3,000 event streams, closed").await?;

    each(5_000, AT_ONCE, async |_| Hub::connect(&gateway.url).await.map(drop)).await?;
    report(&gateway, "5,000 hub connections, closed").await?;
    gateway.stop().await
}

/// Does something so many times, some at a time.
async fn each(count: usize, at_once: usize, work: impl AsyncFn(usize) -> Outcome<()>) -> Outcome<()> {
    let mut done = stream::iter(0..count).map(|number| work(number)).buffer_unordered(at_once);
    while let Some(outcome) = done.next().await {
        outcome?;
    }
    Ok(())
}

/// A session in which messages follow each other.
async fn talk(gateway: &Gateway) -> Outcome<()> {
    let mut session = Value::Null;
    for _ in 0..MESSAGES {
        let message = json!({ "sessionId": session, "content": "hello" });
        // No more tasks may wait than the gateway takes.
        let sent = loop {
            match gateway.try_post("/api/chat", &message).await? {
                Some(sent) => break sent,
                None => sleep(Duration::from_millis(500)).await,
            }
        };
        session = sent["sessionId"].clone();
    }
    Ok(())
}

/// Waits until nothing is worked on.
async fn idle(gateway: &Gateway) -> Outcome<()> {
    while gateway.get("/api/tasks/active?limit=1").await?["items"]
        .as_array()
        .is_some_and(|items| !items.is_empty())
    {
        sleep(Duration::from_millis(200)).await;
    }
    Ok(())
}

async fn report(gateway: &Gateway, after: &str) -> Outcome<()> {
    let (since, at_once) = (Instant::now(), gateway.memory()?);
    sleep(SETTLED.saturating_sub(since.elapsed())).await;
    let later = gateway.memory()?;
    println!(
        "{after:36} {:6.1} MB at once, {:6.1} MB after 30 s ({:.1} MB without pages of files)",
        mb(at_once.resident_kb),
        mb(later.resident_kb),
        mb(later.anonymous_kb)
    );
    Ok(())
}

fn mb(kb: u64) -> f64 {
    kb as f64 / 1e3
}
