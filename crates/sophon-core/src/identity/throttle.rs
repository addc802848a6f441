//! How often one may try to sign in: by address, and by account. Neither locks anybody out for good, so that a
//! stranger cannot keep the owner of an account from it.

use std::num::NonZeroU32;
use std::time::Duration;

use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};
use sophon_model::{Error, Kind, Result};

/// Attempts that an address may make at once; then one every six seconds.
const BY_ADDRESS: u32 = 10;
/// Attempts on an account, from wherever, at once; then one every second.
const BY_ACCOUNT: u32 = 60;
/// Addresses and accounts remembered before idle ones are forgotten.
const REMEMBERED: usize = 10_000;

pub(crate) struct LoginThrottle {
    addresses: DefaultKeyedRateLimiter<String>,
    accounts: DefaultKeyedRateLimiter<String>,
}

impl LoginThrottle {
    pub(crate) fn new() -> Self {
        let every = |seconds, burst| {
            Quota::with_period(Duration::from_secs(seconds))
                .unwrap_or_else(|| Quota::per_second(NonZeroU32::MIN))
                .allow_burst(NonZeroU32::new(burst).unwrap_or(NonZeroU32::MIN))
        };
        Self {
            addresses: RateLimiter::keyed(every(6, BY_ADDRESS)),
            accounts: RateLimiter::keyed(every(1, BY_ACCOUNT)),
        }
    }

    /// Counts an attempt, and refuses it if there were too many.
    pub(crate) fn check(&self, address: Option<&str>, account: &str) -> Result<()> {
        if let Some(address) = address {
            check(&self.addresses, address)?;
        }
        check(&self.accounts, account)
    }
}

fn check(limiter: &DefaultKeyedRateLimiter<String>, key: &str) -> Result<()> {
    if limiter.len() > REMEMBERED {
        limiter.retain_recent();
    }
    limiter.check_key(&key.to_owned()).map_err(|until| {
        let wait = until.wait_time_from(DefaultClock::default().now()).max(Duration::from_secs(1));
        Error::new(Kind::RateLimited, "Too many attempts to sign in. Wait a little and try again.")
            .with_retry_after(wait)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_slowed_down_and_others_are_not() {
        let throttle = LoginThrottle::new();
        for attempt in 0..BY_ADDRESS {
            throttle.check(Some("10.0.0.1"), &format!("{attempt}@example.com")).unwrap();
        }
        let refused = throttle.check(Some("10.0.0.1"), "other@example.com").unwrap_err();
        assert_eq!(refused.kind(), Kind::RateLimited);
        assert!(refused.retry_after().unwrap() <= Duration::from_secs(6));
        throttle.check(Some("10.0.0.2"), "other@example.com").unwrap();
    }

    #[test]
    fn one_account_is_slowed_down_wherever_the_attempts_come_from() {
        let throttle = LoginThrottle::new();
        for attempt in 0..BY_ACCOUNT {
            throttle.check(Some(&format!("10.0.1.{attempt}")), "a@example.com").unwrap();
        }
        throttle.check(Some("10.0.2.1"), "a@example.com").unwrap_err();
        throttle.check(Some("10.0.2.1"), "b@example.com").unwrap();
    }
}
