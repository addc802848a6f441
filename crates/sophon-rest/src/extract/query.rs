//! Query strings.

use axum::extract::{FromRequestParts, Query};
use http::request::Parts;
use serde::de::DeserializeOwned;
use sophon_model::Error;

use crate::error::{ApiError, Result};

/// The query string as `T`. `T` denies unknown fields, so that a misspelt filter is an error rather than no filter.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let parsed = Query::<T>::try_from_uri(&parts.uri);
        parsed.map(|Query(params)| Self(params)).map_err(|error| Error::invalid(error.body_text()).into())
    }
}
