//! Headers that mean something to a handler.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{Extensions, HeaderValue};
use sophon_core::identity::{self, NamedTenant, TENANT_HEADER};
use sophon_model::Origin;

use crate::error::{ApiError, Result};

/// What is known of the device that signs in.
pub(crate) struct Device(pub(crate) identity::Device);

impl<S: Sync> FromRequestParts<S> for Device {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        let Origin { address, user_agent, request_id } = origin(&parts.extensions).as_ref().clone();
        Ok(Self(identity::Device { user_agent, address, request_id }))
    }
}

/// From where a request comes, by its extensions.
pub(crate) fn origin(extensions: &Extensions) -> Arc<Origin> {
    extensions.get::<Arc<Origin>>().cloned().unwrap_or_default()
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
