//! How asking a gateway can fail.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use serde_json::Value;
use sophon_api::ErrorBody;

/// The header that names a request in the gateway's log.
const REQUEST_ID: &str = "x-sophon-request-id";

/// Why there is no answer, or not the one asked for.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The gateway said no.
    #[error("{}", .0.message)]
    Refused(Box<Refusal>),
    /// Nothing answers at that address.
    #[error("the gateway at {url} cannot be reached ({reason})")]
    Unreachable {
        /// The gateway's address.
        url: String,
        /// What the network said.
        reason: String,
    },
    /// The gateway took longer than this.
    #[error("the gateway did not answer within {} s", .0.as_secs())]
    TimedOut(Duration),
    /// Something answers, but not as a gateway does.
    #[error("what answers at {url} is not a Sophon gateway of a version that this program knows ({reason})")]
    NotUnderstood {
        /// The gateway's address.
        url: String,
        /// What is odd about the answer.
        reason: String,
    },
    /// A live connection ended. Another may be opened.
    #[error("the live connection to the gateway was lost ({0})")]
    Disconnected(String),
    /// The credential could not be read or kept.
    #[error("the stored sign-in cannot be used ({0})")]
    Credentials(#[from] io::Error),
    /// A file that is to be sent cannot be read.
    #[error("{} cannot be read ({})", .0.display(), .1)]
    File(PathBuf, io::Error),
    /// An id that cannot be one: it would not name a thing in an address.
    #[error("`{0}` is not an id")]
    NotAnId(String),
    /// TLS cannot be set up on this machine.
    #[error("secure connections cannot be set up ({0})")]
    Setup(String),
}

/// The gateway's no, in its own words.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The HTTP status; `None` if a hub method was refused.
    pub status: Option<u16>,
    /// The stable code, for example `not_found`.
    pub code: String,
    /// What the gateway says to people.
    pub message: String,
    /// Facts for programs.
    pub details: Option<Value>,
    /// The name of the request in the gateway's log.
    pub request_id: Option<String>,
    /// When trying again makes sense.
    pub retry_after: Option<Duration>,
}

impl ClientError {
    /// The gateway's own words, if it said anything.
    pub fn refusal(&self) -> Option<&Refusal> {
        match self {
            ClientError::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// The stable code of a refusal.
    pub fn code(&self) -> Option<&str> {
        self.refusal().map(|refusal| refusal.code.as_str())
    }

    /// Whether a credential is missing or no longer valid.
    pub fn is_unauthenticated(&self) -> bool {
        self.refusal().is_some_and(|refusal| refusal.status == Some(StatusCode::UNAUTHORIZED.as_u16()))
    }

    /// Whether the same request may well succeed a moment later: the network failed, or the gateway is restarting.
    pub fn is_transient(&self) -> bool {
        match self {
            ClientError::Unreachable { .. } | ClientError::TimedOut(_) | ClientError::Disconnected(_) => true,
            ClientError::Refused(refusal) => refusal.status == Some(StatusCode::SERVICE_UNAVAILABLE.as_u16()),
            _ => false,
        }
    }

    pub(crate) fn from_reqwest(error: &reqwest::Error, url: &str, limit: Duration) -> Self {
        if error.is_timeout() && !error.is_connect() {
            return ClientError::TimedOut(limit);
        }
        ClientError::Unreachable { url: url.to_owned(), reason: root_cause(error) }
    }

    /// What an answer with an error status says.
    pub(crate) fn from_answer(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let envelope: Option<ErrorBody> = serde_json::from_slice(body).ok();
        let named = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
        let words = envelope.map(|envelope| envelope.error);
        let (code, message, details, told_id) = match words {
            Some(words) => (words.code, words.message, words.details, Some(words.request_id)),
            // Hubs and proxies refuse with a bare status.
            None => (code_of(status).to_owned(), bare(status), None, None),
        };
        ClientError::Refused(Box::new(Refusal {
            status: Some(status.as_u16()),
            code,
            message,
            details,
            request_id: named.or(told_id),
            retry_after: retry_after(headers),
        }))
    }

    /// What a completion with an error says: `… HubException: code: message`, or a sentence of the hub itself.
    pub(crate) fn from_completion(error: &str) -> Self {
        let told = error.split_once("HubException: ").map(|(_, told)| told);
        let (code, message) = told.and_then(|told| told.split_once(": ")).unwrap_or(("hub_error", error));
        ClientError::Refused(Box::new(Refusal {
            status: None,
            code: code.to_owned(),
            message: message.to_owned(),
            details: None,
            request_id: None,
            retry_after: None,
        }))
    }
}

/// The code that a status has on the REST page, for answers without an envelope.
fn code_of(status: StatusCode) -> &'static str {
    match status.as_u16() {
        401 => "unauthenticated",
        403 => "not_authorized",
        404 => "not_found",
        409 => "conflict",
        413 => "payload_too_large",
        422 => "validation_failed",
        429 => "rate_limited",
        502 => "upstream_unavailable",
        503 => "service_unavailable",
        400..=499 => "invalid_request",
        _ => "internal_error",
    }
}

fn bare(status: StatusCode) -> String {
    match status.as_u16() {
        401 => "The gateway does not know you, or your sign-in has ended.".to_owned(),
        503 => "The gateway cannot do it now.".to_owned(),
        _ => format!("The gateway answered {status}."),
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// The innermost text of an error: outer ones repeat the address.
pub(crate) fn root_cause(error: &dyn Error) -> String {
    let mut inner = error;
    while let Some(source) = inner.source() {
        inner = source;
    }
    inner.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_envelope_is_told_in_full() {
        let body = br#"{"error":{"code":"rate_limited","message":"Slower.","details":{"class":"chat"},"requestId":"req_1"}}"#;
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, "7".parse().expect("a value"));
        let error = ClientError::from_answer(StatusCode::TOO_MANY_REQUESTS, &headers, body);
        let refusal = error.refusal().expect("a refusal");
        assert_eq!(refusal.status, Some(429));
        assert_eq!(refusal.code, "rate_limited");
        assert_eq!(refusal.message, "Slower.");
        assert_eq!(refusal.request_id.as_deref(), Some("req_1"));
        assert_eq!(refusal.retry_after, Some(Duration::from_secs(7)));
        assert_eq!(error.to_string(), "Slower.");
    }

    #[test]
    fn a_bare_status_still_has_a_code() {
        let error = ClientError::from_answer(StatusCode::UNAUTHORIZED, &HeaderMap::new(), b"");
        assert_eq!(error.code(), Some("unauthenticated"));
        assert!(error.is_unauthenticated());
    }

    #[test]
    fn a_hub_exception_is_split_into_code_and_text() {
        let text = "An unexpected error occurred invoking 'JoinSession' on the server. HubException: not_found: No: none.";
        let error = ClientError::from_completion(text);
        assert_eq!((error.code(), error.to_string().as_str()), (Some("not_found"), "No: none."));
        let error = ClientError::from_completion("Unknown hub method 'X'");
        assert_eq!((error.code(), error.to_string().as_str()), (Some("hub_error"), "Unknown hub method 'X'"));
    }
}
