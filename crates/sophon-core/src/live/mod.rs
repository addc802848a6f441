//! The event logs: what is happening, for all that follow it.

mod audience;
mod members;
mod pending;

pub use audience::topics_of;
pub(crate) use members::Members;
pub use pending::{PendingMessage, PendingTexts};

use fanout::{Bus, Delivery, Entry, Subscription};
use sophon_model::{Event, Timestamp, Topic};

/// The bus of Sophon: domain events under topics.
pub type EventBus = Bus<Topic, Event>;
/// A reader of it.
pub type EventSubscription = Subscription<Topic, Event>;
/// One event in it, with its number and its encodings.
pub type EventEntry = Entry<Event>;
/// One event as a reader gets it.
pub type EventDelivery = Delivery<Event>;

/// More events than a deployment can store in a second.
const EVENTS_A_SECOND: u64 = 1 << 20;
/// When the first epoch began, in seconds of Unix time: the beginning of 2025.
const FIRST_EPOCH: i64 = 1_735_689_600;

/// The number that the events of a process that starts now are above. By the time, so that it is above all that any
/// process before it can have given, also in a history that was lost; and below 2^53 for 270 years.
pub(crate) fn epoch_at(now: Timestamp) -> u64 {
    u64::try_from(now.as_seconds() - FIRST_EPOCH).unwrap_or_default() * EVENTS_A_SECOND
}
