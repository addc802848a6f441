//! How often one may fail to sign in: from one address, and as one account from addresses that have not been here. What
//! strangers do slows strangers down: a user who signed in from here before, and one who comes from elsewhere for the
//! first time, has attempts of its own.
//!
//! Each attempt is counted before the password is looked at, so that many at once do not slip through, and forgotten
//! again if it succeeds.

use std::net::IpAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use sophon_model::{Error, Kind, Result};
use tokio::time::Instant;

use crate::buckets::{Buckets, Key, hashed};
use crate::network::network;

/// Attempts on an account from an address that has not been here, when strangers have used up those of the account.
/// Then one in ten minutes.
const OF_ITS_OWN: u32 = 3;
const ITS_OWN_PACE: Duration = Duration::from_mins(10);

/// Attempts to sign in that may fail in a minute. As many may come at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInRates {
    /// From one address; of IPv6, from one network (/64).
    pub by_address: NonZeroU32,
    /// As one account, from addresses that it did not sign in from.
    pub by_account: NonZeroU32,
}

impl Default for SignInRates {
    /// 10 and 60.
    fn default() -> Self {
        let per_minute = |number| NonZeroU32::new(number).unwrap_or(NonZeroU32::MIN);
        Self { by_address: per_minute(10), by_account: per_minute(60) }
    }
}

pub(crate) struct LoginThrottle {
    /// Otherwise an attacker could choose e-mail addresses with one key and use up another account's attempts.
    salt: [u8; 16],
    addresses: Buckets,
    accounts: Buckets,
    newcomers: Buckets,
}

/// An attempt that was counted.
pub(crate) struct Attempt<'a> {
    throttle: &'a LoginThrottle,
    address: Option<IpAddr>,
    counted: Vec<(&'a Buckets, Key)>,
}

impl LoginThrottle {
    pub(crate) fn new(salt: [u8; 16], rates: SignInRates) -> Self {
        Self {
            salt,
            addresses: Buckets::per_minute(rates.by_address),
            accounts: Buckets::per_minute(rates.by_account),
            newcomers: Buckets::new(OF_ITS_OWN, ITS_OWN_PACE),
        }
    }

    /// Counts an attempt from `address`, and refuses it if there were too many.
    pub(crate) fn begin(&self, address: Option<IpAddr>) -> Result<Attempt<'_>> {
        let mut attempt = Attempt { throttle: self, address: address.map(network), counted: Vec::new() };
        if let Some(address) = attempt.address {
            attempt.count(&self.addresses, self.key(&address.to_string(), "")).map_err(too_many)?;
        }
        Ok(attempt)
    }

    fn key(&self, first: &str, second: &str) -> Key {
        hashed(&self.salt, &[first, second])
    }
}

impl<'a> Attempt<'a> {
    fn count(&mut self, buckets: &'a Buckets, key: Key) -> Result<(), Duration> {
        buckets.take(key, Instant::now())?;
        self.counted.push((buckets, key));
        Ok(())
    }

    /// Counts it as one on `account`, which `is_known` to have signed in from here.
    pub(crate) fn on(&mut self, account: &str, is_known: bool) -> Result<()> {
        let throttle = self.throttle;
        if is_known || self.count(&throttle.accounts, throttle.key(account, "")).is_ok() {
            return Ok(());
        }
        let from = self.address.map(|address| address.to_string()).unwrap_or_default();
        self.count(&throttle.newcomers, throttle.key(account, &from)).map_err(too_many)
    }

    /// It was the right password: the attempt counts for nothing.
    pub(crate) fn succeeded(self) {
        for (buckets, key) in self.counted {
            buckets.give_back(key);
        }
    }
}

fn too_many(wait: Duration) -> Error {
    Error::new(Kind::RateLimited, "Too many attempts to sign in. Wait a little and try again.")
        .with_retry_after(wait.max(Duration::from_secs(1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn throttle() -> LoginThrottle {
        LoginThrottle::new([1; 16], SignInRates::default())
    }

    fn begin<'a>(throttle: &'a LoginThrottle, address: &str) -> Result<Attempt<'a>> {
        throttle.begin(Some(address.parse().unwrap()))
    }

    /// A wrong password.
    fn fail(throttle: &LoginThrottle, address: &str, account: &str) -> Result<()> {
        begin(throttle, address)?.on(account, false)
    }

    #[tokio::test(start_paused = true)]
    async fn one_address_is_slowed_down_and_others_are_not() {
        let throttle = throttle();
        for attempt in 0..10 {
            fail(&throttle, "10.0.0.1", &format!("{attempt}@example.com")).unwrap();
        }
        let refused = fail(&throttle, "10.0.0.1", "other@example.com").unwrap_err();
        assert_eq!(
            (refused.kind(), refused.retry_after()),
            (Kind::RateLimited, Some(Duration::from_secs(6)))
        );
        fail(&throttle, "10.0.0.2", "other@example.com").unwrap();
        tokio::time::advance(Duration::from_secs(6)).await;
        fail(&throttle, "10.0.0.1", "other@example.com").unwrap();
    }

    #[tokio::test]
    async fn an_ipv6_network_is_one_address() {
        let throttle = throttle();
        for host in 0..10 {
            fail(&throttle, &format!("2001:db8::{host}"), "a@example.com").unwrap();
        }
        fail(&throttle, "2001:db8::ffff", "a@example.com").unwrap_err();
        fail(&throttle, "2001:db8:0:1::1", "a@example.com").unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn strangers_use_up_the_attempts_of_strangers_only() {
        let throttle = throttle();
        for stranger in 0..1_000 {
            let address = format!("10.1.{}.{}", stranger / 250, stranger % 250);
            while fail(&throttle, &address, "a@example.com").is_ok() {}
        }
        for fresh in 0..7 {
            begin(&throttle, &format!("10.2.0.{fresh}")).unwrap().on("a@example.com", false).unwrap();
        }
        for _ in 0..10 {
            let mut known = begin(&throttle, "10.3.0.1").unwrap();
            known.on("a@example.com", true).unwrap();
            known.succeeded();
        }
        let mut guessed = 0;
        while fail(&throttle, "10.4.0.1", "a@example.com").is_ok() {
            guessed += 1;
        }
        assert_eq!(guessed, OF_ITS_OWN, "who comes from somewhere new does not guess for long");
    }

    #[tokio::test(start_paused = true)]
    async fn who_signs_in_is_not_counted() {
        let throttle = throttle();
        for _ in 0..100 {
            let mut attempt = begin(&throttle, "10.0.0.1").unwrap();
            attempt.on("a@example.com", false).unwrap();
            attempt.succeeded();
        }
    }
}
