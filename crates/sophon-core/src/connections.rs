//! How many connections that follow events one caller may have open at a time.

use std::num::NonZeroUsize;

/// The most connections of one caller, so that nobody takes those of all. The owner of a gateway for one person has no
/// limit of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// To one hub, of a user and separately of each API token. One more closes the oldest.
    pub hub: NonZeroUsize,
    /// Event streams of a user, and separately of each API token. One more is refused.
    pub streams: NonZeroUsize,
    /// Event streams of an address, or an IPv6 network (/64), whose requests bear no credential. One more is refused.
    pub anonymous_streams: NonZeroUsize,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        let most = |number| NonZeroUsize::new(number).unwrap_or(NonZeroUsize::MIN);
        Self { hub: most(20), streams: most(20), anonymous_streams: most(100) }
    }
}
