//! The event logs: what is happening, for whoever watches.

mod audience;
mod following;
mod pending;

pub use audience::topics_of;
pub use following::shuts_out;
pub use pending::{PendingMessage, PendingTexts};

use std::ops::Range;
use std::sync::Arc;

use fanout::{Bus, Entry, Limits, Subscription};
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

/// What a client who comes back has missed of a topic, and how it goes on.
#[derive(Debug)]
pub struct CatchUp {
    /// Stored events that the live log no longer holds. Text deltas are not among them: they are not stored.
    pub missed: Vec<Arc<EventEntry>>,
    /// Where to follow the live log from.
    pub resume_after: u64,
    /// Whether these and the live log are all: false if more was missed than is kept or sent. The client is to
    /// reload.
    pub complete: bool,
}

/// What happened under `topic` after the cursor `after`, as far as the live log no longer holds it.
pub async fn catch_up(db: &Database, topic: &Topic, after: u64) -> Result<CatchUp> {
    let after = after.min(db.bus().last_seq());
    let complete_after = db.bus().complete_after(topic);
    if complete_after <= after {
        return Ok(CatchUp { missed: Vec::new(), resume_after: after, complete: true });
    }
    let topic = topic.clone();
    let (oldest_kept, stored) = db
        .read(move |tx| {
            let stored = tx.events(&topic, after, complete_after, MOST_REPLAYED + 1)?;
            Ok((tx.oldest_event()?, stored))
        })
        .await?;
    let complete = stored.len() <= MOST_REPLAYED && oldest_kept.is_some_and(|oldest| oldest <= after + 1);
    let missed = stored
        .into_iter()
        .take(MOST_REPLAYED)
        .map(|stored| Arc::new(EventEntry::new(stored.seq, stored.event)))
        .collect();
    Ok(CatchUp { missed, resume_after: complete_after, complete })
}
