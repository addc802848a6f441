//! Time and chance that a test owns.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use sophon_model::Timestamp;
use sophon_model::ports::{Clock, Entropy};

/// A clock that stands still until it is moved.
#[derive(Debug)]
pub struct FakeClock(AtomicI64);

impl FakeClock {
    /// A clock that shows `now`.
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.as_millis()))
    }

    /// Moves the clock to `now`, forwards or backwards.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_millis(), Ordering::SeqCst);
    }

    /// Moves the clock forwards by `duration`, in whole milliseconds.
    pub fn advance(&self, duration: Duration) {
        let millis = i64::try_from(duration.as_millis()).unwrap_or(i64::MAX);
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Default for FakeClock {
    /// A clock that shows 22 November 2026, 12:00 UTC.
    fn default() -> Self {
        Self::at(Timestamp::from_millis(1_795_348_800_000))
    }
}

impl Clock for FakeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// The time of this machine, for what runs beside a gateway that has it, too.
#[derive(Clone, Copy, Debug)]
pub struct MachineClock;

impl Clock for MachineClock {
    #[expect(clippy::disallowed_methods, reason = "there is nobody who could hand in the machine's own time")]
    fn now(&self) -> Timestamp {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// Bytes that look like chance and are the same for the same seed, called in the same order. Not unguessable at all.
#[derive(Debug)]
pub struct SeededEntropy(AtomicU64);

impl SeededEntropy {
    /// The source that `seed` gives.
    pub fn new(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    /// One step of SplitMix64.
    fn next(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut mixed = self.0.fetch_add(STEP, Ordering::SeqCst).wrapping_add(STEP);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

impl Default for SeededEntropy {
    fn default() -> Self {
        Self::new(0)
    }
}

impl Entropy for SeededEntropy {
    fn fill(&self, bytes: &mut [u8]) {
        for piece in bytes.chunks_mut(8) {
            piece.copy_from_slice(&self.next().to_le_bytes()[..piece.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_stands_still_until_it_is_moved() {
        let clock = FakeClock::at(Timestamp::from_millis(1000));
        assert_eq!(clock.now(), clock.now());
        clock.advance(Duration::from_millis(1500));
        assert_eq!(clock.now(), Timestamp::from_millis(2500));
        clock.set(Timestamp::from_millis(7));
        assert_eq!(clock.now(), Timestamp::from_millis(7));
    }

    #[test]
    fn the_same_seed_gives_the_same_bytes_and_another_seed_others() {
        let taken = |seed| {
            let entropy = SeededEntropy::new(seed);
            let mut bytes = [0; 19];
            entropy.fill(&mut bytes[..3]);
            entropy.fill(&mut bytes[3..]);
            bytes
        };
        assert_eq!(taken(1), taken(1));
        assert_ne!(taken(1), taken(2));
        assert_eq!(
            SeededEntropy::new(0).next(),
            0xe220_a839_7b1d_cdaf,
            "the known first value of SplitMix64"
        );
    }
}
