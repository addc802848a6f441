use std::borrow::Cow;

use axum::response::{IntoResponse, Response};
use http::{Extensions, StatusCode};

use crate::options::Options;

/// Characters of a method's name that errors repeat.
const LONGEST_NAME: usize = 64;

/// Why a request is turned away before it becomes a connection.
#[derive(Debug)]
pub enum Rejection {
    /// 401: no credential, or not a valid one.
    Unauthorized,
    /// 403: a valid credential of someone who may not use this hub.
    Forbidden,
    /// 503: not known at present.
    Unavailable,
    /// One of these, and what the application says of it. Microsoft's clients look at the status alone.
    Explained(Box<Rejection>, Extensions),
}

impl IntoResponse for Rejection {
    fn into_response(self) -> Response {
        match self {
            Self::Unauthorized => StatusCode::UNAUTHORIZED.into_response(),
            Self::Forbidden => StatusCode::FORBIDDEN.into_response(),
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE.into_response(),
            Self::Explained(rejection, explanation) => {
                let mut response = rejection.into_response();
                response.extensions_mut().extend(explanation);
                response
            }
        }
    }
}

/// How a hub method fails. What the client gets of it has the words of ASP.NET Core's server.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HubError {
    /// A deliberate error: its text is sent to the client (`HubException: text`).
    #[error("{0}")]
    Message(String),
    /// Any other error: sent in full only with [`Options::detailed_errors`](crate::Options::detailed_errors).
    #[error("{kind}: {text}")]
    Internal {
        /// The type of the error.
        kind: String,
        /// What happened.
        text: String,
    },
    /// The arguments do not fit the method.
    #[error("{0}")]
    Arguments(String),
    /// The caller may not use the method.
    #[error("the caller is not authorized")]
    Unauthorized,
    /// The hub has no such method.
    #[error("the hub has no such method")]
    UnknownMethod,
}

impl HubError {
    /// A deliberate error, to be sent to the client.
    pub fn message(text: impl Into<String>) -> Self {
        Self::Message(text.into())
    }

    /// An error that is the server's own business. The client learns `kind` and the text only with detailed
    /// errors.
    pub fn internal(kind: impl Into<String>, error: impl std::fmt::Display) -> Self {
        Self::Internal { kind: kind.into(), text: error.to_string() }
    }

    /// The sentence `prefix`, followed by what the client may know of this error.
    pub(crate) fn told_after(&self, prefix: &str, detailed: bool) -> String {
        match self {
            Self::Message(text) => format!("{prefix} HubException: {text}"),
            Self::Internal { kind, text } if detailed => format!("{prefix} {kind}: {text}"),
            Self::Arguments(text) if detailed => format!("{prefix} InvalidDataException: {text}"),
            _ => prefix.to_owned(),
        }
    }

    /// What the completion of a call of `method` says.
    pub(crate) fn text_for(&self, method: &str, options: &Options) -> String {
        let detailed = options.detailed_errors;
        match self {
            Self::UnknownMethod => format!("Unknown hub method '{}'", shortened(method)),
            Self::Unauthorized => format!("Failed to invoke '{method}' because user is unauthorized"),
            Self::Arguments(text) if options.argument_errors && !detailed => {
                format!("Failed to invoke '{method}': {text}")
            }
            Self::Arguments(_) => self
                .told_after(&format!("Failed to invoke '{method}' due to an error on the server."), detailed),
            Self::Message(_) | Self::Internal { .. } => self.told_after(
                &format!("An unexpected error occurred invoking '{method}' on the server."),
                detailed,
            ),
        }
    }
}

/// The client's own text, cut to a length that is fit to be repeated.
fn shortened(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST_NAME) {
        Some((end, _)) => format!("{}…", &text[..end]).into(),
        None => text.into(),
    }
}

/// Why something could not be sent to a client, or it gave no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// The connection has ended.
    #[error("the connection is closed")]
    Closed,
    /// The value cannot be written in the client's format.
    #[error("the value cannot be encoded: {0}")]
    Encode(String),
}

/// Why a client did not answer a request with a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientError {
    /// The request could not be sent, or the connection ended before the answer.
    #[error(transparent)]
    Send(#[from] SendError),
    /// No answer in the time given.
    #[error("the client did not answer in time")]
    Timeout,
    /// The client's handler failed, or it has none; in its words.
    #[error("{0}")]
    Failed(String),
    /// The answer is not of the type asked for.
    #[error("the client's answer cannot be read: {0}")]
    Decode(String),
}

impl From<ClientError> for HubError {
    fn from(error: ClientError) -> Self {
        match error {
            ClientError::Failed(text) => Self::Message(text),
            other => Self::internal("ClientError", other),
        }
    }
}

impl From<SendError> for HubError {
    fn from(error: SendError) -> Self {
        Self::internal("SendError", error)
    }
}
