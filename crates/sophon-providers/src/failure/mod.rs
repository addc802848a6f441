//! From a provider's words to an error of ours.

mod said;

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde_json::Value;
use sophon_egress::{EgressError, Phase};
use sophon_model::ports::{ModelError, ModelErrorKind};

use said::{Said, plain};

/// The longest message, in characters.
const LONGEST_MESSAGE: usize = 500;

/// The longest wait that a provider can ask for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_hours(1);

/// The shortest API key that is looked for in texts: `none`, `EMPTY` and `ollama` are words like any other.
const SHORTEST_SECRET: usize = 8;

/// What went wrong, before it is known whose fault it is.
#[derive(Debug)]
pub(crate) struct Failure {
    kind: ModelErrorKind,
    message: String,
}

impl Failure {
    pub(crate) fn new(kind: ModelErrorKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    pub(crate) fn malformed(message: impl Into<String>) -> Self {
        Self::new(ModelErrorKind::Malformed, message)
    }

    pub(crate) fn broken_off(message: impl Into<String>) -> Self {
        Self::new(ModelErrorKind::BrokenOff, message)
    }

    /// Whether something else that was seen may say better what went wrong.
    pub(crate) fn is_unclear(&self) -> bool {
        matches!(self.kind, ModelErrorKind::Malformed | ModelErrorKind::BrokenOff)
    }

    /// An error that a provider reports in the middle of its answer.
    pub(crate) fn reported(error: &Value) -> Self {
        let said = Said::in_value(error).unwrap_or_default();
        let kind = said.kind(said.status);
        Self::new(kind, said.words())
    }

    /// The error that a record is, whatever the wire format.
    pub(crate) fn in_record(record: &Value) -> Option<Self> {
        let is_word = |name: &str| record[name] == "error";
        let is_told = match &record["error"] {
            Value::Null | Value::Bool(false) => false,
            Value::String(text) => !text.is_empty(),
            Value::Object(fields) => !fields.is_empty(),
            _ => true,
        };
        (is_told || is_word("object") || is_word("type")).then(|| Self::reported(record))
    }

    /// The error that a record is if it came in place of an answer: `{"detail": ".."}`, `{"message": ".."}`.
    pub(crate) fn in_place_of_answer(record: &Value) -> Option<Self> {
        let said = Said::in_value(record).filter(Said::is_clear)?;
        Some(Self::new(said.kind(said.status), said.words()))
    }

    /// A web page in place of an answer.
    pub(crate) fn page(page: &str) -> Self {
        let words = plain(page);
        let words = if words.is_empty() { "no text".to_owned() } else { words };
        Self::new(ModelErrorKind::Unavailable, format!("it sent no answer but a page: {words}"))
    }

    /// An error of the way out, once an answer has begun.
    pub(crate) fn on_the_way(error: &EgressError) -> Self {
        let kind = match error {
            EgressError::TimedOut { .. } => ModelErrorKind::TimedOut,
            EgressError::TooLong { .. } => ModelErrorKind::AnswerTooLong,
            EgressError::BrokenOff { .. } => ModelErrorKind::BrokenOff,
            _ => ModelErrorKind::Malformed,
        };
        Self::new(kind, with_limit(error))
    }

    /// An error of the way out, before an answer has begun.
    pub(crate) fn at_the_door(error: &EgressError) -> Self {
        let kind = match error {
            EgressError::TimedOut { .. } => ModelErrorKind::TimedOut,
            EgressError::NoAddress { .. }
            | EgressError::Unreachable { .. }
            | EgressError::BrokenOff { .. } => ModelErrorKind::Unavailable,
            EgressError::TooLong { .. } | EgressError::NotText(_) => ModelErrorKind::Malformed,
            EgressError::Setup(_) | EgressError::BadUrl(_) => ModelErrorKind::Refused,
        };
        Self::new(kind, with_limit(error))
    }
}

/// The error, and which setting of the provider set the limit that it ran into.
fn with_limit(error: &EgressError) -> String {
    let setting = match error {
        EgressError::TimedOut { phase: Phase::FirstByte, .. } => "first_byte_seconds",
        EgressError::TimedOut { phase: Phase::Idle, .. } => "idle_seconds",
        _ => return error.to_string(),
    };
    format!("{error} The limit is {setting}.")
}

/// Makes errors in the name of one provider, without its API key.
#[derive(Clone)]
pub(crate) struct Reporter {
    provider: String,
    model: Option<String>,
    url: String,
    secret: Option<String>,
}

impl Reporter {
    /// `url` is the base URL of the provider.
    pub(crate) fn new(provider: String, url: String, secret: Option<String>) -> Self {
        Self { provider, model: None, url, secret }
    }

