//! Measures a fan-out from outside: subscribers in one room and one publisher, all on one thread. An event counts as
//! delivered when its last subscriber has it; then the publisher sends the next, so that as many are in flight as it
//! was told. See `bench/README.md`.
#![expect(clippy::print_stdout, reason = "figures are what this prints")]

mod room;
mod wire;

use std::error::Error;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use clap::Parser;
use room::Room;
use wire::Wire;

/// What is not counted, while the server warms up.
const WARM_UP: Duration = Duration::from_secs(1);
/// The unit in which Linux gives the time of a process.
const TICKS_PER_SECOND: f64 = 100.0;

/// Measure deliveries of a server that listens already. Prints, in one line: deliveries a second, deliveries a second
/// of the server's processor, and the milliseconds until the last subscriber has an event (p50, p99)
#[derive(Parser)]
struct Args {
    /// Where the server listens
    address: SocketAddr,
    /// What it speaks
    wire: Wire,
    /// The server's process
    #[arg(long)]
    pid: u32,
    /// Connections in the room
    #[arg(long, default_value_t = 1_000)]
    subscribers: usize,
    /// Events on their way at a time
    #[arg(long, default_value_t = 16)]
    in_flight: usize,
    /// How long to measure, in seconds. Socket.IO's servers ask for a sign of life after 25, which is not given
    #[arg(long, default_value_t = 10, value_parser = clap::value_parser!(u64).range(1..=20))]
    seconds: u64,
}

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let args = Args::parse();
    let mut room = Room::open(args.wire, args.address, args.subscribers, args.in_flight)?;
    room.run_until(Instant::now() + WARM_UP)?;
    let (began, processor) = (Instant::now(), processor_seconds(args.pid)?);
    let before = room.delivered();
    room.forget_times();
    room.run_until(began + Duration::from_secs(args.seconds))?;
    let deliveries = (room.delivered() - before) as f64;
    let mut times = room.times().to_vec();
    times.sort_unstable();
    let at = |part: f64| times[((times.len() - 1) as f64 * part) as usize].as_secs_f64() * 1e3;
    println!(
        "{:.0} {:.0} {:.1} {:.1}",
        deliveries / began.elapsed().as_secs_f64(),
        deliveries / (processor_seconds(args.pid)? - processor),
        at(0.5),
        at(0.99)
    );
    Ok(())
}

/// Processor time that a process has used, in user and in kernel mode.
fn processor_seconds(pid: u32) -> Outcome<f64> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat"))?;
    // The name, in brackets, may hold anything; utime and stime are the 12th and 13th word behind it.
    let (_, words) = stat.rsplit_once(')').ok_or("no process status")?;
    let ticks = words.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / TICKS_PER_SECOND)
}
