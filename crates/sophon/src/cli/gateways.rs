//! What `sophon status` and `sophon doctor` say of the gateways that serve together.

use sophon_api::{GatewayProcess, GatewayState};

use super::screen::one_line;

/// A gateway in a line.
pub fn described(gateway: &GatewayProcess) -> String {
    let state = match gateway.state {
        GatewayState::Running => "running",
        GatewayState::Draining => "stopping",
        GatewayState::Silent => "no sign of life",
    };
    let backplane = match gateway.backplane_connected {
        Some(true) => ", connected to NATS",
        Some(false) => ", NOT connected to NATS",
        None => "",
    };
    let behind = match gateway.missing_events {
        0 => String::new(),
        missing => format!(", {missing} events behind"),
    };
    let (name, version) = (one_line(&gateway.name), one_line(&gateway.version));
    format!("{name} {state} (version {version}{backplane}{behind}, {} jobs)", gateway.leases)
}
