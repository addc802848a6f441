//! In which tenant somebody acts: the one that the request names, or else the home of the account.
//!
//! A sign-in is its user's, in all tenants of which the user is a member. An API token acts in the tenant that it was made
//! in and in no other one, so that nobody reaches further with it than its maker meant.

use std::sync::Arc;

use sophon_model::ports::{MemberFilter, Tx};
use sophon_model::{
    Credential, CustomRole, Error, Kind, Member, Origin, Permission, Permissions, Result, Role, TenantId,
    User, UserId,
};

/// The tenant that a request names, in the values of [`TENANT_HEADER`](super::TENANT_HEADER).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum NamedTenant {
    /// None.
    #[default]
    Unnamed,
    /// The one with this slug.
    Slug(String),
    /// More than one. Which one counts is not for us to choose.
    Several,
}

impl NamedTenant {
    /// By the values of the request's headers.
    pub fn in_headers<'a>(values: impl IntoIterator<Item = &'a [u8]>) -> Self {
        values.into_iter().fold(Self::Unnamed, |named, value| {
            let slug = String::from_utf8_lossy(value).into_owned();
            match named {
                Self::Unnamed => Self::Slug(slug),
                Self::Slug(known) if known == slug => Self::Slug(known),
                Self::Slug(_) | Self::Several => Self::Several,
            }
        })
    }
}

/// Somebody whose credential is good, but not for the tenant that the request is about.
#[derive(Clone, Debug)]
pub struct Outsider {
    /// The user.
    pub user: UserId,
    /// The user's e-mail address.
    pub email: String,
    /// The user's home.
    pub home: TenantId,
    /// By which proof.
    pub credential: Credential,
    /// Whether the request names a tenant.
    pub names_tenant: bool,
    /// From where the request came, if a wire has said so.
    pub origin: Arc<Origin>,
}

impl Outsider {
    pub(super) fn new(user: User, credential: Credential, named: &NamedTenant) -> Self {
        Self {
            user: user.id,
            email: user.email,
            home: user.tenant_id,
            credential,
            names_tenant: *named != NamedTenant::Unnamed,
            origin: Arc::default(),
        }
    }

    /// The answer: the same whether the tenant exists or not.
    pub fn refusal(&self) -> Error {
        if self.names_tenant {
            let text = "You do not belong to the tenant that the request names.";
            return Error::new(Kind::NotAuthorized, text);
        }
        let text = "Your tenant is not in use. Name another tenant of yours in X-Sophon-Tenant, or ask an administrator \
            of the gateway.";
        Error::new(Kind::NotAuthorized, text).with_code("tenant_disabled")
    }
}

/// What a request proves, before it is known in which tenant it acts.
pub(super) struct Proof {
    /// The credential.
    pub(super) credential: Credential,
    /// The only tenant that it is good for, if there is one.
    pub(super) tenant: Option<TenantId>,
}

impl Proof {
    /// One that is good for all tenants of its user.
    pub(super) fn of_person(credential: Credential) -> Self {
        Self { credential, tenant: None }
    }
}

/// The user in the tenant that a request is about, if it can act there.
pub(super) fn entered(
    tx: &dyn Tx,
    user: &User,
    named: &NamedTenant,
    proof: &Proof,
) -> Result<Option<Member>> {
    let bound = proof.tenant.as_ref();
    let found = match named {
        NamedTenant::Unnamed => member(tx, bound.unwrap_or(&user.tenant_id), &user.id)?,
        NamedTenant::Slug(slug) => {
            let filter = MemberFilter {
                user: Some(user.id.clone()),
                slug: Some(slug.clone()),
                ..MemberFilter::default()
            };
            tx.first(&filter)?
        }
        NamedTenant::Several => None,
    };
    let is_good =
        |member: &Member| member.may_act() && bound.is_none_or(|tenant| *tenant == member.tenant_id);
    Ok(found.filter(is_good))
}

/// The user in a tenant, whether it can act there or not; nobody who was deleted.
pub(crate) fn member(tx: &dyn Tx, tenant: &TenantId, user: &UserId) -> Result<Option<Member>> {
    let filter = MemberFilter { user: Some(user.clone()), ..MemberFilter::default() };
    Ok(tx.list_in(tenant, &filter, 1)?.pop())
}

/// The tenants of a user, with its role in each.
pub(crate) fn memberships(tx: &dyn Tx, user: &UserId) -> Result<Vec<Member>> {
    tx.all(&MemberFilter { user: Some(user.clone()), ..MemberFilter::default() })
}

/// What the member's role includes. One that was deleted includes nothing.
pub(crate) fn permissions(tx: &dyn Tx, member: &Member) -> Result<Permissions> {
    Ok(within(member.is_main, included(tx, &member.tenant_id, &member.role)?.unwrap_or_default()))
}

/// What a role includes in a tenant. `None` if there is no such role.
pub(crate) fn role_permissions(tx: &dyn Tx, tenant: &TenantId, role: &Role) -> Result<Option<Permissions>> {
    let is_main = tx.get(tenant)?.is_some_and(|tenant| tenant.is_main);
    Ok(included(tx, tenant, role)?.map(|included| within(is_main, included)))
}

fn included(tx: &dyn Tx, tenant: &TenantId, role: &Role) -> Result<Option<Permissions>> {
    let mut is_known = true;
    let included = role.permissions(|id| {
        let role = tx.get_in(tenant, id)?;
        is_known = role.is_some();
        Ok::<_, Error>(role.map(|role: CustomRole| Permissions::of(&role.permissions)).unwrap_or_default())
    })?;
    Ok(is_known.then_some(included))
}

/// The one place where it is decided that what concerns the whole deployment is done in the main tenant alone: elsewhere
/// no role includes it.
fn within(is_main: bool, included: Permissions) -> Permissions {
    if is_main { included } else { included.without(Permission::OF_DEPLOYMENT) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_tenant_is_named_however_often() {
        let named = |values: &[&'static str]| {
            NamedTenant::in_headers(values.iter().map(|value| value.as_bytes()).collect::<Vec<_>>())
        };
        assert_eq!(named(&[]), NamedTenant::Unnamed);
        assert_eq!(named(&["acme"]), NamedTenant::Slug("acme".into()));
        assert_eq!(named(&["acme", "acme"]), NamedTenant::Slug("acme".into()));
        assert_eq!(named(&["acme", "other"]), NamedTenant::Several);
        assert_eq!(named(&["acme", "other", "acme"]), NamedTenant::Several);
        assert_eq!(named(&[""]), NamedTenant::Slug(String::new()));
    }
}
