//! How many streams may be open at a time: of all, of one user, and of one address that did not sign in.

use std::sync::Arc;
use std::time::Duration;

use sophon_core::connections::{ConnectionLimits, Place, Places};
use sophon_core::rates::Asker;
use sophon_model::{Error, Kind, Result};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Streams at a time of all callers; one more is refused.
const MOST_STREAMS: usize = 10_000;
/// When it is worth another try.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// The streams that are open.
pub(super) struct Streams {
    limits: ConnectionLimits,
    all: Arc<Semaphore>,
    by_caller: Places<Asker>,
}

/// The place of one open stream. Dropping it frees the place.
pub(super) struct OpenStream {
    _of_all: OwnedSemaphorePermit,
    _of_caller: Place<Asker>,
}

impl Streams {
    pub(super) fn new(limits: ConnectionLimits) -> Self {
        Self { limits, all: Arc::new(Semaphore::new(MOST_STREAMS)), by_caller: Places::default() }
    }

    /// A place for one more stream of this caller.
    pub(super) fn open(&self, asker: Asker) -> Result<OpenStream> {
        let most = match () {
            () if asker.is_owner() => MOST_STREAMS,
            () if asker.is_address() => self.limits.anonymous_streams.get(),
            () => self.limits.streams.get(),
        };
        let of_all = self.all.clone().try_acquire_owned().map_err(|_| {
            let text = "Too many streams are open. Try again in a moment.";
            Error::new(Kind::ServiceUnavailable, text).with_retry_after(TRY_AGAIN)
        })?;
        let of_caller = self.by_caller.take(asker, most).ok_or_else(|| {
            let text =
                format!("{most} of your streams are open, which is the most. Close one and try again.");
            Error::new(Kind::RateLimited, text).with_retry_after(TRY_AGAIN)
        })?;
        Ok(OpenStream { _of_all: of_all, _of_caller: of_caller })
    }
}
