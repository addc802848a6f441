//! `stopped [CONNECTIONS [STOPPED]]` (1,000 and 10 by default): over each transport, opens connections of
//! which some stop reading, and prints when the server closed these and whether the others missed anything.

mod client;
mod run;

use signalr::TransportKind;

#[tokio::main]
async fn main() -> Result<(), client::Failure> {
    let mut counts = std::env::args().skip(1).map(|count| count.parse());
    let connections = counts.next().transpose()?.unwrap_or(1_000);
    let stopped = counts.next().transpose()?.unwrap_or(10);
    for transport in [TransportKind::WebSockets, TransportKind::ServerSentEvents, TransportKind::LongPolling]
    {
        let outcome = run::run(&run::Plan { transport, connections, stopped }).await?;
        say(&format!("{}: {connections} connections, {stopped} stopped: {outcome}", transport.name()));
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the figures are what the program is for")]
fn say(line: &str) {
    println!("{line}");
}
