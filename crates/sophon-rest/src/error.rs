//! Errors as this wire sends them: the one place where a meaning becomes a status.
//!
//! The body needs the id of the request, which only [`crate::request_id`] knows: the error travels to it with the
//! response, and is logged and written there, once.

use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use sophon_api::Failure;
use sophon_core::only_if::PRECONDITION_FAILED;
use sophon_model::{Error, Kind};

/// The result of every handler and extractor.
pub(crate) type Result<T, E = ApiError> = std::result::Result<T, E>;

/// An error with its status.
#[derive(Debug)]
pub(crate) struct ApiError {
    status: StatusCode,
    error: Error,
}

impl ApiError {
    /// With another status than that of its meaning, for what only HTTP knows.
    pub(crate) fn with_status(status: StatusCode, error: Error) -> Self {
        Self { status, error }
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        let status = match error.code() {
            PRECONDITION_FAILED => StatusCode::PRECONDITION_FAILED,
            _ => status(error.kind()),
        };
        Self { status, error }
    }
}

/// The status of a meaning, by the table of seed 001.
fn status(kind: Kind) -> StatusCode {
    match kind {
        Kind::InvalidRequest => StatusCode::BAD_REQUEST,
        Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
        Kind::NotAuthorized => StatusCode::FORBIDDEN,
        Kind::NotFound => StatusCode::NOT_FOUND,
        Kind::Conflict => StatusCode::CONFLICT,
        Kind::PayloadTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Kind::ValidationFailed => StatusCode::UNPROCESSABLE_ENTITY,
        Kind::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Kind::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Kind::UpstreamUnavailable => StatusCode::BAD_GATEWAY,
        Kind::ServiceUnavailable => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// An error of another wire under `/api`, in the envelope of this one. [`front`](crate::front) writes the body.
pub fn error_response(error: Error) -> Response {
    ApiError::from(error).into_response()
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        let headers = response.headers_mut();
        if let Some(wait) = self.error.retry_after() {
            headers.insert(header::RETRY_AFTER, whole_seconds(wait).into());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.extensions_mut().insert(Failure(Arc::new(self.error)));
        response
    }
}

/// Rounded up: who waits this long does not come too early.
pub(crate) fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_meaning_has_the_status_of_the_seed() {
        let statuses = Kind::ALL.map(|kind| (kind.code(), status(kind).as_u16()));
        let of_the_seed = [
            ("invalid_request", 400),
            ("unauthenticated", 401),
            ("not_authorized", 403),
            ("not_found", 404),
            ("conflict", 409),
            ("payload_too_large", 413),
            ("validation_failed", 422),
            ("rate_limited", 429),
            ("internal_error", 500),
            ("upstream_unavailable", 502),
            ("service_unavailable", 503),
        ];
        assert_eq!(statuses, of_the_seed);
    }

    #[test]
    fn the_time_to_wait_is_told_in_whole_seconds_and_never_too_short() {
        let error = Error::new(Kind::RateLimited, "Wait.").with_retry_after(Duration::from_millis(1_001));
        let response = ApiError::from(error).into_response();
        assert_eq!(response.status(), 429);
        assert_eq!(response.headers()["retry-after"], "2");
    }
}
