//! Why something could not be fetched.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;

use sophon_model::{Error, Kind};

/// What took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Finding the address, connecting and agreeing on TLS.
    Connect,
    /// Waiting for the beginning of the answer.
    FirstByte,
    /// Waiting for more of the body.
    Idle,
    /// The whole answer.
    Whole,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Connect => "no connection",
            Self::FirstByte => "no answer",
            Self::Idle => "the answer stopped coming",
            Self::Whole => "the answer did not end",
        })
    }
}

/// Why something could not be fetched. The texts may be shown; they carry host names, never paths, queries or headers.
#[derive(Debug, thiserror::Error)]
pub enum EgressError {
    /// The options cannot be met. Seen at the start only.
    #[error("The way out cannot be set up: {0}.")]
    Setup(String),
    /// Not a URL that can be fetched, for any caller.
    #[error("This URL cannot be fetched: {0}.")]
    BadUrl(Cow<'static, str>),
    /// The host has no address that may be dialled. Says the same of a name that does not exist, so that nobody can
    /// learn the names of a private network.
    #[error("'{host}' has no address that may be reached.")]
    NoAddress {
        /// The host as asked for.
        host: String,
    },
    /// No connection, or one that broke before the answer began.
    #[error("'{host}' could not be reached: {reason}.")]
    Unreachable {
        /// The host.
        host: String,
        /// The innermost cause.
        reason: String,
    },
    /// Too slow.
    #[error("'{host}' did not answer in time: {phase}.")]
    TimedOut {
        /// The host.
        host: String,
        /// What took too long.
        phase: Phase,
    },
    /// The body broke off.
    #[error("The answer of '{host}' broke off: {reason}.")]
    BrokenOff {
        /// The host.
        host: String,
        /// The innermost cause.
        reason: String,
    },
    /// A stream longer than its limit.
    #[error("The answer of '{host}' is longer than {limit} bytes.")]
    TooLong {
        /// The host.
        host: String,
        /// The limit in bytes.
        limit: usize,
    },
    /// Something that is not text.
    #[error("The answer is not text but {0}; only text can be read.")]
    NotText(String),
}

impl EgressError {
    /// Sorts an error of the client that came before the head of an answer.
    pub(crate) fn before_answer(host: &str, error: &reqwest::Error) -> Self {
        let host = host.to_owned();
        if causes(error).any(<dyn StdError>::is::<NoAddress>) {
            Self::NoAddress { host }
        } else if error.is_timeout() {
            Self::TimedOut { host, phase: Phase::Connect }
        } else {
            Self::Unreachable { host, reason: innermost(error) }
        }
    }

    /// An error of the client inside a body.
    pub(crate) fn in_body(host: &str, error: &reqwest::Error) -> Self {
        Self::BrokenOff { host: host.to_owned(), reason: innermost(error) }
    }
}

impl From<EgressError> for Error {
    fn from(error: EgressError) -> Self {
        use EgressError as E;
        let text = error.to_string();
        match error {
            E::BadUrl(_) | E::NoAddress { .. } | E::NotText(_) => Self::validation("url", text),
            E::Unreachable { .. } | E::TimedOut { .. } | E::BrokenOff { .. } | E::TooLong { .. } => {
                Self::new(Kind::UpstreamUnavailable, text)
            }
            E::Setup(_) => Self::internal(error),
        }
    }
}

/// The resolver's way of saying that it has no address to give. Found again in the causes of the client's error.
#[derive(Debug, thiserror::Error)]
#[error("no address that may be reached")]
pub(crate) struct NoAddress;

fn causes<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

/// The client's outer errors repeat the URL and say little; the innermost one says what happened.
fn innermost(error: &reqwest::Error) -> String {
    causes(error).last().map_or_else(String::new, ToString::to_string)
}
