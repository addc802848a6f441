//! `[hubs]`: connections that follow events.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sophon_core::connections::ConnectionLimits;
use sophon_realtime::hubs::SessionEventScope;

use super::Bounded;

/// Connections that follow events.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Hubs {
    /// Unread events after which a slow connection is closed.
    #[schemars(extend("x-unit" = "events"))]
    pub buffer: Bounded<1, 1_000_000>,
    /// Connections that the events of a session are sent to: those that joined the session (`session`), or all of its
    /// owner (`user`).
    pub session_events: SessionEventScope,
    /// Connections to one hub that a user may have, and separately each API token. One more closes the oldest. Without
    /// meaning for the owner of a gateway with `auth.auto_admin`.
    #[schemars(extend("x-unit" = "connections"))]
    pub connections_per_user: Bounded<1, 100_000>,
    /// Event streams of sessions that a user may have open, and separately each API token. One more is refused.
    #[schemars(extend("x-unit" = "streams"))]
    pub streams_per_user: Bounded<1, 10_000>,
    /// Event streams of public sessions that one address or IPv6 network (/64) may have open without signing in. One more
    /// is refused.
    #[schemars(extend("x-unit" = "streams"))]
    pub streams_per_address: Bounded<1, 10_000>,
}

impl Default for Hubs {
    fn default() -> Self {
        let ConnectionLimits { hub, streams, anonymous_streams } = ConnectionLimits::default();
        Self {
            buffer: Bounded::new(100),
            session_events: SessionEventScope::default(),
            connections_per_user: Bounded::new(hub.get() as u64),
            streams_per_user: Bounded::new(streams.get() as u64),
            streams_per_address: Bounded::new(anonymous_streams.get() as u64),
        }
    }
}

impl From<Hubs> for ConnectionLimits {
    fn from(hubs: Hubs) -> Self {
        Self {
            hub: hubs.connections_per_user.at_least_one(),
            streams: hubs.streams_per_user.at_least_one(),
            anonymous_streams: hubs.streams_per_address.at_least_one(),
        }
    }
}
