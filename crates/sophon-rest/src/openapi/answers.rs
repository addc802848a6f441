//! What is true of the answers of every operation: their headers, and how it can fail.

use http::{Method, StatusCode};
use utoipa::openapi::path::{Operation, ParameterIn};
use utoipa::openapi::{RefOr, Response};

use super::{failures, headers};
use crate::class::Class;

/// Completes the answers of an operation, by what its route is. A client error that the handler lists without a body
/// becomes the one that all operations share.
pub(crate) fn describe(method: &Method, operation: &mut Operation, class: Class, takes_key: bool) {
    let is_limited = class.rate().is_some();
    let failures = possible_failures(method, operation, is_limited, takes_key);
    let answers = &mut operation.responses.responses;
    for (status, answer) in answers.iter_mut() {
        let Ok(status) = status.parse::<StatusCode>() else { continue };
        let RefOr::T(described) = answer else { continue };
        if status.is_client_error() && described.content.is_empty() {
            *answer = failures::refer_to(Some(status));
        } else {
            complete(status, described, is_limited);
        }
    }
    for status in failures {
        answers.entry(status.as_str().to_owned()).or_insert_with(|| failures::refer_to(Some(status)));
    }
    answers.insert("default".into(), failures::refer_to(None));
}

fn complete(status: StatusCode, answer: &mut Response, is_limited: bool) {
    if answer.description.is_empty() {
        status.canonical_reason().unwrap_or_default().clone_into(&mut answer.description);
    }
    if status == StatusCode::CREATED {
        headers::add(answer, "Location");
    }
    headers::add_common(answer, is_limited);
}

/// The client errors that follow from what a route is. Those that follow from what it does are for its handler to list.
fn possible_failures(
    method: &Method,
    operation: &Operation,
    is_limited: bool,
    takes_key: bool,
) -> Vec<StatusCode> {
    let takes_in = |place: &ParameterIn| {
        let mut parameters = operation.parameters.iter().flatten();
        parameters.any(|parameter| matches!(parameter, RefOr::T(named) if named.parameter_in == *place))
    };
    let (names_a_thing, has_query) = (takes_in(&ParameterIn::Path), takes_in(&ParameterIn::Query));
    let has_body = operation.request_body.is_some();
    let is_conditional = matches!(*method, Method::PUT | Method::PATCH);
    let all = [
        (StatusCode::BAD_REQUEST, true),
        (StatusCode::UNAUTHORIZED, true),
        (StatusCode::FORBIDDEN, true),
        (StatusCode::NOT_FOUND, names_a_thing),
        (StatusCode::CONFLICT, takes_key),
        (StatusCode::PRECONDITION_FAILED, is_conditional),
        (StatusCode::PAYLOAD_TOO_LARGE, has_body || takes_key),
        (StatusCode::UNSUPPORTED_MEDIA_TYPE, has_body),
        (StatusCode::UNPROCESSABLE_ENTITY, has_body || takes_key || names_a_thing || has_query),
        (StatusCode::TOO_MANY_REQUESTS, is_limited),
    ];
    all.into_iter().filter(|(_, is_possible)| *is_possible).map(|(status, _)| status).collect()
}
