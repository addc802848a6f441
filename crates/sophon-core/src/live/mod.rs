//! The event logs: what is happening, for whoever watches.

mod audience;
mod pending;

pub use audience::topics_of;
pub use pending::{PendingMessage, PendingTexts};

use std::ops::Range;
use std::sync::Arc;

use fanout::{Bus, Entry, Limits, Start, Subscription};
use sophon_model::{Event, Result, Topic};

use crate::database::Database;

/// The bus of Sophon: domain events under topics.
pub type EventBus = Bus<Topic, Event>;
/// A reader of it.
pub type EventSubscription = Subscription<Topic, Event>;
/// One event in it, with its number and its encodings.
pub type EventEntry = Entry<Event>;

/// Sequence numbers reserved at a time. At a thousand events a second a block lasts a quarter of an hour, and
/// 2^53 is reached after nine thousand million restarts.
pub const SEQUENCE_BLOCK: u64 = 1_000_000;
/// The most stored events that a client who comes back is sent; one who missed more is told to reload.
pub const MOST_REPLAYED: usize = 1_000;

/// A bus that numbers from a block fresh from storage.
pub(crate) fn bus(limits: Limits, block: Range<u64>) -> EventBus {
    Bus::new(limits, block)
}

/// What a client who comes back has missed of a topic.
#[derive(Debug)]
pub struct CatchUp {
    /// Stored events from after the client's cursor to where the live log begins.
    pub missed: Vec<Arc<EventEntry>>,
    /// Whether that is all: false if more was missed than is kept or sent. The client is to reload.
    pub complete: bool,
}

/// Follows `topic` from the cursor `after`. What the live log no longer holds is read from storage, where text
/// deltas are not kept: a message that was being written comes whole, when it is finished.
pub async fn follow_after(
    db: &Database,
    subscription: &EventSubscription,
    topic: &Topic,
    after: u64,
) -> Result<CatchUp> {
    let complete_after = subscription.follow(topic, Start::After(after));
    if complete_after <= after {
        return Ok(CatchUp { missed: Vec::new(), complete: true });
    }
    let topic = topic.clone();
    let stored = db.read(move |tx| tx.events(&topic, after, complete_after, MOST_REPLAYED + 1)).await?;
    let complete = stored.len() <= MOST_REPLAYED;
    let missed = stored
        .into_iter()
        .take(MOST_REPLAYED)
        .map(|stored| Arc::new(EventEntry::new(stored.seq, stored.event)))
        .collect();
    Ok(CatchUp { missed, complete })
}
