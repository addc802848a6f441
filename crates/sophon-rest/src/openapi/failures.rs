//! How operations fail: an answer for each status, described once, with an example.

use std::collections::BTreeMap;

use http::StatusCode;
use serde_json::{Value, json};
use sophon_api::ErrorBody;
use utoipa::ToSchema;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use super::headers;

/// The component for all statuses that are not listed.
const OTHER: &str = "Failure";

/// An answer that is an error.
struct Failure {
    /// Nothing for all that is not listed.
    status: Option<StatusCode>,
    /// The name of the component.
    name: &'static str,
    about: &'static str,
    code: &'static str,
    message: &'static str,
    /// The field that the example complains about.
    field: Option<&'static str>,
    header: Option<&'static str>,
}

const fn failure(
    status: StatusCode,
    name: &'static str,
    about: &'static str,
    code: &'static str,
    message: &'static str,
) -> Failure {
    Failure { status: Some(status), name, about, code, message, field: None, header: None }
}

const FAILURES: [Failure; 12] = [
    Failure {
        field: Some("limit"),
        ..failure(
            StatusCode::BAD_REQUEST,
            "BadRequest",
            "The request cannot be read: its query, a header or its JSON is malformed.",
            "invalid_request",
            "`limit` must be a whole number.",
        )
    },
    Failure {
        header: Some("WWW-Authenticate"),
        ..failure(
            StatusCode::UNAUTHORIZED,
            "Unauthenticated",
            "The credential is missing, expired or revoked.",
            "unauthenticated",
            "The credential is missing, wrong or no longer valid. Sign in again.",
        )
    },
    failure(
        StatusCode::FORBIDDEN,
        "NotAuthorized",
        "The caller may not do this, or the page that sends the request may not call this gateway.",
        "not_authorized",
        "Missing required permission: ManageAgents",
    ),
    failure(
        StatusCode::NOT_FOUND,
        "NotFound",
        "It does not exist, or the caller may not see it.",
        "not_found",
        "There is no such session.",
    ),
    failure(
        StatusCode::CONFLICT,
        "Conflict",
        "It is not in a state in which this can be done, or the `Idempotency-Key` belongs to another request.",
        "already_resolved",
        "Somebody has answered already: approved. The first answer counts.",
    ),
    failure(
        StatusCode::PRECONDITION_FAILED,
        "PreconditionFailed",
        "It is not as `If-Match` or `If-None-Match` says.",
        "precondition_failed",
        "It was changed meanwhile. Read it again, and repeat the change.",
    ),
    failure(
        StatusCode::PAYLOAD_TOO_LARGE,
        "PayloadTooLarge",
        "The body, or what it would be stored with, is too large.",
        "payload_too_large",
        "The body has more than 1048576 bytes.",
    ),
    failure(
        StatusCode::UNSUPPORTED_MEDIA_TYPE,
        "UnsupportedMediaType",
        "The body is not of a media type that this takes, or it is compressed.",
        "unsupported_media_type",
        "Send the body as application/json, and say so in Content-Type.",
    ),
    failure(
        StatusCode::RANGE_NOT_SATISFIABLE,
        "RangeNotSatisfiable",
        "The file has no such range.",
        "range_not_satisfiable",
        "The file has 48213 bytes, and no such range.",
    ),
    Failure {
        field: Some("title"),
        ..failure(
            StatusCode::UNPROCESSABLE_ENTITY,
            "ValidationFailed",
            "A value is not acceptable; `error.details` names the field.",
            "validation_failed",
            "`title` has at most 200 characters.",
        )
    },
    Failure {
        header: Some("Retry-After"),
        ..failure(
            StatusCode::TOO_MANY_REQUESTS,
            "RateLimited",
            "Too many requests of this kind; `Retry-After` says when to send the next one.",
            "rate_limited",
            "Too many requests of this kind. Try again in 3 s.",
        )
    },
    Failure {
        status: None,
        header: Some("Retry-After"),
        ..failure(
            StatusCode::INTERNAL_SERVER_ERROR,
            OTHER,
            "Any other error; `error.code` says which.",
            "service_unavailable",
            "The gateway is stopping. Send the request again in a moment.",
        )
    },
];

/// The answers that are errors, by the names of their components.
pub(super) fn components() -> BTreeMap<String, RefOr<Response>> {
    FAILURES.iter().map(|failure| (failure.name.to_owned(), failure.response().into())).collect()
}

impl Failure {
    fn response(&self) -> Response {
        let content = ContentBuilder::new()
            .schema(Some(Ref::from_schema_name(ErrorBody::name())))
            .example(Some(self.example()))
            .build();
        let mut response =
            ResponseBuilder::new().description(self.about).content("application/json", content).build();
        headers::add_common(&mut response, true);
        if let Some(header) = self.header {
            headers::add(&mut response, header);
        }
        response
    }

    fn example(&self) -> Value {
        let mut error = json!({
            "code": self.code,
            "message": self.message,
            "requestId": "req_0197c6c0a4d37b2e9f6a3c5d7e8f9a0b",
        });
        if let Some(field) = self.field {
            error["details"] = json!({ "field": field, "reason": self.message });
        }
        json!({ "error": error })
    }
}

/// Refers to the answer of a status; without one that is known here, to that of all statuses that are not listed.
pub(super) fn refer_to(status: Option<StatusCode>) -> RefOr<Response> {
    let known = FAILURES.iter().find(|failure| failure.status == status);
    Ref::from_response_name(known.map_or(OTHER, |failure| failure.name)).into()
}
