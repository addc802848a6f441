//! Headers that mean something to a handler.

use axum::extract::FromRequestParts;
use http::header::USER_AGENT;
use http::request::Parts;
use sophon_core::identity::{self, TENANT_HEADER};
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

/// The tenants that the request names. Of those who signed in, the gate has looked at them.
pub(crate) struct NamedTenants(pub(crate) Vec<String>);

impl<S: Sync> FromRequestParts<S> for NamedTenants {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let named = parts.headers.get_all(TENANT_HEADER).iter();
        Ok(Self(named.map(|slug| String::from_utf8_lossy(slug.as_bytes()).into_owned()).collect()))
    }
}
