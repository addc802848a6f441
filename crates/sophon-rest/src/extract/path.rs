//! Ids in addresses.

use axum::extract::{FromRequestParts, Path};
use http::request::Parts;
use sophon_model::Error;

use crate::error::{ApiError, Result};

/// The `{id}` of an address, as an id of whatever kind. Whether there is such a thing is for the core to say.
pub(crate) struct Id<T>(pub(crate) T);

impl<T: From<String>, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let text = Path::<String>::from_request_parts(parts, state).await;
        let Path(text) =
            text.map_err(|error| Error::invalid("The address is not UTF-8 text.").with_cause(error))?;
        Ok(Self(text.into()))
    }
}

/// The two ids of an address, the outer one first.
pub(crate) struct Ids<T, U>(pub(crate) T, pub(crate) U);

impl<T: From<String>, U: From<String>, S: Send + Sync> FromRequestParts<S> for Ids<T, U> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let texts = Path::<(String, String)>::from_request_parts(parts, state).await;
        let Path((outer, inner)) =
            texts.map_err(|error| Error::invalid("The address is not UTF-8 text.").with_cause(error))?;
        Ok(Self(outer.into(), inner.into()))
    }
}
