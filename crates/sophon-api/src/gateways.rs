//! The gateways of the deployment.

use serde::{Deserialize, Serialize};
use sophon_model::GatewayId;
use utoipa::ToSchema;

use crate::Time;

/// A gateway process that serves on the database.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GatewayProcess {
    /// Its id, new at each start.
    pub id: GatewayId,
    /// Its machine and port.
    #[schema(example = "chat-1:8080")]
    pub name: String,
    /// The version of its program.
    #[schema(example = "0.1.0")]
    pub version: String,
    /// How it is.
    pub state: GatewayState,
    /// When it started.
    pub started_at: Time,
    /// When it last gave a sign of life.
    pub seen_at: Time,
    /// Whether messages to the other gateways are carried; `null` where `[backplane]` is not configured.
    #[schema(required)]
    pub backplane_connected: Option<bool>,
    /// Events of other gateways that it has not read yet: how far it is behind.
    #[schema(example = 0)]
    pub missing_events: i64,
    /// Background jobs that it works on.
    #[schema(example = 3)]
    pub leases: i64,
}

/// Whether a gateway serves (`running`), is stopping (`draining`), or has given no sign of life for half a minute (`silent`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GatewayState {
    /// It serves.
    Running,
    /// It is stopping, and takes no new work.
    Draining,
    /// It has crashed, or cannot reach the database.
    Silent,
}

#[cfg(feature = "core")]
mod core {
    use sophon_core::peers;
    use sophon_model::PeerGateway;

    use super::{GatewayProcess, GatewayState};

    impl From<peers::GatewayState> for GatewayState {
        fn from(state: peers::GatewayState) -> Self {
            match state {
                peers::GatewayState::Running => Self::Running,
                peers::GatewayState::Draining => Self::Draining,
                peers::GatewayState::Silent => Self::Silent,
            }
        }
    }

    impl From<(PeerGateway, peers::GatewayState)> for GatewayProcess {
        fn from((gateway, state): (PeerGateway, peers::GatewayState)) -> Self {
            Self {
                id: gateway.id,
                name: gateway.name,
                version: gateway.version,
                state: state.into(),
                started_at: gateway.started_at.into(),
                seen_at: gateway.seen_at.into(),
                backplane_connected: gateway.backplane_connected,
                missing_events: gateway.missing_events,
                leases: gateway.leases,
            }
        }
    }
}
