//! `[rate_limits]`: requests a minute.

use std::num::NonZeroU32;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sophon_core::identity::SignInRates;
use sophon_core::rates::Rates;

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
    /// What uses much of the machine or must be paid for: checks of the model providers.
    #[schemars(extend("x-unit" = "requests a minute"))]
    pub expensive: NonZeroU32,
    /// Sending messages.
    #[schemars(extend("x-unit" = "requests a minute"))]
    pub chat: NonZeroU32,
    /// Attempts to sign in that fail, from one address or one IPv6 network (/64).
    #[schemars(extend("x-unit" = "attempts a minute"))]
    pub failed_sign_ins: NonZeroU32,
    /// Attempts to sign in as one account that fail, from addresses that it did not sign in from. A sign-in from a
    /// new address has three attempts besides.
    #[schemars(extend("x-unit" = "attempts a minute"))]
    pub failed_sign_ins_of_account: NonZeroU32,
}

impl Default for RateLimits {
    fn default() -> Self {
        let Rates { reads, writes, approvals, expensive, chat } = Rates::default();
        let SignInRates { by_address, by_account } = SignInRates::default();
        Self {
            reads,
            writes,
            approvals,
            expensive,
            chat,
            failed_sign_ins: by_address,
            failed_sign_ins_of_account: by_account,
        }
    }
}

impl From<RateLimits> for Rates {
    fn from(configured: RateLimits) -> Self {
        let RateLimits { reads, writes, approvals, expensive, chat, .. } = configured;
        Self { reads, writes, approvals, expensive, chat }
    }
}

impl From<RateLimits> for SignInRates {
    fn from(configured: RateLimits) -> Self {
        Self { by_address: configured.failed_sign_ins, by_account: configured.failed_sign_ins_of_account }
    }
}
