//! What a provider says in an error, whichever shape it has.

use serde_json::Value;
use sophon_model::ports::ModelErrorKind;

use crate::json::{number, text_of, word};

/// How providers say that the conversation is too long, where they have no code for it.
const TOO_LONG: [&str; 11] = [
    "context length",
    "context window",
    "context size",
    "context_length",
    "context limit",
    "prompt is too long",
    "prompt too long",
    "input is too long",
    "too many tokens",
    "input token count",
    "too large for model",
];

/// How providers say that they do not have the model, where they name it as a model but have no code for it.
const UNKNOWN_MODEL: [&str; 5] =
    ["not found", "does not exist", "no such model", "unknown model", "not a valid model"];

/// How providers say that the API key is wrong, where they do not say so by the status.
const WRONG_KEY: [&str; 3] = ["api key not valid", "incorrect api key", "invalid api key"];

/// The names of the limit of output tokens, of which a refusal for it names one.
const OUTPUT_LIMITS: [&str; 5] =
    ["max_tokens", "max_completion_tokens", "max_output_tokens", "maxoutputtokens", "max_new_tokens"];

/// The words, and the codes that go with them.
#[derive(Debug, Default)]
pub(super) struct Said {
    message: String,
    codes: Vec<String>,
    pub(super) status: Option<u16>,
}

impl Said {
    pub(super) fn in_body(body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let text = text.trim_start_matches('\u{feff}');
        let parsed = serde_json::from_str::<Value>(text).ok();
        parsed
            .as_ref()
            .and_then(Self::in_value)
            .unwrap_or_else(|| Self { message: text.to_owned(), ..Self::default() })
    }

    /// Finds `{"error": {..}}`, `{"error": ".."}`, `{"detail": ..}`, a list with one of these, or the inner object alone.
    pub(super) fn in_value(value: &Value) -> Option<Self> {
        if let Value::String(text) = value {
            return Some(Self { message: text.clone(), ..Self::default() });
        }
        let outer = value.get(0).unwrap_or(value);
        let first = outer["errors"].get(0).or_else(|| outer["detail"].get(0));
        let inner = outer.get("error").filter(|error| !error.is_null()).or(first).unwrap_or(outer);
        let says = ["message", "msg", "detail", "error_description", "reason"];
        let message = word(inner).map(str::to_owned).or_else(|| {
            let found = says.into_iter().find_map(|name| {
                let text = text_of(&inner[name]);
                (!text.trim().is_empty()).then(|| text.into_owned())
            });
            found.or_else(|| word(&outer["message"]).map(str::to_owned))
        });
        let words =
            ["code", "type", "status"].into_iter().flat_map(|key| [word(&inner[key]), word(&outer[key])]);
        let codes: Vec<String> = words.flatten().map(str::to_owned).collect();
        let status = [&inner["code"], &inner["status"], &inner["status_code"], &outer["code"]];
        let status = status.into_iter().find_map(number).and_then(|code| code.try_into().ok());
        // A router's own words say little; those of the provider behind it say what happened.
        let raw = text_of(&inner["metadata"]["raw"]);
        let message = match (message, raw.trim()) {
            (Some(message), "") => message,
            (Some(message), raw) => format!("{message}: {raw}"),
            (None, _) if status.is_none() && codes.is_empty() && !inner.is_object() => return None,
            (None, raw) if raw.is_empty() && inner.as_object().is_none_or(serde_json::Map::is_empty) => {
                String::new()
            }
            (None, _) => inner.to_string(),
        };
        Some(Self { message, codes, status })
    }

    /// Whether it can be nothing but an error: it has words that say so.
    pub(super) fn is_clear(&self) -> bool {
        !self.message.is_empty() && !self.message.starts_with('{')
    }

    /// The words without markup; never none.
    pub(super) fn words(&self) -> String {
        let words = plain(&self.message);
        if words.is_empty() {
            self.codes.first().cloned().unwrap_or_else(|| "no reason given".to_owned())
        } else {
            words
        }
    }

