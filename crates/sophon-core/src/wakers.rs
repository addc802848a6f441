//! Waking requests that wait for something that happens in another request, here or on another gateway.
//!
//! A wake-up means that it is worth looking again, and nothing more: what happened is in storage. Where other processes
//! use the same storage, a waiting request looks there at a slow pace as well.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use tokio::sync::watch;

use crate::database::Database;
use crate::peers::Peers;
use crate::registry::Registry;

/// How long to wait for a wake-up before looking anyway, where other processes use the same storage.
const POLL: Duration = Duration::from_secs(2);

/// Wake-ups by key.
pub(crate) struct Wakers<K> {
    subscribers: Arc<Mutex<HashMap<K, watch::Sender<()>>>>,
    poll: Option<Duration>,
    /// The other gateways, and under which subject they are told.
    peers: Peers,
    subject: &'static str,
}

impl<K> Clone for Wakers<K> {
    fn clone(&self) -> Self {
        Self {
            subscribers: self.subscribers.clone(),
            poll: self.poll,
            peers: self.peers.clone(),
            subject: self.subject,
        }
    }
}

impl<K: Clone + Eq + Hash> Wakers<K> {
    /// Wake-ups that reach those who wait on other gateways under `subject`.
    pub(crate) fn open(db: &Database, registry: &mut Registry, subject: &'static str) -> Self
    where
        K: for<'a> From<&'a str> + Send + Sync + 'static,
    {
        let poll = (!db.is_exclusive()).then_some(POLL);
        let wakers = Self { subscribers: Arc::default(), poll, peers: db.peers().clone(), subject };
        let here = wakers.clone();
        registry.notice(subject, move |key| here.wake_here(&K::from(key)));
        wakers
    }

    /// Subscribes to a key. Wake-ups count from now on, so look after this and not before.
    pub(crate) fn subscribe(&self, key: &K) -> Waiter<K> {
        let mut subscribers = self.subscribers.lock();
        let woken = subscribers.entry(key.clone()).or_insert_with(|| watch::Sender::new(())).subscribe();
        Waiter { wakers: self.clone(), key: key.clone(), woken: Some(woken) }
    }

    /// Wakes the subscribers of a key, on all gateways.
    pub(crate) fn wake(&self, key: &K)
    where
        K: ToString,
    {
        self.wake_here(key);
        self.peers.notify(self.subject, &key.to_string());
    }

    fn wake_here(&self, key: &K) {
        if let Some(subscribers) = self.subscribers.lock().get(key) {
            subscribers.send_replace(());
        }
    }
}

/// One subscriber.
pub(crate) struct Waiter<K: Clone + Eq + Hash> {
    wakers: Wakers<K>,
    key: K,
    woken: Option<watch::Receiver<()>>,
}

impl<K: Clone + Eq + Hash> Waiter<K> {
    /// Resolves when it is worth looking again.
    pub(crate) async fn woken(&mut self) {
        let Some(woken) = &mut self.woken else { return };
        // The sender lives as long as its subscribers.
        match self.wakers.poll {
            Some(poll) => drop(tokio::time::timeout(poll, woken.changed()).await),
            None => drop(woken.changed().await),
        }
    }
}

impl<K: Clone + Eq + Hash> Drop for Waiter<K> {
    fn drop(&mut self) {
        self.woken = None;
        let mut subscribers = self.wakers.subscribers.lock();
        if subscribers.get(&self.key).is_some_and(|key| key.receiver_count() == 0) {
            subscribers.remove(&self.key);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn a_subscriber_is_woken_by_what_happened_since_it_subscribed_and_is_forgotten_after_use() {
        let wakers =
            Wakers { subscribers: Arc::default(), poll: None, peers: Peers::default(), subject: "test" };
        wakers.wake(&"nobody");
        let (mut one, mut other) = (wakers.subscribe(&"key"), wakers.subscribe(&"key"));
        assert!(one.woken().now_or_never().is_none());
        wakers.wake(&"key");
        assert!(one.woken().now_or_never().is_some() && other.woken().now_or_never().is_some());
        drop(one);
        assert_eq!(wakers.subscribers.lock().len(), 1);
        drop(other);
        assert!(wakers.subscribers.lock().is_empty());
    }
}
