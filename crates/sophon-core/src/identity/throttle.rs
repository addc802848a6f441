//! How often one may fail to sign in: from one address, and as one account from addresses that have not been here. What
//! strangers do slows strangers down: a user who signed in from here before, and one who comes from elsewhere for the
//! first time, has attempts of its own.
//!
//! Each attempt is counted before the password is looked at, so that many at once do not slip through, and forgotten again
//! if it succeeds. An attempt that finds nothing left waits for the outcome of those before it: if they succeed, as when an
//! office opens in the morning, there is room for it.

use std::collections::HashMap;
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::pin::pin;
use std::time::Duration;

use parking_lot::Mutex;
use sophon_model::{Error, Kind, Result};
use tokio::sync::Notify;
use tokio::time::{Instant, timeout_at};

use crate::buckets::{Buckets, Key, common_salt, hashed};
use crate::gateway::Shared;
use crate::network::network;
use crate::registry::Registry;

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

/// The longest that an attempt waits for others.
const PATIENCE: Duration = Duration::from_secs(20);

pub(crate) struct LoginThrottle {
    /// Otherwise an attacker could choose e-mail addresses with one key and use up another account's attempts.
    salt: [u8; 16],
    addresses: Buckets,
    accounts: Buckets,
    newcomers: Buckets,
    under_way: UnderWay,
}

/// The attempts whose outcome is not known yet, by what they were counted with.
#[derive(Default)]
struct UnderWay {
    counts: Mutex<HashMap<Key, usize>>,
    ended: Notify,
}

impl UnderWay {
    fn begin(&self, key: Key) {
        *self.counts.lock().entry(key).or_default() += 1;
    }

    fn end(&self, key: &Key) {
        let mut counts = self.counts.lock();
        if let Some(count) = counts.get_mut(key) {
            *count -= 1;
            if *count == 0 {
                counts.remove(key);
            }
        }
        drop(counts);
        self.ended.notify_waiters();
    }

    fn has(&self, key: &Key) -> bool {
        self.counts.lock().contains_key(key)
    }
}

/// An attempt that was counted.
pub(crate) struct Attempt<'a> {
    throttle: &'a LoginThrottle,
    address: Option<IpAddr>,
    counted: Vec<(&'a Buckets, Key)>,
}

impl LoginThrottle {
    pub(crate) fn open(shared: &Shared, registry: &mut Registry) -> Self {
        let settings = &shared.settings;
        let alone = Self::new(common_salt(&settings.signing_key), settings.sign_ins);
        let mut share = |buckets: Buckets, subject| buckets.shared(subject, shared.db.peers(), registry);
        Self {
            addresses: share(alone.addresses, "signIns.address"),
            accounts: share(alone.accounts, "signIns.account"),
            newcomers: share(alone.newcomers, "signIns.newcomer"),
            ..alone
        }
    }

    fn new(salt: [u8; 16], rates: SignInRates) -> Self {
        Self {
            salt,
            addresses: Buckets::per_minute(rates.by_address),
            accounts: Buckets::per_minute(rates.by_account),
            newcomers: Buckets::new(OF_ITS_OWN, ITS_OWN_PACE),
            under_way: UnderWay::default(),
        }
    }

    /// Counts an attempt from `address`, and refuses it if there were too many.
    pub(crate) async fn begin(&self, address: Option<IpAddr>) -> Result<Attempt<'_>> {
        let mut attempt = Attempt { throttle: self, address: address.map(network), counted: Vec::new() };
        if let Some(address) = attempt.address {
            attempt.count(&self.addresses, self.key(&address.to_string(), "")).await.map_err(too_many)?;
        }
        Ok(attempt)
    }

    fn key(&self, first: &str, second: &str) -> Key {
        hashed(&self.salt, &[first, second])
    }
}

impl<'a> Attempt<'a> {
    /// Takes a token, or waits until there is one or nobody is left who may give one back. An error says how long it is
    /// until there is one again.
    async fn count(&mut self, buckets: &'a Buckets, key: Key) -> Result<(), Duration> {
        let until = Instant::now() + PATIENCE;
        loop {
            let mut ended = pin!(self.throttle.under_way.ended.notified());
            // From here on no end is missed.
            ended.as_mut().enable();
            let Err(wait) = self.count_now(buckets, key) else { return Ok(()) };
            if !self.throttle.under_way.has(&key) || timeout_at(until, ended).await.is_err() {
                return Err(wait);
            }
        }
    }

    fn count_now(&mut self, buckets: &'a Buckets, key: Key) -> Result<(), Duration> {
        buckets.take(key, Instant::now())?;
        self.throttle.under_way.begin(key);
        self.counted.push((buckets, key));
        Ok(())
    }

