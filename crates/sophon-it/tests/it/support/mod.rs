//! What tests stand on.

mod app;
mod cluster;
mod events;
mod haproxy;
mod http;
mod hub;
mod hub_schemas;
mod nats;
mod people;
mod process;
mod relay;

use std::time::Duration;

pub use app::App;
pub use cluster::{Cluster, is_at_work};
pub use events::Events;
pub use haproxy::HaProxy;
pub use http::Http;
pub use hub::{Hub, streamed};
pub use hub_schemas::{assert_event, described_events};
pub use nats::Nats;
pub use people::{NodeAgent, Person};
pub use process::Process;
pub use relay::Relay;

/// How long a test waits for what must happen.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Waits for what must happen, and says what did not.
pub async fn soon<T>(what: &str, future: impl Future<Output = T>) -> T {
    let in_time = tokio::time::timeout(PATIENCE, future).await;
    in_time.unwrap_or_else(|_| panic!("{what} did not happen within {PATIENCE:?}"))
}
