//! Why a statement failed, in the few ways that matter above the engines.

use std::error::Error as StdError;

use serde::Serialize;
use sophon_model::error::Kind;
use sophon_model::{Error, Result};

/// What an engine or driver reported.
pub(crate) type Cause = Box<dyn StdError + Send + Sync>;

/// A failed statement.
#[derive(Debug)]
pub(crate) enum Failure {
    /// A row with this key is there already.
    Unique(Cause),
    /// It refers to a row that is not there.
    Reference(Cause),
    /// A text holds U+0000, which PostgreSQL cannot store and SQLite only in part.
    NulCharacter,
    /// The engine undid the transaction, so that another could go on: a deadlock. It may be run again.
    GaveWay(Cause),
    /// The engine cannot do it now: lost, locked, shutting down, too slow.
    Unavailable(Cause),
    /// There is no room left for what is written.
    Full(Cause),
    /// Storage can no longer be trusted to be durable: a failed sync, a damaged file.
    Broken(Cause),
    /// Our fault.
    Bug(Cause),
}

impl Failure {
    /// A fault of ours.
    pub(crate) fn bug(cause: impl Into<Cause>) -> Self {
        Failure::Bug(cause.into())
    }

    /// What the engine reported.
    pub(crate) fn into_cause(self) -> Cause {
        match self {
            Failure::Unique(cause)
            | Failure::Reference(cause)
            | Failure::GaveWay(cause)
            | Failure::Unavailable(cause)
            | Failure::Full(cause)
            | Failure::Broken(cause)
            | Failure::Bug(cause) => cause,
            Failure::NulCharacter => "a text holds U+0000".into(),
        }
    }

    /// The error for the caller; `message` is for where a second row with the same key is the caller's mistake.
    pub(crate) fn or_conflict(self, message: Option<&'static str>) -> Error {
        match (self, message) {
            (Failure::Unique(cause), Some(message)) => Error::conflict(message).with_cause(cause),
            (other, _) => other.into(),
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Unique(cause) | Failure::Bug(cause) => Error::internal(cause),
            Failure::Reference(cause) => {
                Error::conflict("What this belongs to is no longer there.").with_cause(cause)
            }
            Failure::NulCharacter => {
                Error::new(Kind::ValidationFailed, "Text must not contain the character U+0000.")
            }
            Failure::GaveWay(cause) | Failure::Unavailable(cause) | Failure::Broken(cause) => {
                Error::storage(cause)
            }
            Failure::Full(cause) => Error::storage_full(cause),
        }
    }
}

/// The outcome of a commit that was interrupted: it may have become durable or not.
pub(crate) fn unknown_outcome(cause: impl Into<Cause>) -> Error {
    Error::new(
        Kind::ServiceUnavailable,
        "Storage was lost while it confirmed the change. Look whether it was made before you try again.",
    )
    .with_code("storage_unavailable")
    .with_cause(cause)
}

/// A failure to open, as an error with a text for the operator.
pub(crate) fn cannot_open<T>(what: &str, result: std::result::Result<T, impl Into<Cause>>) -> Result<T> {
    result.map_err(|cause| {
        let cause = cause.into();
        Error::new(Kind::ServiceUnavailable, format!("{what}: {cause}")).with_cause(cause)
    })
}

/// The JSON text of `value`.
pub(crate) fn json_text(value: &impl Serialize) -> std::result::Result<String, Failure> {
    serde_json::to_string(value).map_err(Failure::bug)
}
