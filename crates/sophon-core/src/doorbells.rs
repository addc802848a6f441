//! Waking who waits, in this process, for something that happens in another request.
//!
//! A bell says that it is worth looking again, and nothing more: what happened is in storage. Whoever waits looks there
//! at a steady pace as well, as another process may have done it.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::watch;

/// How long to wait for a bell before looking anyway.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// The bells of things that are waited for.
pub(crate) struct Doorbells<K>(Arc<Mutex<HashMap<K, watch::Sender<()>>>>);

impl<K> Clone for Doorbells<K> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<K> Default for Doorbells<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Clone + Eq + Hash> Doorbells<K> {
    /// A bell at this door. It hears what rings from now on, so look after this and not before.
    pub(crate) fn listen(&self, door: &K) -> Bell<K> {
        let mut doors = self.0.lock();
        let heard = doors.entry(door.clone()).or_insert_with(|| watch::Sender::new(())).subscribe();
        Bell { bells: self.clone(), door: door.clone(), heard: Some(heard) }
    }

    /// Rings at this door, if anybody listens.
    pub(crate) fn ring(&self, door: &K) {
        if let Some(bell) = self.0.lock().get(door) {
            bell.send_replace(());
        }
    }
}

/// One listener's bell.
pub(crate) struct Bell<K: Clone + Eq + Hash> {
    bells: Doorbells<K>,
    door: K,
    heard: Option<watch::Receiver<()>>,
}

impl<K: Clone + Eq + Hash> Bell<K> {
    /// Resolves when it is worth looking again.
    pub(crate) async fn rung(&mut self) {
        if let Some(heard) = &mut self.heard {
            let _rung_or_time_to_look = tokio::time::timeout(LOOK_EVERY, heard.changed()).await;
        }
    }
}

impl<K: Clone + Eq + Hash> Drop for Bell<K> {
    fn drop(&mut self) {
        self.heard = None;
        let mut doors = self.bells.0.lock();
        if doors.get(&self.door).is_some_and(|bell| bell.receiver_count() == 0) {
            doors.remove(&self.door);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_bell_hears_what_rang_since_it_was_hung_up_and_is_taken_down_after_use() {
        let bells = Doorbells::default();
        bells.ring(&"nobody");
        let (mut one, mut other) = (bells.listen(&"door"), bells.listen(&"door"));
        bells.ring(&"door");
        let rung = async { tokio::join!(one.rung(), other.rung()) };
        tokio::time::timeout(LOOK_EVERY / 2, rung).await.expect("both hear it");
        drop(one);
        assert_eq!(bells.0.lock().len(), 1);
        drop(other);
        assert!(bells.0.lock().is_empty());
    }
}