    /// Counts it as one on `account`, which `is_known` to have signed in from here.
    pub(crate) async fn on(&mut self, account: &str, is_known: bool) -> Result<()> {
        let throttle = self.throttle;
        // Without waiting: strangers may be at it all the time.
        if is_known || self.count_now(&throttle.accounts, throttle.key(account, "")).is_ok() {
            return Ok(());
        }
        let from = self.address.map(|address| address.to_string()).unwrap_or_default();
        self.count(&throttle.newcomers, throttle.key(account, &from)).await.map_err(too_many)
    }

    /// Counts it as one on `account` by somebody who has signed in to it: apart from what strangers try there.
    pub(crate) async fn on_own(&mut self, account: &str) -> Result<()> {
        let throttle = self.throttle;
        self.count(&throttle.accounts, throttle.key(account, "signed in")).await.map_err(too_many)
    }

    /// It was the right password: the attempt counts for nothing.
    pub(crate) fn succeeded(mut self) {
        for (buckets, key) in self.counted.drain(..) {
            buckets.give_back(key);
            self.throttle.under_way.end(&key);
        }
    }
}

impl Drop for Attempt<'_> {
    fn drop(&mut self) {
        for (_, key) in self.counted.drain(..) {
            self.throttle.under_way.end(&key);
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

    async fn begin<'a>(throttle: &'a LoginThrottle, address: &str) -> Result<Attempt<'a>> {
        throttle.begin(Some(address.parse().unwrap())).await
    }

    /// A wrong password.
    async fn fail(throttle: &LoginThrottle, address: &str, account: &str) -> Result<()> {
        begin(throttle, address).await?.on(account, false).await
    }

    #[tokio::test(start_paused = true)]
    async fn one_address_is_slowed_down_and_others_are_not() {
        let throttle = throttle();
        for attempt in 0..10 {
            fail(&throttle, "10.0.0.1", &format!("{attempt}@example.com")).await.unwrap();
        }
        let refused = fail(&throttle, "10.0.0.1", "other@example.com").await.unwrap_err();
        assert_eq!(
            (refused.kind(), refused.retry_after()),
            (Kind::RateLimited, Some(Duration::from_secs(6)))
        );
        fail(&throttle, "10.0.0.2", "other@example.com").await.unwrap();
        tokio::time::advance(Duration::from_secs(6)).await;
        fail(&throttle, "10.0.0.1", "other@example.com").await.unwrap();
    }

    #[tokio::test]
    async fn an_ipv6_network_is_one_address() {
        let throttle = throttle();
        for host in 0..10 {
            fail(&throttle, &format!("2001:db8::{host}"), "a@example.com").await.unwrap();
        }
        fail(&throttle, "2001:db8::ffff", "a@example.com").await.unwrap_err();
        fail(&throttle, "2001:db8:0:1::1", "a@example.com").await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn strangers_use_up_the_attempts_of_strangers_only() {
        let throttle = throttle();
        for stranger in 0..1_000 {
            let address = format!("10.1.{}.{}", stranger / 250, stranger % 250);
            while fail(&throttle, &address, "a@example.com").await.is_ok() {}
        }
        for fresh in 0..7 {
            begin(&throttle, &format!("10.2.0.{fresh}"))
                .await
                .unwrap()
                .on("a@example.com", false)
                .await
                .unwrap();
        }
        for _ in 0..10 {
            let mut known = begin(&throttle, "10.3.0.1").await.unwrap();
            known.on("a@example.com", true).await.unwrap();
            known.succeeded();
        }
        let mut guessed = 0;
        while fail(&throttle, "10.4.0.1", "a@example.com").await.is_ok() {
            guessed += 1;
        }
        assert_eq!(guessed, OF_ITS_OWN, "who comes from somewhere new does not guess for long");
    }

    #[tokio::test(start_paused = true)]
    async fn who_signs_in_is_not_counted() {
        let throttle = throttle();
        for _ in 0..100 {
            let mut attempt = begin(&throttle, "10.0.0.1").await.unwrap();
            attempt.on("a@example.com", false).await.unwrap();
            attempt.succeeded();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn any_number_may_sign_in_from_one_address_at_one_moment() {
        let throttle = throttle();
        let sign_in = async |number: u32| {
            let mut attempt = begin(&throttle, "10.0.0.1").await?;
            attempt.on(&format!("{number}@example.com"), false).await?;
            tokio::time::sleep(Duration::from_millis(50)).await;
            attempt.succeeded();
            Ok::<_, Error>(())
        };
        let outcomes = futures_util::future::join_all((0..100).map(sign_in)).await;
        assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn of_many_wrong_attempts_at_one_moment_no_more_get_through_than_one_after_the_other() {
        let throttle = throttle();
        let guess = async |number: u32| {
            let mut attempt = begin(&throttle, "10.0.0.1").await?;
            attempt.on(&format!("{number}@example.com"), false).await?;
            tokio::time::sleep(Duration::from_millis(50)).await;
            Ok::<_, Error>(())
        };
        let outcomes = futures_util::future::join_all((0..100).map(guess)).await;
        assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 10);
    }
}
