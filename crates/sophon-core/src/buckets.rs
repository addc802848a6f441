//! Token buckets for keys that strangers may choose: of fixed size each, and never more than so many.
//!
//! Several gateways count as one: each tells the others what was taken from a bucket, and they take it from theirs. What
//! is on its way may be given twice, and without a way to the others each gateway counts alone.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use sha2::{Digest, Sha256};
use tokio::time::Instant;

use crate::peers::Peers;
use crate::registry::Registry;

/// What a bucket is found by: a hash, whatever it is of.
pub(crate) type Key = [u8; 16];

/// The salt of keys that all gateways of a deployment hash alike, and nobody else can foresee.
pub(crate) fn common_salt(signing_key: &[u8; 32]) -> [u8; 16] {
    let secret = hex::encode(signing_key);
    hashed(&[0; 16], &["the salt of token buckets", &secret])
}

/// The key of what these texts name together. The salt is secret: otherwise an attacker could choose names with one key
/// and use up somebody else's tokens.
pub(crate) fn hashed(salt: &[u8; 16], names: &[&str]) -> Key {
    let mut hash = Sha256::new().chain_update(salt);
    for name in names {
        hash.update((name.len() as u64).to_le_bytes());
        hash.update(name);
    }
    let mut key = Key::default();
    for (byte, hashed) in key.iter_mut().zip(hash.finalize()) {
        *byte = hashed;
    }
    key
}

/// Buckets of one generation. When there are more, the generation before is forgotten, so that at most twice as many
/// are kept: 1.1 MB.
const GENERATION: usize = 10_000;

/// Buckets that hold `most` tokens and get one back each `pace`.
pub(crate) struct Buckets {
    most: u32,
    pace: Duration,
    full_at: Arc<Mutex<Generations>>,
    /// The way to the other gateways, and what notices of these buckets are called.
    told: Option<(Peers, &'static str)>,
}

/// When each bucket will be full again. One that is not here is full.
#[derive(Default)]
struct Generations {
    young: HashMap<Key, Instant>,
    old: HashMap<Key, Instant>,
}

impl Generations {
    fn get(&self, key: &Key) -> Option<Instant> {
        self.young.get(key).or_else(|| self.old.get(key)).copied()
    }

    fn put(&mut self, key: Key, full_at: Instant) {
        if self.young.len() >= GENERATION && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, full_at);
    }

    /// When a bucket is full again that one more token is taken from.
    fn with_one_less(&self, key: &Key, now: Instant, pace: Duration) -> Instant {
        self.get(key).map_or(now, |full_at| full_at.max(now)) + pace
    }

    /// What was done elsewhere, or is to be undone. A bucket is never less than empty.
    fn apply(&mut self, change: Change, key: Key, pace: Duration, most: u32) {
        let now = Instant::now();
        match (change, self.get(&key)) {
            (Change::Taken, _) => {
                let full_at = self.with_one_less(&key, now, pace);
                self.put(key, full_at.min(now + pace * most));
            }
            (Change::GivenBack, Some(full_at)) => self.put(key, full_at - pace),
            (Change::GivenBack, None) => {}
        }
    }
}

/// What happened to a bucket, as the other gateways are told.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Change {
    Taken,
    GivenBack,
}

impl Change {
    fn notice(self, key: &Key) -> String {
        let sign = if self == Change::Taken { '-' } else { '+' };
        format!("{sign}{}", hex::encode(key))
    }

    fn parse(notice: &str) -> Option<(Self, Key)> {
        let (change, key) = match notice.split_at_checked(1)? {
            ("-", key) => (Change::Taken, key),
            ("+", key) => (Change::GivenBack, key),
            _ => return None,
        };
        let mut bytes = Key::default();
        hex::decode_to_slice(key, &mut bytes).ok()?;
        Some((change, bytes))
    }
}

impl Buckets {
    pub(crate) fn new(most: u32, pace: Duration) -> Self {
        Self { most, pace, full_at: Arc::default(), told: None }
    }

    /// The same, which the other gateways take from as well; notices between them are called `subject`.
    pub(crate) fn shared(mut self, subject: &'static str, peers: &Peers, registry: &mut Registry) -> Self {
        if peers.are_configured() {
            self.told = Some((peers.clone(), subject));
            let (full_at, pace, most) = (self.full_at.clone(), self.pace, self.most);
            registry.notice(subject, move |told| {
                if let Some((change, key)) = Change::parse(told) {
                    full_at.lock().apply(change, key, pace, most);
                }
            });
        }
        self
    }

