//! The answer to a request that has made something.

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde::Serialize;

/// 201, with what was made and its address.
pub(crate) struct Created<T> {
    place: String,
    made: T,
}

impl<T> Created<T> {
    /// `place` is a path that begins with `/api`. The path under which a proxy shows the gateway is put in front of it later.
    pub(crate) fn at(place: String, made: T) -> Self {
        Self { place, made }
    }
}

impl<T: Serialize> IntoResponse for Created<T> {
    fn into_response(self) -> Response {
        let mut response = (StatusCode::CREATED, Json(self.made)).into_response();
        if let Ok(place) = HeaderValue::try_from(self.place) {
            response.headers_mut().insert(header::LOCATION, place);
        }
        response
    }
}
