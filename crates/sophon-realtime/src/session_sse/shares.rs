//! How many streams may be open at a time: of all, of one user, and of one address that did not sign in.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use sophon_core::connections::ConnectionLimits;
use sophon_core::rates::Asker;
use sophon_model::{Error, Kind, Result};

/// Streams at a time of all callers; one more is refused.
const MOST_STREAMS: usize = 10_000;
/// When it is worth another try.
const TRY_AGAIN: Duration = Duration::from_secs(5);

/// The streams that are open.
#[derive(Clone)]
pub(super) struct Streams {
    limits: ConnectionLimits,
    open: Arc<Mutex<Open>>,
}

#[derive(Default)]
struct Open {
    all: usize,
    by_caller: HashMap<Asker, usize>,
}

/// The place of one open stream. Dropping it frees the place.
pub(super) struct OpenStream {
    streams: Streams,
    asker: Asker,
}

impl Streams {
    pub(super) fn new(limits: ConnectionLimits) -> Self {
        Self { limits, open: Arc::default() }
    }

    /// A place for one more stream of this caller.
    pub(super) fn open(&self, asker: Asker) -> Result<OpenStream> {
        let most = match () {
            () if asker.is_owner() => MOST_STREAMS,
            () if asker.is_address() => self.limits.anonymous_streams.get(),
            () => self.limits.streams.get(),
        };
        let mut open = self.open.lock();
        if open.all >= MOST_STREAMS {
            let text = "Too many streams are open. Try again in a moment.";
            return Err(Error::new(Kind::ServiceUnavailable, text).with_retry_after(TRY_AGAIN));
        }
        let own = open.by_caller.entry(asker.clone()).or_default();
        if *own >= most {
            let text =
                format!("{most} of your streams are open, which is the most. Close one and try again.");
            return Err(Error::new(Kind::RateLimited, text).with_retry_after(TRY_AGAIN));
        }
        *own += 1;
        open.all += 1;
        Ok(OpenStream { streams: self.clone(), asker })
    }
}

impl Drop for OpenStream {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock();
        open.all -= 1;
        if let Some(own) = open.by_caller.get_mut(&self.asker) {
            *own -= 1;
            if *own == 0 {
                open.by_caller.remove(&self.asker);
            }
        }
    }
}
