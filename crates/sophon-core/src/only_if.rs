//! Conditions of changes.

use std::fmt;
use std::sync::Arc;

use sophon_model::{Error, Result};

/// The code of the error for a condition that does not hold.
pub const PRECONDITION_FAILED: &str = "precondition_failed";

type Judge<E> = dyn Fn(&E) -> bool + Send + Sync;

/// What a change depends on: judged in its transaction, on the thing as it is before. Holds by default.
pub struct OnlyIf<E>(Option<Arc<Judge<E>>>);

impl<E> OnlyIf<E> {
    /// A change of what `judge` says yes to.
    pub fn new(judge: Arc<Judge<E>>) -> Self {
        Self(Some(judge))
    }

    /// Refuses the change if the thing is not as it should be.
    pub(crate) fn require(&self, thing: &E) -> Result<()> {
        if self.0.as_ref().is_none_or(|judge| judge(thing)) {
            return Ok(());
        }
        let text = "It was changed meanwhile. Read it again, and make your change to what it is now.";
        Err(Error::conflict(text).with_code(PRECONDITION_FAILED))
    }
}

impl<E> Default for OnlyIf<E> {
    fn default() -> Self {
        Self(None)
    }
}

impl<E> Clone for OnlyIf<E> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<E> fmt::Debug for OnlyIf<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "OnlyIf(..)" } else { "OnlyIf(always)" })
    }
}
