//! The connections that may be open at a time: of all, and of one address.

use std::net::IpAddr;
use std::sync::Arc;

use sophon_core::connections::{Place, Places};
use sophon_core::network::network;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Connections beside the limit that serve one short request each, so that health and administration can be reached
/// while all others are taken.
const RESERVED: usize = 64;

/// The limits of the connections.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    /// Open at the same time.
    pub(crate) connections: usize,
    /// Of them, from one address or one IPv6 network (/64).
    pub(crate) per_address: usize,
    /// Proxies: many clients come from each of them.
    pub(crate) proxies: Vec<IpAddr>,
}

/// The slots of a listener.
#[derive(Clone)]
pub(super) struct Slots {
    limits: Arc<Limits>,
    whole: Arc<Semaphore>,
    reserved: Arc<Semaphore>,
    by_address: Places<IpAddr>,
}

/// The slot of an open connection. Dropping it frees the slot.
pub(super) struct Slot {
    kind: SlotKind,
    _permit: OwnedSemaphorePermit,
    _share: Option<Place<IpAddr>>,
}

/// What a connection may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SlotKind {
    /// Any number of requests of any kind.
    Whole,
    /// One short request.
    Reserved,
}

impl Slots {
    pub(super) fn new(limits: Limits) -> Self {
        Self {
            whole: Arc::new(Semaphore::new(limits.connections)),
            reserved: Arc::new(Semaphore::new(RESERVED)),
            limits: Arc::new(limits),
            by_address: Places::default(),
        }
    }

    /// A slot for a connection from `peer`. While all slots are taken it waits for one. `None` if this address has more
    /// than its share and no reserved slot is free: the others are not to wait for it.
    pub(super) async fn take(&self, peer: IpAddr) -> Option<Slot> {
        let Ok(share) = self.share(peer) else {
            let permit = self.reserved.clone().try_acquire_owned().ok()?;
            return Some(Slot { kind: SlotKind::Reserved, _permit: permit, _share: None });
        };
        tokio::select! {
            biased;
            permit = self.whole.clone().acquire_owned() => {
                Some(Slot { kind: SlotKind::Whole, _permit: permit.ok()?, _share: share })
            }
            permit = self.reserved.clone().acquire_owned() => {
                Some(Slot { kind: SlotKind::Reserved, _permit: permit.ok()?, _share: None })
            }
        }
    }

    /// The address's share of the slots; `Ok(None)` if many clients come from there: from a proxy, or this machine.
    fn share(&self, peer: IpAddr) -> Result<Option<Place<IpAddr>>, ShareTaken> {
        let peer = peer.to_canonical();
        if peer.is_loopback() || self.limits.proxies.contains(&peer) {
            return Ok(None);
        }
        let place = self.by_address.take(network(peer), self.limits.per_address);
        place.map(Some).ok_or(ShareTaken)
    }
}

struct ShareTaken;

impl Slot {
    pub(super) fn kind(&self) -> SlotKind {
        self.kind
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn slots(connections: usize, per_address: usize) -> Slots {
        Slots::new(Limits { connections, per_address, proxies: vec!["10.0.0.1".parse().unwrap()] })
    }

    async fn take(slots: &Slots, peer: &str) -> Option<Slot> {
        slots.take(peer.parse().unwrap()).await
    }

    #[tokio::test]
    async fn an_address_above_its_share_is_served_short_requests_and_then_none() {
        let slots = slots(100, 2);
        let mut open = Vec::new();
        for number in 0..2 + RESERVED {
            let slot = take(&slots, &format!("2001:db8::{number:x}")).await.unwrap();
            assert_eq!(slot.kind(), if number < 2 { SlotKind::Whole } else { SlotKind::Reserved });
            open.push(slot);
        }
        assert!(take(&slots, "2001:db8::1").await.is_none(), "the same network");
        assert_eq!(take(&slots, "203.0.113.9").await.unwrap().kind(), SlotKind::Whole);
        open.clear();
        assert_eq!(slots.by_address.keys(), 0);
        assert_eq!(take(&slots, "2001:db8::1").await.unwrap().kind(), SlotKind::Whole);
    }

    #[tokio::test]
    async fn a_proxy_and_this_machine_have_no_share() {
        let slots = slots(100, 1);
        for peer in ["10.0.0.1", "::ffff:10.0.0.1", "127.0.0.1", "::1"] {
            let both = (take(&slots, peer).await.unwrap(), take(&slots, peer).await.unwrap());
            assert_eq!((both.0.kind(), both.1.kind()), (SlotKind::Whole, SlotKind::Whole), "{peer}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn while_all_slots_are_taken_short_requests_are_served_and_more_wait() {
        let slots = slots(1, 1);
        let whole = take(&slots, "127.0.0.1").await.unwrap();
        let mut reserved = Vec::new();
        for _ in 0..RESERVED {
            let slot = take(&slots, "127.0.0.1").await.unwrap();
            assert_eq!(slot.kind(), SlotKind::Reserved);
            reserved.push(slot);
        }
        let waiting = tokio::time::timeout(Duration::from_secs(1), take(&slots, "127.0.0.1"));
        assert!(waiting.await.is_err());
        drop(whole);
        assert_eq!(take(&slots, "127.0.0.1").await.unwrap().kind(), SlotKind::Whole);
    }
}
