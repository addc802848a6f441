//! Clients that stop reading, among many that do not. The example `stopped` does the same with other counts.

use signalr::TransportKind;

use crate::run::{Plan, run};

async fn the_stopped_are_closed_and_the_others_miss_nothing(transport: TransportKind, connections: usize) {
    let plan = Plan { transport, connections, stopped: connections / 10 };
    let outcome = run(&plan).await.expect("everyone who reads has every event in time");
    assert_eq!(outcome.closed, plan.stopped, "each stopped one is closed in time: {outcome}");
    assert_eq!(outcome.told, plan.stopped, "each finds the reason when it comes back: {outcome}");
    assert_eq!(outcome.whole, connections - plan.stopped, "the others go on: {outcome}");
    assert!(outcome.most_events > 100, "nobody is closed before event 101: {outcome}");
}

#[tokio::test]
async fn of_100_websockets() {
    the_stopped_are_closed_and_the_others_miss_nothing(TransportKind::WebSockets, 100).await;
}

#[tokio::test]
async fn of_20_event_streams() {
    the_stopped_are_closed_and_the_others_miss_nothing(TransportKind::ServerSentEvents, 20).await;
}

#[tokio::test]
async fn of_20_long_polls() {
    the_stopped_are_closed_and_the_others_miss_nothing(TransportKind::LongPolling, 20).await;
}