    /// The same, for requests to one model.
    pub(crate) fn for_model(&self, model: &str) -> Self {
        Self { model: Some(model.to_owned()), ..self.clone() }
    }

    /// The error that `failure` is.
    pub(crate) fn error(&self, failure: &Failure) -> ModelError {
        let Failure { kind, message } = failure;
        let message = without_bearer(message);
        let message = match &self.secret {
            Some(secret) if secret.len() >= SHORTEST_SECRET => without(&message, secret),
            _ => message,
        };
        ModelError {
            provider: self.provider.clone(),
            kind: *kind,
            model: self.model.as_deref().map(Into::into),
            url: Some(self.url.as_str().into()),
            message: shortened(&message),
            retry_after: None,
            nearest: [].into(),
        }
    }

    /// The error that an answer with a status other than success is.
    pub(crate) fn refusal(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> ModelError {
        let failure = if status.is_redirection() {
            let to = headers.get("location").and_then(|to| to.to_str().ok()).unwrap_or("nowhere");
            let text = format!(
                "HTTP {}: it redirects to {to}, and redirects are not followed; set base_url to where it leads",
                status.as_u16()
            );
            Failure::new(ModelErrorKind::Refused, text)
        } else {
            let said = Said::in_body(body);
            let kind = said.kind(Some(status.as_u16()));
            Failure::new(kind, format!("HTTP {}: {}", status.as_u16(), said.words()))
        };
        ModelError { retry_after: retry_after(headers), ..self.error(&failure) }
    }
}

/// `text` without whole occurrences of `secret`: a key that is part of a longer word is not the key.
fn without(text: &str, secret: &str) -> String {
    let mut rest = text;
    let mut clean = String::with_capacity(text.len());
    while let Some(place) = rest.find(secret) {
        let (before, after) = (&rest[..place], &rest[place + secret.len()..]);
        let touches = clean.chars().last().filter(|_| before.is_empty()).or_else(|| before.chars().last());
        let is_whole = !touches.is_some_and(char::is_alphanumeric)
            && !after.chars().next().is_some_and(char::is_alphanumeric);
        clean.push_str(before);
        clean.push_str(if is_whole { "[API key]" } else { secret });
        rest = after;
    }
    clean + rest
}

/// `text` without what follows `Bearer`: servers repeat the header that they do not accept.
fn without_bearer(text: &str) -> String {
    let mut pieces = text.split("Bearer ");
    let mut clean = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let end = piece.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ')' | '`'));
        clean.push_str("Bearer [API key]");
        clean.push_str(&piece[end.unwrap_or(piece.len())..]);
    }
    clean
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The wait that a provider asks for: in milliseconds, in seconds, or until a date, which is compared with the date of
/// the answer because the clocks may differ.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let header = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    let number = |name: &str| header(name)?.parse::<f64>().ok();
    let seconds = number("retry-after-ms").map(|millis| millis / 1_000.0).or_else(|| number("retry-after"));
    let wait = if let Some(seconds) = seconds {
        Duration::try_from_secs_f64(seconds).ok()?
    } else {
        let until = httpdate::parse_http_date(header("retry-after")?).ok()?;
        let now = httpdate::parse_http_date(header("date")?).ok()?;
        until.duration_since(now).unwrap_or_default()
    };
    Some(wait.min(LONGEST_RETRY_AFTER))
}

#[cfg(test)]
mod tests;