    /// As many as this in a minute, and at once.
    pub(crate) fn per_minute(most: NonZeroU32) -> Self {
        Self::new(most.get(), Duration::from_mins(1) / most.get())
    }

    /// Takes a token, or says how long it is until there is one.
    pub(crate) fn take(&self, key: Key, now: Instant) -> Result<(), Duration> {
        let mut buckets = self.full_at.lock();
        let full_at = buckets.with_one_less(&key, now, self.pace);
        let empty_for = (full_at - now).saturating_sub(self.pace * self.most);
        if empty_for > Duration::ZERO {
            return Err(empty_for);
        }
        buckets.put(key, full_at);
        drop(buckets);
        self.tell(Change::Taken, &key);
        Ok(())
    }

    fn tell(&self, change: Change, key: &Key) {
        if let Some((peers, subject)) = &self.told {
            peers.notify(subject, &change.notice(key));
        }
    }

    /// How many tokens a bucket holds at the most.
    pub(crate) fn most(&self) -> u32 {
        self.most
    }

    /// How many tokens there are, and how long it is until the bucket is full.
    pub(crate) fn left(&self, key: &Key, now: Instant) -> (u32, Duration) {
        let full_at = self.full_at.lock().get(key);
        let full_in = full_at.map_or(Duration::ZERO, |full_at| full_at.saturating_duration_since(now));
        let taken = full_in.as_nanos().div_ceil(self.pace.as_nanos().max(1));
        (self.most.saturating_sub(u32::try_from(taken).unwrap_or(u32::MAX)), full_in)
    }

    /// Puts a token back.
    pub(crate) fn give_back(&self, key: Key) {
        let mut buckets = self.full_at.lock();
        buckets.apply(Change::GivenBack, key, self.pace, self.most);
        drop(buckets);
        self.tell(Change::GivenBack, &key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_bucket_is_emptied_and_filled_at_its_pace() {
        let buckets = Buckets::new(2, Duration::from_secs(3));
        let take = || buckets.take([1; 16], Instant::now());
        assert_eq!((take(), take(), take()), (Ok(()), Ok(()), Err(Duration::from_secs(3))));
        buckets.give_back([1; 16]);
        assert_eq!((take(), take()), (Ok(()), Err(Duration::from_secs(3))));
        tokio::time::advance(Duration::from_secs(1)).await;
        assert_eq!(take(), Err(Duration::from_secs(2)));
        tokio::time::advance(Duration::from_mins(1)).await;
        assert_eq!((take(), take()), (Ok(()), Ok(())), "never more than it holds");
        assert!(take().is_err());
    }

    #[tokio::test(start_paused = true)]
    async fn what_others_took_is_gone_and_a_bucket_is_never_less_than_empty() {
        let buckets = Buckets::new(2, Duration::from_secs(3));
        let hear = |notice: &str| {
            let (change, key) = Change::parse(notice).unwrap();
            buckets.full_at.lock().apply(change, key, buckets.pace, buckets.most);
        };
        let key = [0xab; 16];
        for _ in 0..5 {
            hear(&Change::Taken.notice(&key));
        }
        assert_eq!(buckets.take(key, Instant::now()), Err(Duration::from_secs(3)));
        hear(&Change::GivenBack.notice(&key));
        buckets.take(key, Instant::now()).unwrap();
        for noise in ["", "-", "-abc", "?abababababababababababababababab", "é"] {
            assert_eq!(Change::parse(noise), None);
        }
    }

    #[test]
    fn no_more_buckets_are_kept_than_fit() {
        let buckets = Buckets::new(1, Duration::from_mins(1));
        let now = Instant::now();
        for number in 0..10 * GENERATION as u64 {
            let mut key = Key::default();
            key[..8].copy_from_slice(&number.to_le_bytes());
            buckets.take(key, now).unwrap();
            buckets.take(key, now).unwrap_err();
        }
        let kept = buckets.full_at.lock();
        assert!(kept.young.len() <= GENERATION && kept.old.len() <= GENERATION);
    }
}
