//! How many connections to a hub each caller may have open: one more, and the oldest is closed. So a page that was
//! opened last always works, also when earlier ones have not been noticed as lost yet.

use std::collections::{HashMap, VecDeque};
use std::num::NonZeroUsize;

use parking_lot::Mutex;
use signalr::{Connection, ConnectionId};
use sophon_core::rates::Asker;

use super::sign_in::ForPeople;

/// Why the oldest connection ends.
const TOO_MANY: &str =
    "You have opened too many connections to this hub, so the oldest was closed. Close some pages.";

/// The connections to one hub by caller, each caller's oldest first.
pub(super) struct Shares {
    most: NonZeroUsize,
    open: Mutex<HashMap<Asker, VecDeque<Open>>>,
}

struct Open {
    id: ConnectionId,
    close: Box<dyn Fn() + Send>,
}

impl Shares {
    pub(super) fn new(most: NonZeroUsize) -> Self {
        Self { most, open: Mutex::default() }
    }

    /// Counts a connection, and closes the oldest of the same caller if there are too many.
    pub(super) fn add<H: ForPeople>(&self, connection: &Connection<H>) {
        let asker = Asker::from(connection.caller());
        if asker.is_owner() {
            return;
        }
        let opened = connection.clone();
        let close = Box::new(move || opened.close(Some(TOO_MANY), false));
        let oldest = {
            let mut open = self.open.lock();
            let own = open.entry(asker).or_default();
            own.push_back(Open { id: connection.id(), close });
            (own.len() > self.most.get()).then(|| own.pop_front()).flatten()
        };
        if let Some(oldest) = oldest {
            (oldest.close)();
        }
    }

    /// Forgets a connection that has ended.
    pub(super) fn remove<H: ForPeople>(&self, connection: &Connection<H>) {
        let asker = Asker::from(connection.caller());
        let mut open = self.open.lock();
        if let Some(own) = open.get_mut(&asker) {
            own.retain(|open| open.id != connection.id());
            if own.is_empty() {
                open.remove(&asker);
            }
        }
    }
}
