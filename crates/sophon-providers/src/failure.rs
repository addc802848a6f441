//! From a provider's words to an error of ours.

use std::time::Duration;

use http::{HeaderMap, StatusCode};
use serde_json::Value;
use sophon_egress::EgressError;
use sophon_model::ports::{ModelError, ModelErrorKind};

/// The longest message, in characters.
const LONGEST_MESSAGE: usize = 500;

/// The longest wait that a provider can ask for.
const LONGEST_RETRY_AFTER: Duration = Duration::from_hours(1);

/// How providers say that the conversation is too long, where they have no code for it.
const TOO_LONG: [&str; 8] = [
    "context length",
    "context window",
    "context size",
    "context_length",
    "prompt is too long",
    "input is too long",
    "too many tokens",
    "input token count",
];

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

    /// An error that a provider reports in the middle of its answer.
    pub(crate) fn reported(error: &Value) -> Self {
        let said = Said::in_value(error).unwrap_or_default();
        Self::new(said.kind(said.status), said.message)
    }

    /// An error of the way out, once an answer has begun.
    pub(crate) fn on_the_way(error: &EgressError) -> Self {
        let kind = match error {
            EgressError::TimedOut { .. } => ModelErrorKind::TimedOut,
            _ => ModelErrorKind::Malformed,
        };
        Self::new(kind, error.to_string())
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
        Self::new(kind, error.to_string())
    }
}

/// Makes errors in the name of one provider, without its API key.
#[derive(Clone)]
pub(crate) struct Reporter {
    provider: String,
    secret: Option<String>,
}

impl Reporter {
    pub(crate) fn new(provider: String, secret: Option<String>) -> Self {
        Self { provider, secret }
    }

    /// The error that `failure` is.
    pub(crate) fn error(&self, failure: &Failure) -> ModelError {
        let Failure { kind, message } = failure;
        let message = match &self.secret {
            Some(secret) => message.replace(secret, "[API key]"),
            None => message.clone(),
        };
        let message = shortened(&message);
        ModelError { provider: self.provider.clone(), kind: *kind, message, retry_after: None }
    }

    /// The error that an answer with a status other than success is.
    pub(crate) fn refusal(&self, status: StatusCode, headers: &HeaderMap, body: &[u8]) -> ModelError {
        let said = Said::in_body(body);
        let kind = said.kind(Some(status.as_u16()));
        let words = if said.message.is_empty() { "no reason given" } else { &said.message };
        let failure = Failure::new(kind, format!("HTTP {}: {words}", status.as_u16()));
        ModelError { retry_after: retry_after(headers), ..self.error(&failure) }
    }
}

/// What a provider says in an error, whichever shape it has.
#[derive(Default)]
struct Said {
    message: String,
    codes: Vec<String>,
    status: Option<u16>,
}

impl Said {
    fn in_body(body: &[u8]) -> Self {
        let parsed = serde_json::from_slice::<Value>(body).ok();
        parsed.as_ref().and_then(Self::in_value).unwrap_or_else(|| Self {
            message: String::from_utf8_lossy(body).split_whitespace().collect::<Vec<_>>().join(" "),
            ..Self::default()
        })
    }

    /// Finds `{"error": {..}}`, `{"error": ".."}`, a list with one of these, or the inner object alone.
    fn in_value(value: &Value) -> Option<Self> {
        let outer = value.get(0).unwrap_or(value);
        let inner = outer.get("error").unwrap_or(outer);
        let message = inner.as_str().or_else(|| inner.get("message")?.as_str())?;
        let words = ["code", "type", "status"].into_iter().filter_map(|key| inner.get(key)?.as_str());
        Some(Self {
            message: message.to_owned(),
            codes: words.map(str::to_owned).collect(),
            status: inner.get("code").and_then(Value::as_u64).and_then(|code| code.try_into().ok()),
        })
    }

    fn kind(&self, status: Option<u16>) -> ModelErrorKind {
        use ModelErrorKind as K;
        let by_status = status.filter(|status| *status >= 300).map(|status| match status {
            401 | 403 => K::Unauthorized,
            408 => K::TimedOut,
            413 => K::TooLong,
            429 => K::RateLimited,
            500.. => K::Unavailable,
            _ => K::Refused,
        });
        match by_status.unwrap_or_else(|| self.kind_by_code()) {
            K::Refused | K::Unavailable if self.is_too_long() => K::TooLong,
            kind => kind,
        }
    }

    fn kind_by_code(&self) -> ModelErrorKind {
        use ModelErrorKind as K;
        let named = self.codes.iter().find_map(|code| match code.as_str() {
            "authentication_error" | "permission_error" | "invalid_api_key" => Some(K::Unauthorized),
            "rate_limit_error" | "rate_limit_exceeded" => Some(K::RateLimited),
            "timeout_error" => Some(K::TimedOut),
            "invalid_request_error" | "not_found_error" | "billing_error" => Some(K::Refused),
            _ => None,
        });
        named.unwrap_or(K::Unavailable)
    }

