//! How the wire behaves.

use std::net::SocketAddr;
use std::num::NonZeroU32;

use ipnet::IpNet;

/// Settings of the REST wire and of the guards that stand before all wires.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// How often one may ask.
    pub rates: Rates,
    /// The address that the gateway listens on. Requests that name its IP in `Host` are served.
    pub listen: Option<SocketAddr>,
    /// Names (without port) that `Host` may have besides loopback ones: those the gateway is reached by.
    pub allowed_hosts: Vec<String>,
    /// Origins (`scheme://host[:port]`) of other sites whose pages may call the gateway.
    pub allowed_origins: Vec<String>,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
}

/// Requests a minute, for each user and separately for each API token. As many may come at once; after that they are
/// let in at an even pace. Those who did not sign in are counted by address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rates {
    /// Looking at things.
    pub reads: NonZeroU32,
    /// Making, changing and deleting things.
    pub writes: NonZeroU32,
    /// Approving and cancelling.
    pub approvals: NonZeroU32,
    /// Uploads, backups, reports. No route of this version is one.
    pub expensive: NonZeroU32,
    /// Sending messages.
    pub chat: NonZeroU32,
}

impl Default for Rates {
    /// The numbers of seed 001: 120, 60, 30, 10 and 60.
    fn default() -> Self {
        let per_minute = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Self {
            reads: per_minute(120),
            writes: per_minute(60),
            approvals: per_minute(30),
            expensive: per_minute(10),
            chat: per_minute(60),
        }
    }
}
