//! Durable jobs: work that is done beside requests, also after a restart.
//!
//! A subject enqueues a job in the transaction of the state that it follows from ([`Unit::enqueue`]), and registers a
//! [`Handler`] for its kind, or a [`Chore`] if its work is small. The [`Runner`] claims jobs that are due, holds each
//! by a lease, and calls the handler, which can write only through the lease ([`Held`]): a worker that has lost it
//! writes nothing. A handler ends its job in the transaction of what it did, or parks it until something happens.

mod bell;
mod enqueue;
mod handler;
mod held;
mod holdings;
mod overview;
mod runner;
mod waiting;
mod waking;

pub(crate) use bell::{JOBS_WAIT, JobBell};
pub(crate) use enqueue::{JobKind, JobOptions};
pub(crate) use handler::{Begun, Chore, Handler, Handlers, Next, Retry};
pub(crate) use held::{Held, HeldError, Released};
pub(crate) use holdings::Holdings;
pub use overview::Jobs;
pub(crate) use runner::Runner;
pub use runner::Workers;
