//! Measures a built gateway from outside. See `bench/README.md`.
#![expect(clippy::print_stdout, reason = "figures are what this prints")]

mod gateway;
mod gateways;
mod hub;
mod limits;
mod memory;

use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::Parser;
use gateway::Gateway;
use hub::Hub;
use serde_json::json;

/// Measure a built gateway: start, memory, latency
#[derive(Parser)]
struct Args {
    /// The binary
    binary: PathBuf,
    /// Measure what is kept of memory after work, in place of times
    #[arg(long)]
    memory: bool,
    /// Measure three gateways on this PostgreSQL database, in place of one alone
    #[arg(long, value_name = "URL")]
    database: Option<String>,
    /// With this NATS server between them
    #[arg(long, value_name = "URL", requires = "database")]
    nats: Option<String>,
    /// Starts to time
    #[arg(long, default_value_t = 10)]
    starts: usize,
    /// Idle hub connections to hold
    #[arg(long, default_value_t = 1_000)]
    connections: usize,
    /// Turns to time
    #[arg(long, default_value_t = 500)]
    turns: usize,
}

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

#[tokio::main]
async fn main() -> Outcome<()> {
    let args = Args::parse();
    sophon_egress::install_crypto();
    let bytes = std::fs::metadata(&args.binary)?.len();
    println!("binary               {:.1} MB", bytes as f64 / 1e6);

    let folder = tempfile::tempdir()?;
    if args.memory {
        return memory::measure(&args.binary, &folder.path().join("data")).await;
    }
    if let Some(database) = &args.database {
        let data = folder.path().join("data");
        return Box::pin(gateways::measure(&args.binary, &data, database, args.nats.as_deref(), args.turns))
            .await;
    }
    let mut starts = Vec::new();
    for number in 0..args.starts {
        let began = Instant::now();
        // The first start makes the database; the others find it.
        let data =
            if number % 2 == 0 { folder.path().join(number.to_string()) } else { folder.path().join("0") };
        Gateway::start(&args.binary, &data).await?.stop().await?;
        starts.push(began.elapsed());
    }
    report("start to serving, and stop", &mut starts);

    let gateway = Gateway::start(&args.binary, &folder.path().join("0")).await?;
    println!("started in           {:.1} ms", gateway.started_in.as_secs_f64() * 1e3);
    let idle = gateway.memory()?.resident_kb;
    println!("resident, idle       {:.1} MB", idle as f64 / 1e3);

    let (mut accepted, mut turns) = time_turns(&gateway, args.turns).await?;
    report("POST to 202", &mut accepted);
    report("POST to first chunk", &mut turns);
    let (mut exchange, mut sync) =
        (limits::loopback(args.turns).await?, limits::sync(folder.path(), args.turns)?);
    report("one loopback exchange", &mut exchange);
    report("one sync to disk", &mut sync);
    let least = median(&exchange) * 2 + median(&sync) * 2;
    println!(
        "ratio                {:.1} times two exchanges and two syncs",
        median(&turns).as_secs_f64() / least.as_secs_f64()
    );

    let before = gateway.memory()?.resident_kb;
    let mut held = Vec::with_capacity(args.connections);
    for _ in 0..args.connections {
        held.push(Hub::connect(&gateway.url).await?);
    }
    let with = gateway.memory()?.resident_kb;
    println!("resident, {} idle hub connections: {:.1} MB", held.len(), with as f64 / 1e3);
    println!("an idle connection   {:.1} KB", (with - before) as f64 / held.len() as f64);
    drop(held);
    gateway.stop().await
}

/// The times from the request to its own answer, and to the first chunk at a client that follows the session.
async fn time_turns(gateway: &Gateway, turns: usize) -> Outcome<(Vec<Duration>, Vec<Duration>)> {
    let session = gateway.post("/api/sessions", &json!({})).await?;
    let session = session["id"].as_str().ok_or("no session")?.to_owned();
    let mut hub = Hub::connect(&gateway.url).await?;
    hub.join(&session).await?;
    let (mut accepted, mut seen) = (Vec::with_capacity(turns), Vec::with_capacity(turns));
    for _ in 0..turns {
        let body = json!({ "sessionId": session, "content": "hello" });
        let began = Instant::now();
        let sending = async {
            gateway.post("/api/chat", &body).await?;
            Ok::<_, Box<dyn Error + Send + Sync>>(Instant::now())
        };
        let (sent, chunk) = tokio::join!(sending, hub.wait_for("StreamChunk"));
        accepted.push(sent?.duration_since(began));
        seen.push(chunk?.duration_since(began));
        hub.wait_for("TaskCompleted").await?;
    }
    Ok((accepted, seen))
}

fn median(sorted: &[Duration]) -> Duration {
    sorted.get(sorted.len() / 2).copied().unwrap_or_default()
}

fn report(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
    println!("{what:20} p50 {:.2} ms  p99 {:.2} ms  (of {})", at(0.5), at(0.99), times.len());
}
