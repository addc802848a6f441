//! The caller, by what a request carries: the same on every wire that takes a bearer token.

use std::sync::Arc;

use sophon_model::{Caller, Error, Id, Kind, NodeCaller, NodeId, Origin, Result};

use super::{NamedTenant, Outsider, rejected};
use crate::gateway::Gateway;

/// The credential that a request presents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presented<'a> {
    /// None.
    Nothing,
    /// This one, good or not.
    Bearer(&'a str),
    /// Something that cannot be one: of another scheme, or more than one.
    Unusable,
}

impl<'a> Presented<'a> {
    /// By the values of the request's `Authorization` headers.
    pub fn in_headers(values: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut values = values.into_iter();
        match (values.next(), values.next()) {
            (None, _) => Presented::Nothing,
            (Some(value), None) => bearer(value).map_or(Presented::Unusable, Presented::Bearer),
            // Which one counts is not for us to choose.
            (Some(_), Some(_)) => Presented::Unusable,
        }
    }
}

fn bearer(value: &[u8]) -> Option<&str> {
    let (scheme, credential) = std::str::from_utf8(value).ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(credential.trim())
}

/// The outcome of looking at a request's credential.
#[derive(Clone, Debug)]
pub enum Identified {
    /// It is good.
    Caller(Caller),
    /// It is good, but of a sign-in with a password that somebody else chose: that is to be changed first.
    PasswordDue(Caller),
    /// It is good, but not for the tenant that the request is about.
    Outsider(Outsider),
    /// It is a node's, and good.
    Node(NodeCaller),
    /// There is none.
    Nobody,
    /// It is not good. What needs nobody is served all the same: a page with a stale token can still sign in.
    Rejected,
}

impl From<&Caller> for Identified {
    fn from(caller: &Caller) -> Self {
        Self::Caller(caller.clone())
    }
}

impl From<&NodeCaller> for Identified {
    fn from(node: &NodeCaller) -> Self {
        Self::Node(node.clone())
    }
}

impl Identified {
    /// With where its request came from.
    #[must_use]
    pub fn from(mut self, origin: &Arc<Origin>) -> Self {
        match &mut self {
            Self::Caller(caller) | Self::PasswordDue(caller) => caller.origin = origin.clone(),
            Self::Outsider(outsider) => outsider.origin = origin.clone(),
            Self::Node(node) => node.origin = origin.clone(),
            Self::Nobody | Self::Rejected => {}
        }
        self
    }

    /// Where its request came from, as far as that is known.
    pub fn origin(&self) -> Arc<Origin> {
        match self {
            Self::Caller(caller) | Self::PasswordDue(caller) => caller.origin.clone(),
            Self::Outsider(outsider) => outsider.origin.clone(),
            Self::Node(node) => node.origin.clone(),
            Self::Nobody | Self::Rejected => Arc::default(),
        }
    }

    /// The person, if there is one.
    pub fn caller(&self) -> Option<&Caller> {
        match self {
            Self::Caller(caller) => Some(caller),
            Self::PasswordDue(_) | Self::Outsider(_) | Self::Node(_) | Self::Nobody | Self::Rejected => None,
        }
    }

    /// The person, who must be somebody.
    pub fn require_user(&self) -> Result<&Caller> {
        match self {
            Self::Caller(caller) => Ok(caller),
            Self::PasswordDue(_) => Err(password_due()),
            Self::Outsider(outsider) => Err(outsider.refusal()),
            Self::Node(_) | Self::Nobody | Self::Rejected => Err(rejected()),
        }
    }

    /// The person in what concerns its own account: also one that has to change its password first.
    pub fn account(&self) -> Result<&Caller> {
        match self {
            Self::PasswordDue(caller) => Ok(caller),
            other => other.require_user(),
        }
    }

    /// The person, or nobody. A credential that is not good is refused here too, so that its owner learns of it.
    pub fn optional_user(&self) -> Result<Option<&Caller>> {
        match self {
            Self::Caller(caller) => Ok(Some(caller)),
            Self::Nobody => Ok(None),
            Self::PasswordDue(_) => Err(password_due()),
            Self::Outsider(outsider) => Err(outsider.refusal()),
            // A node acts for nobody.
            Self::Node(_) | Self::Rejected => Err(rejected()),
        }
    }

    /// The node. A person is `not_authorized`: nobody acts for a node.
    pub fn node(&self) -> Result<&NodeCaller> {
        match self {
            Self::Node(node) => Ok(node),
            Self::Caller(_) | Self::PasswordDue(_) | Self::Outsider(_) => {
                Err(Error::new(Kind::NotAuthorized, "This address is for nodes, with their own token."))
            }
            Self::Nobody | Self::Rejected => Err(rejected()),
        }
    }
}

fn password_due() -> Error {
    let text = "Your password was chosen by somebody else. Choose one of your own first: with `sophon \
        password`, in the dashboard, or with POST /api/auth/password.";
    Error::new(Kind::NotAuthorized, text).with_code("password_change_required")
}

impl Gateway {
    /// The caller with this credential, in the tenant that the request names; without a credential it is the administrator,
    /// if the gateway is for one person alone. An error means that this is not known now.
    pub async fn identify(&self, presented: Presented<'_>, named: NamedTenant) -> Result<Identified> {
        let credential = match presented {
            Presented::Bearer(credential) => credential,
            Presented::Unusable => return Ok(Identified::Rejected),
            Presented::Nothing => return self.identity.auto_admin_in(named).await,
        };
        let identified = if credential.starts_with(NodeId::PREFIX) {
            self.nodes.authenticate(credential).await.map(Identified::Node)
        } else {
            self.identity.recognize(credential, named).await
        };
        match identified {
            Err(error) if error.kind() == Kind::Unauthenticated => Ok(Identified::Rejected),
            other => other,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_header_of_the_bearer_scheme_carries_a_credential() {
        let presented = |values: &[&'static str]| {
            Presented::in_headers(values.iter().map(|value| value.as_bytes()).collect::<Vec<_>>())
        };
        assert_eq!(presented(&["Bearer abc"]), Presented::Bearer("abc"));
        assert_eq!(presented(&["bearer  abc "]), Presented::Bearer("abc"));
        assert_eq!(presented(&[]), Presented::Nothing);
        for unusable in [&["Basic abc"][..], &["abc"], &[""], &["Bearer abc", "Bearer abc"]] {
            assert_eq!(presented(unusable), Presented::Unusable, "{unusable:?}");
        }
        assert_eq!(Presented::in_headers([&b"Bearer \xff"[..]]), Presented::Unusable);
    }
}
