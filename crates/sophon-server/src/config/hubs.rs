//! `[hubs]`: connections that follow events.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
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
}

impl Default for Hubs {
    fn default() -> Self {
        Self { buffer: Bounded::new(100), session_events: SessionEventScope::default() }
    }
}
