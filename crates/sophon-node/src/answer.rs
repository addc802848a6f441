//! What the gateway is told of a command.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A result, as JSON, in bytes: what the gateway takes.
const LARGEST_RESULT: usize = 256 * 1024;

/// What came of a command.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub(crate) struct Answer {
    ok: bool,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    result: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    error: Option<Reason>,
}

/// Why it was not done.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
struct Reason {
    code: String,
    message: String,
}

impl Answer {
    pub(crate) fn done(result: Value) -> Self {
        Self { ok: true, result, error: None }
    }

    pub(crate) fn failed(code: &str, message: impl Into<String>) -> Self {
        let reason = Reason { code: code.to_owned(), message: message.into() };
        Self { ok: false, result: Value::Null, error: Some(reason) }
    }

    /// The same, or that its result is larger than the gateway takes.
    pub(crate) fn bounded(self) -> Self {
        if self.result.to_string().len() <= LARGEST_RESULT {
            return self;
        }
        Self::failed("failed", format!("It was done, but its result has more than {LARGEST_RESULT} bytes."))
    }
}
