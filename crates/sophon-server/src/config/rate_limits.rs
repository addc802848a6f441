//! `[rate_limits]`: requests a minute.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sophon_rest::Rates;

/// Requests a minute, for each user and each API token.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RateLimits {
    /// Lists and lookups.
    #[schemars(extend("x-unit" = "requests a minute"))]
    pub reads: NonZeroU32,
    /// Changes.
    #[schemars(extend("x-unit" = "requests a minute"))]
    pub writes: NonZeroU32,
    /// Approving, answering and cancelling.
    #[schemars(extend("x-unit" = "requests a minute"))]
    pub approvals: NonZeroU32,
    /// Uploads, backups and reports.
    #[schemars(extend("x-unit" = "requests a minute"))]
    pub expensive: NonZeroU32,
    /// Sending messages.
    #[schemars(extend("x-unit" = "requests a minute"))]
    pub chat: NonZeroU32,
}

impl Default for RateLimits {
    fn default() -> Self {
        let Rates { reads, writes, approvals, expensive, chat } = Rates::default();
        Self { reads, writes, approvals, expensive, chat }
    }
}

impl From<RateLimits> for Rates {
    fn from(configured: RateLimits) -> Self {
        let RateLimits { reads, writes, approvals, expensive, chat } = configured;
        Self { reads, writes, approvals, expensive, chat }
    }
}
