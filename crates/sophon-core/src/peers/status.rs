//! How a gateway stands among the others.

use sophon_model::ports::BackplaneStatus;

use crate::gateway::Gateway;

/// How a gateway stands among those on the same database.
#[derive(Clone, Debug)]
pub struct PeersStatus {
    /// The way to the others; `None` without one.
    pub backplane: Option<BackplaneStatus>,
    /// Events that others have published, as far as that is known here, and that are not known here themselves. Readers
    /// wait for them.
    pub missing_events: u64,
    /// The highest number of an event that is known here.
    pub last_event: u64,
    /// Jobs that this gateway holds a lease of.
    pub leases: usize,
}

impl Gateway {
    /// How this gateway stands among those on the same database.
    pub fn peers_status(&self) -> PeersStatus {
        let bus = self.db.bus();
        PeersStatus {
            backplane: self.db.peers().status(),
            missing_events: bus.gaps().iter().map(|(first, last)| last - first + 1).sum(),
            last_event: bus.last_seq(),
            leases: self.holdings.count(),
        }
    }
}
