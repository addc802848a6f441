//! How many connections one caller may have open at a time.

use std::collections::HashMap;
use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::Arc;

use parking_lot::Mutex;

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

/// Places that are counted by a key: of a caller, or of an address. No more keys are kept than places are taken.
#[derive(Clone, Debug)]
pub struct Places<K: Eq + Hash>(Arc<Mutex<HashMap<K, usize>>>);

/// A place that is taken. Dropping it frees the place.
#[derive(Debug)]
pub struct Place<K: Eq + Hash> {
    places: Places<K>,
    key: K,
}

impl<K: Eq + Hash> Default for Places<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Clone + Eq + Hash> Places<K> {
    /// A place for one more of this key; `None` if it has `most` already.
    pub fn take(&self, key: K, most: usize) -> Option<Place<K>> {
        let mut taken = self.0.lock();
        let own = taken.entry(key.clone()).or_default();
        if *own >= most {
            return None;
        }
        *own += 1;
        Some(Place { places: self.clone(), key })
    }

    /// How many keys have a place.
    pub fn keys(&self) -> usize {
        self.0.lock().len()
    }
}

impl<K: Eq + Hash> Drop for Place<K> {
    fn drop(&mut self) {
        let mut taken = self.places.0.lock();
        if let Some(own) = taken.get_mut(&self.key) {
            *own -= 1;
            if *own == 0 {
                taken.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_counted_by_key_and_free_once_they_are_dropped() {
        let places = Places::default();
        let first = places.take("ann", 2).unwrap();
        let second = places.take("ann", 2).unwrap();
        assert!(places.take("ann", 2).is_none());
        let other = places.take("bob", 1).unwrap();
        drop((first, other));
        assert!(places.take("ann", 2).is_some());
        drop(second);
        assert_eq!(places.keys(), 0, "a key without a place is forgotten");
    }
}
