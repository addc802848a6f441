//! How a gateway stands among the others.

use sophon_model::ports::BackplaneStatus;

use crate::database::Database;
use crate::jobs::Holdings;

/// How a gateway stands among those on the same database.
#[derive(Clone, Debug)]
pub struct PeersStatus {
    /// The way to the others; `None` without one.
    pub backplane: Option<BackplaneStatus>,
    /// Events that others have published, as far as that is known here, and that are not known here themselves. Readers
    /// wait for them.
    pub missing_events: u64,
    /// Jobs that this gateway holds a lease of.
    pub leases: usize,
}

impl PeersStatus {
    pub(super) fn of(db: &Database, holdings: &Holdings) -> Self {
        Self {
            backplane: db.peers().status(),
            missing_events: db.bus().gaps().iter().map(|(first, last)| last - first + 1).sum(),
            leases: holdings.count(),
        }
    }
}
