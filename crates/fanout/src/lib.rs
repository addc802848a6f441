//! Fan-out by shared log and cursor.
//!
//! A [`Bus`] keeps one bounded log a topic. A [`Subscription`] keeps one cursor for each topic it follows and
//! takes everything after them, merged by position, whenever its reader is ready: there is no queue a
//! subscriber, so a thousand of them cost a thousand cursors. An [`Entry`] is encoded at most once a wire format,
//! however many read it.
//!
//! Three promises:
//!
//! * **Order is order.** Numbering, appending and waking happen under one lock. An event whose number was taken
//!   before it could be shown (see [`Bus::reserve`]) holds back what came after it, for those who would see both.
//! * **A publisher never waits** for a reader. A reader more than [`Limits::max_behind`] events behind is told so
//!   ([`Lagged`]) and is to be closed; nobody else notices.
//! * **A gap is never silent.** [`Subscription::follow`] says from where its log is complete.
//!
//! Several processes can have a bus each with one order for all ([`Bus::shared`]): numbers come from one counter, what others
//! published is [inserted](Bus::insert) where its number belongs, and readers wait where one is missing.
//!
//! An event is *numbered*, and can be asked for by a reader that comes back with the last number it saw, or *passing*:
//! it stands between two numbers ([`Position`]), and is for those who are there ([`Bus::pass`]).

mod bus;
mod entry;
mod gaps;
mod log;
mod state;
mod subscription;

pub use bus::{Bus, Inserted, Limits, OutOfOrder, Reservation};
pub use entry::{Entry, Position, Slot};
pub use subscription::{Delivery, Lagged, Start, Subscription};
