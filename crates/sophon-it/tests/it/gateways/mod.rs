//! Several gateways on one PostgreSQL database and one NATS server, as real processes: a client of one follows what happens
//! on another, and what is killed, stopped or cut off loses nothing.

mod faults;
mod following;
mod reaching;
mod rolling;

use serde_json::Value;

use crate::support::Hub;

/// Events as a client tells them apart: what has a number, by name and number.
fn numbered(events: &[(String, Value)]) -> Vec<(String, u64)> {
    let passes = ["StreamChunk", "AgentStatus"];
    let kept = events.iter().filter(|(name, _)| !passes.contains(&name.as_str()));
    kept.map(|(name, payload)| (name.clone(), payload["seq"].as_u64().unwrap())).collect()
}

/// A client in a session, from the beginning on.
async fn joined(url: &str, session: &str) -> Hub {
    let mut hub = Hub::connect(url, "chat", None).await;
    let joined = hub.invoke("JoinSession", serde_json::json!({ "sessionId": session })).await;
    assert_eq!(joined["result"]["complete"], true, "{joined}");
    hub
}
