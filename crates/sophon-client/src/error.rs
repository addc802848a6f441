//! How asking a gateway can fail.

use std::error::Error;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

use http::{HeaderMap, StatusCode, header};
use serde_json::Value;
use sophon_api::{ErrorBody, SecondFactorChallenge};

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
    /// Something answers at that address, and no secure connection to it comes about.
    #[error("there is no secure connection to {url}: {reason}")]
    Insecure {
        /// The gateway's address.
        url: String,
        /// What is wrong.
        reason: String,
    },
    /// The gateway took longer than this.
    #[error("the gateway did not answer within {} s", .0.as_secs())]
    TimedOut(Duration),
    /// Something answers, but not as a gateway does.
    #[error("what answers at {url} is not a Sophon gateway that this program knows: {reason}")]
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
    /// What was asked for cannot be written down, or has another form than it should have.
    #[error("the answer could not be taken ({0})")]
    Output(io::Error),
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

    /// What to come back with and a code, if a sign-in was refused because a second factor is asked for.
    pub fn second_factor(&self) -> Option<SecondFactorChallenge> {
        let refusal = self.refusal().filter(|refusal| refusal.code == "second_factor_required")?;
        serde_json::from_value(refusal.details.clone()?).ok()
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
        let reason = root_cause(error);
        // A server that wants TLS answers so to plain HTTP.
        if reason.starts_with("invalid HTTP") {
            let reason = "it does not speak HTTP; perhaps its address begins with https://".to_owned();
            return ClientError::NotUnderstood { url: url.to_owned(), reason };
        }
        Self::unconnected(error, url)
    }

    /// Why there is no connection.
    pub(crate) fn unconnected(error: &(dyn Error + 'static), url: &str) -> Self {
        let url = url.to_owned();
        match insecurity(error) {
            Some(reason) => ClientError::Insecure { url, reason },
            None => ClientError::Unreachable { url, reason: root_cause(error) },
        }
    }

    /// What an answer with an error status says, or that no gateway answers so.
    pub(crate) fn from_answer(url: &str, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Self {
        let envelope: Option<ErrorBody> = serde_json::from_slice(body).ok();
        let named = headers.get(REQUEST_ID).and_then(|id| id.to_str().ok()).map(str::to_owned);
        let words = envelope.map(|envelope| envelope.error);
        let (code, message, details, told_id) = match words {
            Some(words) => (words.code, words.message, words.details, Some(words.request_id)),
            None if is_from_elsewhere(status) => {
                let reason = elsewhere(status, headers, body);
                return ClientError::NotUnderstood { url: url.to_owned(), reason };
            }
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

/// Whether a gateway, or a proxy before one, would say more than this bare status.
fn is_from_elsewhere(status: StatusCode) -> bool {
    status.is_redirection() || matches!(status.as_u16(), 400 | 404 | 405 | 501)
}

fn elsewhere(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> String {
    match headers.get(header::LOCATION).and_then(|location| location.to_str().ok()) {
        Some(location) if status.is_redirection() => format!("it redirects to {location}"),
        _ if is_web_page(body) => format!("it answers {status} with a web page"),
        _ => format!("it answers {status} and gives no reason"),
    }
}

/// Whether an answer is a page for people.
pub(crate) fn is_web_page(body: &[u8]) -> bool {
    body.trim_ascii_start().starts_with(b"<")
}

/// What keeps TLS from coming about, if it is that.
fn insecurity(error: &(dyn Error + 'static)) -> Option<String> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        match error.downcast_ref() {
            Some(rustls::Error::InvalidMessage(_)) => return Some("it does not speak TLS".to_owned()),
            Some(error) => return Some(error.to_string()),
            None => cause = inner(error),
        }
    }
    None
}

/// What is inside an error. An I/O error names as its source what is inside of that.
fn inner<'e>(error: &'e (dyn Error + 'static)) -> Option<&'e (dyn Error + 'static)> {
    match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => Some(inner),
        None => error.source(),
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
        let error = ClientError::from_answer("http://gw/", StatusCode::TOO_MANY_REQUESTS, &headers, body);
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
        let error = ClientError::from_answer("http://gw/", StatusCode::UNAUTHORIZED, &HeaderMap::new(), b"");
        assert_eq!(error.code(), Some("unauthenticated"));
        assert!(error.is_unauthenticated());
    }

    #[test]
    fn what_no_gateway_says_names_the_address() {
        let told = |status, headers: &HeaderMap, body: &[u8]| {
            ClientError::from_answer("http://gw/", status, headers, body).to_string()
        };
        let page = told(StatusCode::NOT_FOUND, &HeaderMap::new(), b"\n<html>");
        assert!(page.contains("http://gw/") && page.ends_with("404 Not Found with a web page"), "{page}");
        let mut headers = HeaderMap::new();
        headers.insert(header::LOCATION, "https://gw/".parse().expect("a value"));
        let moved = told(StatusCode::MOVED_PERMANENTLY, &headers, b"");
        assert!(moved.ends_with("it redirects to https://gw/"), "{moved}");
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
