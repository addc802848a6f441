//! Headers that mean something to a handler.

use axum::extract::FromRequestParts;
use http::HeaderValue;
use http::header::USER_AGENT;
use http::request::Parts;
use sophon_core::identity::{self, NamedTenant, TENANT_HEADER};
use sophon_core::network::ClientAddress;

use crate::error::{ApiError, Result};

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

/// The tenant that the request names, for who is about to sign in. The gate has entered it for who has.
pub(crate) struct Tenant(pub(crate) NamedTenant);

impl<S: Sync> FromRequestParts<S> for Tenant {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let named = parts.headers.get_all(TENANT_HEADER).iter().map(HeaderValue::as_bytes);
        Ok(Self(NamedTenant::in_headers(named)))
    }
}
