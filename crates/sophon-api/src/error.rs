//! Errors.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sophon_model::Error;
use utoipa::ToSchema;

/// The body of every response that is an error.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: ErrorInfo,
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ErrorInfo {
    /// A stable code to switch on.
    #[schema(example = "not_authorized")]
    pub code: String,
    /// A text for people.
    #[schema(example = "Missing required permission: ManageAgents")]
    pub message: String,
    /// Facts about this error, for example `{"field", "reason"}` of a value that is not acceptable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub details: Option<Value>,
    /// The id of the request, which the log names too.
    #[schema(example = "req_0197c6c0a4d37b2e9f6a3c5d7e8f9a0b")]
    pub request_id: String,
}

impl ErrorBody {
    /// What is sent of `error`, which happened in the request of this id.
    pub fn new(error: &Error, request_id: &str) -> Self {
        Self {
            error: ErrorInfo {
                code: error.code().to_owned(),
                message: error.message().to_owned(),
                details: error.details().cloned().or_else(|| fact_of_field(error)),
                request_id: request_id.to_owned(),
            },
        }
    }
}

/// The error of a response whose body is still to be written. A wire below `/api` leaves it on the response; where the id
/// of the request is known, the envelope is written.
#[derive(Clone, Debug)]
pub struct Failure(pub Arc<Error>);

/// What is sent about a value that is not acceptable.
fn fact_of_field(error: &Error) -> Option<Value> {
    let field = spelled(error.field()?);
    Some(json!({ "field": field, "reason": error.message() }))
}

/// How the API spells a field of the model.
fn spelled(field: &str) -> String {
    match field {
        "edited_arguments" => "modifiedParams".to_owned(),
        "idempotency_key" => "Idempotency-Key".to_owned(),
        "if_match" => "If-Match".to_owned(),
        "if_none_match" => "If-None-Match".to_owned(),
        _ => {
            let mut words = field.split('_');
            let first = words.next().unwrap_or_default().to_owned();
            words.fold(first, |mut spelled, word| {
                let (initial, rest) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
                spelled.push_str(&initial.to_uppercase());
                spelled.push_str(rest);
                spelled
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_body_says_nothing_of_the_cause() {
        let error = Error::internal("disk sda1 is on fire");
        let body = serde_json::to_string(&ErrorBody::new(&error, "req_1")).unwrap();
        assert!(body.contains("req_1") && !body.contains("sda1"), "{body}");
    }

    #[test]
    fn a_field_of_the_model_is_spelled_as_the_api_has_it() {
        for (field, told) in [
            ("title", "title"),
            ("expires_in_days", "expiresInDays"),
            ("panelists[1]", "panelists[1]"),
            ("edited_arguments", "modifiedParams"),
            ("idempotency_key", "Idempotency-Key"),
            ("if_match", "If-Match"),
            ("if_none_match", "If-None-Match"),
        ] {
            let body = ErrorBody::new(&Error::validation(field, "No."), "req_1");
            assert_eq!(body.error.details, Some(json!({ "field": told, "reason": "No." })));
        }
    }
}