    pub(super) fn kind(&self, status: Option<u16>) -> ModelErrorKind {
        use ModelErrorKind as K;
        let by_status = status.filter(|status| (300..600).contains(status)).map(|status| match status {
            401 | 403 => K::Unauthorized,
            408 | 504 => K::TimedOut,
            413 => K::TooLong,
            402 => K::NoCredit,
            429 => K::RateLimited,
            500.. => K::ServerError,
            _ => K::Refused,
        });
        match by_status.unwrap_or_else(|| self.kind_by_code()) {
            K::Refused | K::ServerError if self.is_output_too_long() => K::OutputTooLong,
            K::Refused | K::ServerError if self.is_too_long() => K::TooLong,
            K::Refused if self.is_wrong_key() => K::Unauthorized,
            K::Refused if self.is_unknown_model() => K::UnknownModel,
            K::RateLimited | K::Refused if self.has_code(&["insufficient_quota", "billing_error"]) => {
                K::NoCredit
            }
            kind => kind,
        }
    }

    fn kind_by_code(&self) -> ModelErrorKind {
        use ModelErrorKind as K;
        let named = self.codes.iter().find_map(|code| match code.to_lowercase().as_str() {
            "authentication_error"
            | "permission_error"
            | "invalid_api_key"
            | "permission_denied"
            | "unauthenticated" => Some(K::Unauthorized),
            "rate_limit_error" | "rate_limit_exceeded" | "resource_exhausted" => Some(K::RateLimited),
            "timeout_error" | "deadline_exceeded" => Some(K::TimedOut),
            "invalid_request_error"
            | "model_not_found"
            | "not_found_error"
            | "billing_error"
            | "badrequesterror"
            | "invalid_argument"
            | "not_found"
            | "insufficient_quota"
            | "failed_precondition" => Some(K::Refused),
            _ => None,
        });
        named.unwrap_or(K::ServerError)
    }

    fn has_code(&self, codes: &[&str]) -> bool {
        self.codes.iter().any(|code| codes.contains(&code.as_str()))
    }

    fn is_output_too_long(&self) -> bool {
        let message = self.message.to_lowercase();
        OUTPUT_LIMITS.iter().any(|name| message.contains(name)) && !message.contains("unsupported parameter")
    }

    fn is_wrong_key(&self) -> bool {
        let message = self.message.to_lowercase();
        WRONG_KEY.iter().any(|words| message.contains(words))
    }

    fn is_unknown_model(&self) -> bool {
        let message = self.message.to_lowercase();
        self.has_code(&["model_not_found"])
            || (self.has_code(&["not_found_error"]) && message.starts_with("model:"))
            || (message.contains("model") && UNKNOWN_MODEL.iter().any(|words| message.contains(words)))
    }

    fn is_too_long(&self) -> bool {
        let message = self.message.to_lowercase();
        self.has_code(&["context_length_exceeded", "exceed_context_size_error", "request_too_large"])
            || TOO_LONG.iter().any(|words| message.contains(words))
    }
}

/// `text` in one line. Of a web page the words are left, without tags, scripts and styles.
pub(super) fn plain(text: &str) -> String {
    let is_page = text.trim_start().starts_with('<') && text.contains('>');
    let words = if is_page { without_markup(text) } else { text.to_owned() };
    words.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn without_markup(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let mut words = String::new();
    let mut place = 0;
    while let Some(open) = page[place..].find('<').map(|offset| place + offset) {
        words.push_str(&page[place..open]);
        words.push(' ');
        let hidden = ["script", "style"].into_iter().find(|name| lower[open + 1..].starts_with(name));
        let end = match hidden {
            Some(name) => lower[open..].find(&format!("</{name}")).map(|offset| open + offset),
            None => Some(open),
        };
        let close = end.and_then(|end| page[end..].find('>').map(|offset| end + offset));
        place = close.map_or(page.len(), |close| close + 1);
    }
    words.push_str(&page[place..]);
    let entities =
        [("&nbsp;", " "), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")];
    entities.into_iter().fold(words, |words, (entity, text)| words.replace(entity, text))
}
