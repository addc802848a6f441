//! Headers that mean something to a handler.

use axum::extract::FromRequestParts;
use http::header::USER_AGENT;
use http::request::Parts;
use sophon_core::identity;
use sophon_core::network::ClientAddress;
use sophon_model::Error;

use crate::error::{ApiError, Result};

const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The key under which a request is applied once.
pub(crate) struct IdempotencyKey(pub(crate) Option<String>);

impl<S: Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let Some(key) = parts.headers.get(IDEMPOTENCY_KEY) else { return Ok(Self(None)) };
        let key = key.to_str().map_err(|_| Error::invalid("An Idempotency-Key is visible ASCII text."))?;
        Ok(Self(Some(key.to_owned())))
    }
}

/// What is known of the device that signs in.
pub(crate) struct Device(pub(crate) identity::Device);

impl<S: Sync> FromRequestParts<S> for Device {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let user_agent = parts.headers.get(USER_AGENT).and_then(|name| name.to_str().ok());
        let address = parts.extensions.get::<ClientAddress>().and_then(|address| address.0);
        Ok(Self(identity::Device { user_agent: user_agent.map(ToOwned::to_owned), address }))
    }
}
