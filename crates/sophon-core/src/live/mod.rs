//! The event logs: what is happening, for whoever watches.

mod audience;
mod pending;

pub(crate) use audience::session_of;
pub use audience::topics_of;
pub use pending::{PendingMessage, PendingTexts};

use std::ops::Range;

use fanout::{Bus, Entry, Limits, Subscription};
use sophon_model::{Event, Topic};

/// The bus of Sophon: domain events under topics.
pub type EventBus = Bus<Topic, Event>;
/// A reader of it.
pub type EventSubscription = Subscription<Topic, Event>;
/// One event in it, with its number and its encodings.
pub type EventEntry = Entry<Event>;

/// Sequence numbers reserved at a time. At a thousand events a second a block lasts a quarter of an hour, and
/// 2^53 is reached after nine thousand million restarts.
pub const SEQUENCE_BLOCK: u64 = 1_000_000;

/// A bus that numbers from a block fresh from storage.
pub(crate) fn bus(limits: Limits, block: Range<u64>) -> EventBus {
    Bus::new(limits, block)
}