    fn is_too_long(&self) -> bool {
        let message = self.message.to_lowercase();
        let coded = ["context_length_exceeded", "exceed_context_size_error", "request_too_large"];
        self.codes.iter().any(|code| coded.contains(&code.as_str()))
            || TOO_LONG.iter().any(|words| message.contains(words))
    }
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST_MESSAGE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The wait that a provider asks for, in seconds as all known ones do. A date is not read.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let seconds: f64 = headers.get("retry-after")?.to_str().ok()?.trim().parse().ok()?;
    let wait = Duration::try_from_secs_f64(seconds).ok()?;
    Some(wait.min(LONGEST_RETRY_AFTER))
}

#[cfg(test)]
mod tests {
    use ModelErrorKind as K;

    use super::*;

    fn refused(status: u16, body: &str) -> ModelError {
        let reporter = Reporter::new("p".into(), Some("sk-secret".into()));
        reporter.refusal(StatusCode::from_u16(status).unwrap(), &HeaderMap::new(), body.as_bytes())
    }

    #[test]
    fn the_status_decides_unless_the_conversation_is_too_long() {
        let table = [
            (400, r#"{"error":{"message":"bad"}}"#, K::Refused),
            (404, r#"{"error":"model 'x' not found"}"#, K::Refused),
            (422, "{}", K::Refused),
            (302, "", K::Refused),
            (401, "{}", K::Unauthorized),
            (403, "{}", K::Unauthorized),
            (408, "", K::TimedOut),
            (429, "{}", K::RateLimited),
            (500, "<html>", K::Unavailable),
            (503, "", K::Unavailable),
            (
                529,
                r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
                K::Unavailable,
            ),
            (413, "", K::TooLong),
            (400, r#"{"error":{"message":"x","code":"context_length_exceeded"}}"#, K::TooLong),
            (400, r#"{"error":{"message":"prompt is too long: 9 tokens"}}"#, K::TooLong),
            (
                400,
                r#"[{"error":{"code":400,"message":"The input token count exceeds the maximum"}}]"#,
                K::TooLong,
            ),
            (500, r#"{"error":{"message":"exceeds the available context size"}}"#, K::TooLong),
            (429, r#"{"error":{"message":"context window quota"}}"#, K::RateLimited),
        ];
        for (status, body, kind) in table {
            assert_eq!(refused(status, body).kind, kind, "{status} {body}");
        }
    }

    #[test]
    fn the_providers_words_are_found_in_every_shape() {
        for body in [
            r#"{"error":{"message":"no such model"}}"#,
            r#"{"error":"no such model"}"#,
            r#"[{"error":{"code":404,"message":"no such model"}}]"#,
            r#"{"type":"error","error":{"type":"not_found_error","message":"no such model"}}"#,
            r#"{"message":"no such model"}"#,
            "no such\n  model",
        ] {
            assert_eq!(refused(404, body).message, "HTTP 404: no such model", "{body}");
        }
        assert_eq!(refused(404, "").message, "HTTP 404: no reason given");
    }

    #[test]
    fn the_key_is_taken_out_before_the_message_is_cut() {
        let message = refused(401, &format!("{}sk-secret{}", "a".repeat(480), "b".repeat(9000))).message;
        assert!(!message.contains("sk-") && message.contains("[API key]"), "{message}");
        assert_eq!(message.chars().count(), 501);
    }

    #[test]
    fn a_wait_is_read_in_seconds_and_has_a_limit() {
        let asked = |value: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("retry-after", value.parse().unwrap());
            retry_after(&headers)
        };
        assert_eq!(asked("7"), Some(Duration::from_secs(7)));
        assert_eq!(asked("0.25"), Some(Duration::from_millis(250)));
        assert_eq!(asked("1e300"), None);
        assert_eq!(asked("999999"), Some(LONGEST_RETRY_AFTER));
        assert_eq!(asked("-1"), None);
        assert_eq!(asked("Wed, 21 Oct 2026 07:28:00 GMT"), None);
    }

    #[test]
    fn an_error_inside_an_answer_is_judged_by_its_code() {
        let kind = |json: Value| Failure::reported(&json).kind;
        assert_eq!(kind(serde_json::json!({"type": "overloaded_error", "message": "x"})), K::Unavailable);
        assert_eq!(kind(serde_json::json!({"type": "rate_limit_error", "message": "x"})), K::RateLimited);
        assert_eq!(kind(serde_json::json!({"code": 429, "message": "x"})), K::RateLimited);
        assert_eq!(kind(serde_json::json!({"code": "invalid_api_key", "message": "x"})), K::Unauthorized);
        assert_eq!(kind(serde_json::json!({})), K::Unavailable);
    }
}
