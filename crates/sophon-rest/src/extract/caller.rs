//! Who asks. The credential is looked at once a request, before its handler; these extractors hand out the result.

use axum::extract::FromRequestParts;
use http::request::Parts;
use http::{HeaderMap, header};
use sophon_core::Gateway;
use sophon_model::{Caller, Error, Id, Kind, NodeCaller, NodeId};

use crate::error::{ApiError, Result};

/// The outcome of looking at a request's credential.
#[derive(Clone, Debug)]
pub(crate) enum Identified {
    /// It is good.
    Caller(Caller),
    /// It is a node's, and good.
    Node(NodeCaller),
    /// There is none.
    Nobody,
    /// It is not good. Routes that need nobody are served all the same: a page with a stale token can still sign in.
    Rejected,
}

impl Identified {
    pub(crate) fn caller(&self) -> Option<&Caller> {
        match self {
            Self::Caller(caller) => Some(caller),
            Self::Node(_) | Self::Nobody | Self::Rejected => None,
        }
    }
}

/// Looks at the credential: the one `Authorization: Bearer` header. No other carrier is known here, and above all
/// not the address, which ends up in logs.
pub(crate) async fn identify(gateway: &Gateway, headers: &HeaderMap) -> Result<Identified> {
    let mut credentials = headers.get_all(header::AUTHORIZATION).iter();
    let Some(first) = credentials.next() else {
        return Ok(gateway.identity.auto_admin().cloned().map_or(Identified::Nobody, Identified::Caller));
    };
    let bearer = first.to_str().ok().and_then(bearer).filter(|_| credentials.next().is_none());
    let Some(bearer) = bearer else { return Ok(Identified::Rejected) };
    let identified = if bearer.starts_with(NodeId::PREFIX) {
        gateway.nodes.authenticate(bearer).await.map(Identified::Node)
    } else {
        gateway.identity.authenticate(bearer).await.map(Identified::Caller)
    };
    match identified {
        Ok(identified) => Ok(identified),
        Err(error) if error.kind() == Kind::Unauthenticated => Ok(Identified::Rejected),
        Err(error) => Err(error.into()),
    }
}

fn bearer(value: &str) -> Option<&str> {
    let (scheme, credential) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(credential.trim())
}

fn rejected() -> ApiError {
    Error::unauthenticated("The credential is missing, wrong or no longer valid. Sign in again.").into()
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
        identified(parts)?.caller().cloned().map(Self).ok_or_else(rejected)
    }
}

/// The caller, or nobody. A credential that is not good is refused here too, so that its owner learns of it.
pub(crate) struct MaybeCaller(pub(crate) Option<Caller>);

impl<S: Sync> FromRequestParts<S> for MaybeCaller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        match identified(parts)? {
            Identified::Caller(caller) => Ok(Self(Some(caller.clone()))),
            Identified::Nobody => Ok(Self(None)),
            // A node acts for nobody.
            Identified::Node(_) | Identified::Rejected => Err(rejected()),
        }
    }
}

/// The node that asks. A person is `not_authorized`: nobody acts for a node.
pub(crate) struct AuthorizedNode(pub(crate) NodeCaller);

impl<S: Sync> FromRequestParts<S> for AuthorizedNode {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self> {
        match identified(parts)? {
            Identified::Node(node) => Ok(Self(node.clone())),
            Identified::Caller(_) => {
                Err(Error::new(Kind::NotAuthorized, "This address is for nodes, with their own token.")
                    .into())
            }
            Identified::Nobody | Identified::Rejected => Err(rejected()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::bearer;

    #[test]
    fn only_the_bearer_scheme_carries_a_credential() {
        assert_eq!(bearer("Bearer abc"), Some("abc"));
        assert_eq!(bearer("bearer  abc "), Some("abc"));
        assert_eq!(bearer("Basic abc"), None);
        assert_eq!(bearer("abc"), None);
        assert_eq!(bearer(""), None);
    }
}
