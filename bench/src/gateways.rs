//! Several gateways on one database: how much later a client of another gateway than the worker's hears of a turn, and what
//! a gateway spends on turns that nobody follows there.

use std::path::Path;
use std::time::Duration;

use serde_json::json;

use crate::gateway::Gateway;
use crate::hub::Hub;
use crate::{Outcome, report};

/// Measures so many turns on the database and the NATS server at these addresses, which are to be of no other use.
pub(crate) async fn measure(
    binary: &Path,
    data: &Path,
    database: &str,
    nats: Option<&str>,
    turns: usize,
) -> Outcome<()> {
    let mut environment = vec![("SOPHON__DATABASE__URL", database)];
    environment.extend(nats.map(|url| ("SOPHON__BACKPLANE__NATS_URL", url)));
    let start = || Gateway::start_with(binary, data, &environment);
    let (worker, other, unwatched) = (start().await?, start().await?, start().await?);
    let session = worker.post("/api/sessions", &json!({})).await?;
    let session = session["id"].as_str().ok_or("no session")?.to_owned();
    let (mut here, mut there) = (Hub::connect(&worker.url).await?, Hub::connect(&other.url).await?);
    here.join(&session).await?;
    there.join(&session).await?;
    let (mut same, mut elsewhere, mut later) = (Vec::new(), Vec::new(), Vec::new());
    let spent_before = unwatched.processor_time()?;
    for _ in 0..turns {
        let body = json!({ "sessionId": session, "content": "hello" });
        let began = std::time::Instant::now();
        let waiting = async { tokio::join!(here.wait_for("StreamChunk"), there.wait_for("StreamChunk")) };
        let (sent, (first, second)) = tokio::join!(worker.post("/api/chat", &body), waiting);
        sent?;
        let (first, second) = (first?, second?);
        same.push(first.duration_since(began));
        elsewhere.push(second.duration_since(began));
        later.push(second.saturating_duration_since(first));
        here.wait_for("TaskCompleted").await?;
        there.wait_for("TaskCompleted").await?;
    }
    let spent = unwatched.processor_time()?.saturating_sub(spent_before);
    report("first chunk, same gateway", &mut same);
    report("first chunk, another one", &mut elsewhere);
    report("later by", &mut later);
    let each = spent / u32::try_from(turns).unwrap_or(u32::MAX).max(1);
    println!("a gateway where nobody follows it spends {:.0} µs a turn", each.as_secs_f64() * 1e6);
    for gateway in [worker, other, unwatched] {
        gateway.stop().await?;
    }
    Ok(())
}

/// The processor time in what the system says of a process: in hundredths of a second, in its 14th and 15th field.
pub(crate) fn processor_time(stat: &str) -> Option<Duration> {
    // The name, in brackets, may hold spaces.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?;
    Some(Duration::from_millis(ticks * 10))
}
