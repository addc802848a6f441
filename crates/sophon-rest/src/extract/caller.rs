//! The caller of a request. The credential is checked once a request, before its handler; these extractors hand out the
//! result.

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, header};
use sophon_core::Gateway;
use sophon_core::identity::{Identified, NamedTenant, Presented, TENANT_HEADER};
use sophon_model::{Caller, Error, NodeCaller};

use crate::error::{ApiError, Result};

/// Looks at the credential and at the tenant that the request names. The credential is the one `Authorization: Bearer` header. No other carrier is known here, and above all
/// not the address, which ends up in logs.
pub(crate) async fn identify(gateway: &Gateway, headers: &HeaderMap) -> Result<Identified> {
    let values = |name| headers.get_all(name).iter().map(HeaderValue::as_bytes);
    let named = NamedTenant::in_headers(values(HeaderName::from_static(TENANT_HEADER)));
    Ok(gateway.identify(Presented::in_headers(values(header::AUTHORIZATION)), named).await?)
}

fn identified(parts: &Parts) -> Result<&Identified> {
    let missing = || Error::internal("a handler that asks for its caller is not behind the gate");
    Ok(parts.extensions.get::<Identified>().ok_or_else(missing)?)
}

/// The caller, who must be somebody. What the caller may do is for the core to say.
pub(crate) struct Authorized(pub(crate) Caller);

impl<S: Sync> FromRequestParts<S> for Authorized {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(Self(identified(parts)?.require_user()?.clone()))
    }
}

/// The caller of what concerns its own account, for which a password that is due to be changed is good.
pub(crate) struct Account(pub(crate) Caller);

impl<S: Sync> FromRequestParts<S> for Account {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(Self(identified(parts)?.account()?.clone()))
    }
}

/// The caller, or nobody.
pub(crate) struct MaybeCaller(pub(crate) Option<Caller>);

impl<S: Sync> FromRequestParts<S> for MaybeCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(Self(identified(parts)?.optional_user()?.cloned()))
    }
}

/// The node that asks.
pub(crate) struct AuthorizedNode(pub(crate) NodeCaller);

impl<S: Sync> FromRequestParts<S> for AuthorizedNode {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        Ok(Self(identified(parts)?.node()?.clone()))
    }
}
