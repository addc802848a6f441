//! The one place where it is decided who may do what. Wires authenticate; only this authorizes.
//!
//! * A thing says its kind, its tenant and whose it is ([`Guarded`]).
//! * A table says who may do what with things of a kind ([`CASES`]).
//! * [`grant`] applies the rule to a thing, [`allow`] to what needs no thing, [`visible`] to a list. What they return is
//!   a proof ([`Granted`], [`Allowed`], [`Visible`]) that nothing else can make, and that the functions which write, send
//!   or list ask for. A check that was forgotten does not compile.
//!
//! What a caller may not see does not exist for it: the answer is `not_found`. What it may see but not do is
//! `not_authorized`, with the missing permission named.

mod guarded;
mod nodes;
mod rules;

pub use guarded::{
    AuditLog, Guarded, HoldersFeed, ModelSettings, Named, System, TenantFeed, Tenants, UserFeed,
};
pub(crate) use nodes::{Covered, covers, may_command};
pub use rules::*;

use std::marker::PhantomData;
use std::ops::{Deref, DerefMut};

use sophon_model::ports::Tx;
use sophon_model::{
    Caller, Credential, Error, Kind, NodeCaller, Permission, Result, SessionRole, TenantId, TenantStatus,
    UserId, Visibility,
};

/// The caller.
#[derive(Clone, Copy, Debug)]
pub enum Asker<'a> {
    /// Somebody who did not sign in.
    Nobody,
    /// A person, or an agent that acts for one.
    User(&'a Caller),
    /// A node, which acts for itself alone.
    Node(&'a NodeCaller),
}

impl<'a> From<&'a Caller> for Asker<'a> {
    fn from(caller: &'a Caller) -> Self {
        Asker::User(caller)
    }
}

impl<'a> From<Option<&'a Caller>> for Asker<'a> {
    fn from(caller: Option<&'a Caller>) -> Self {
        caller.map_or(Asker::Nobody, Asker::User)
    }
}

impl<'a> From<&'a NodeCaller> for Asker<'a> {
    fn from(node: &'a NodeCaller) -> Self {
        Asker::Node(node)
    }
}

impl<'a> Asker<'a> {
    fn signed_in(self) -> Result<&'a Caller> {
        match self {
            Asker::User(caller) => Ok(caller),
            Asker::Nobody | Asker::Node(_) => {
                Err(Error::unauthenticated("Sign in, or send an API token, to do this."))
            }
        }
    }
}

/// A thing with the proof that the asker may do `V` with it.
#[derive(Debug)]
pub struct Granted<T, V> {
    thing: T,
    /// The asker's role in the thing.
    role: Option<SessionRole>,
    verb: PhantomData<fn() -> V>,
}

impl<T: Clone, V> Clone for Granted<T, V> {
    fn clone(&self) -> Self {
        Self { thing: self.thing.clone(), role: self.role, verb: PhantomData }
    }
}

impl<T, V> Granted<T, V> {
    /// The thing, without the proof.
    pub fn into_inner(self) -> T {
        self.thing
    }

    /// Whether the same asker may do `W` with it as well, by what was looked up for `V`.
    pub fn allows<'a, W>(&self, asker: impl Into<Asker<'a>>) -> bool
    where
        T: Guarded + May<W>,
    {
        check_with::<T, W>(asker.into(), &self.thing, self.role).is_ok()
    }
}

impl<T, V> Deref for Granted<T, V> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.thing
    }
}

impl<T, V> DerefMut for Granted<T, V> {
    fn deref_mut(&mut self) -> &mut T {
        &mut self.thing
    }
}

/// The proof that a user may do `V` with things of a kind, or make one.
#[derive(Debug)]
pub struct Allowed<T, V> {
    tenant: TenantId,
    user: UserId,
    verb: PhantomData<fn() -> (T, V)>,
}

impl<T, V> Clone for Allowed<T, V> {
    fn clone(&self) -> Self {
        Self { tenant: self.tenant.clone(), user: self.user.clone(), verb: PhantomData }
    }
}

impl<T, V> Allowed<T, V> {
    /// In which tenant.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// The caller.
    pub fn user(&self) -> &UserId {
        &self.user
    }
}

/// Which things of a kind a list may hold.
#[derive(Debug)]
pub struct Visible<T> {
    tenant: TenantId,
    user: UserId,
    is_limited_to_own: bool,
    kind: PhantomData<fn() -> T>,
}

impl<T> Visible<T> {
    /// Those of this tenant.
    pub fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// Only those that are this user's: of a list that holds nothing else, whatever the rule lets through.
    pub fn own(&self) -> &UserId {
        &self.user
    }

    /// Only those that are this user's, all of the tenant if absent: of a list that is narrowed to `wanted`, as far as
    /// the rule lets it through.
    pub fn owner(&self, wanted: Option<UserId>) -> Option<UserId> {
        if self.is_limited_to_own { Some(self.user.clone()) } else { wanted }
    }
}

/// The thing, if it is there and the asker may do `V` with it. Its participants and their roles are those stored now.
pub fn grant<'a, T, V>(tx: &dyn Tx, asker: impl Into<Asker<'a>>, thing: Option<T>) -> Result<Granted<T, V>>
where
    T: Guarded + May<V>,
{
    let asker = asker.into();
    let Some(thing) = thing else { return Err(unknown::<T>(asker, <T as May<V>>::RULE)) };
    let role = match asker {
        Asker::User(caller) if *thing.tenant() == caller.tenant => thing.role_of(tx, &caller.user)?,
        // What a tenant shows to everybody, it shows while it is in use.
        _ if thing.sharing() == Visibility::Public && !is_in_use(tx, thing.tenant())? => {
            return Err(unknown::<T>(asker, <T as May<V>>::RULE));
        }
        Asker::User(_) | Asker::Nobody | Asker::Node(_) => None,
    };
    check_with::<T, V>(asker, &thing, role)?;
    Ok(Granted { thing, role, verb: PhantomData })
}

fn is_in_use(tx: &dyn Tx, tenant: &TenantId) -> Result<bool> {
    Ok(tx.get(tenant)?.is_some_and(|tenant| tenant.status == TenantStatus::Active))
}

/// Whether the asker may do `V` with a thing in which nobody takes part but its owner.
pub fn check<'a, T, V>(asker: impl Into<Asker<'a>>, thing: &T) -> Result<()>
where
    T: Guarded + May<V>,
{
    let asker = asker.into();
    let is_owner = matches!(asker, Asker::User(caller) if thing.owner() == Some(&caller.user));
    check_with::<T, V>(asker, thing, is_owner.then_some(SessionRole::Owner))
}

/// Whether the asker, who has this role in the thing, may do `V` with it.
fn check_with<T, V>(asker: Asker<'_>, thing: &T, role: Option<SessionRole>) -> Result<()>
where
    T: Guarded + May<V>,
{
    let rule = <T as May<V>>::RULE;
    match rule.iter().find(|way| is_related(asker, thing, role, way.relation)) {
        Some(way) => require_all(asker, way.needs, Facts { role, named: thing.permission() }),
        None => Err(unknown::<T>(asker, rule)),
    }
}

/// Whether the user may do `V` with things of a kind, where no thing is named: makes one, or uses what is the
/// tenant's.
pub fn allow<'a, T, V>(asker: impl Into<Asker<'a>>) -> Result<Allowed<T, V>>
where
    T: Named + May<V>,
{
    let (caller, _) = first_way(asker.into(), <T as May<V>>::RULE)?;
    Ok(Allowed { tenant: caller.tenant.clone(), user: caller.user.clone(), verb: PhantomData })
}

/// Which things of a kind a list for the caller may hold.
pub fn visible<T>(caller: &Caller) -> Result<Visible<T>>
where
    T: Guarded + May<List>,
{
    let (caller, relation) = first_way(caller.into(), <T as May<List>>::RULE)?;
    Ok(Visible {
        tenant: caller.tenant.clone(),
        user: caller.user.clone(),
        is_limited_to_own: matches!(relation, Relation::Owner | Relation::Joined),
        kind: PhantomData,
    })
}

/// The first way that is open to the caller, with things of its own.
fn first_way(asker: Asker<'_>, rule: Rule) -> Result<(&Caller, Relation)> {
    let caller = asker.signed_in()?;
    let is_open = |way: &&Way| match way.relation {
        Relation::Tenant | Relation::Owner | Relation::Joined => true,
        Relation::Holder(permission) => caller.has(permission),
        Relation::Public | Relation::Itself => false,
    };
    let way = rule.iter().find(is_open).ok_or_else(|| Error::internal("a rule without a way for users"))?;
    require_all(asker, way.needs, Facts::default())?;
    Ok((caller, way.relation))
}

fn is_related<T: Guarded>(
    asker: Asker<'_>,
    thing: &T,
    role: Option<SessionRole>,
    relation: Relation,
) -> bool {
    match (relation, asker) {
        (Relation::Public, _) => thing.sharing() == Visibility::Public,
        (Relation::Itself, Asker::Node(node)) => thing.is_of_node(node),
        (Relation::Tenant, Asker::User(caller)) => *thing.tenant() == caller.tenant,
        (Relation::Owner, Asker::User(caller)) => {
            *thing.tenant() == caller.tenant && thing.owner() == Some(&caller.user)
        }
        (Relation::Joined, Asker::User(caller)) => *thing.tenant() == caller.tenant && role.is_some(),
        (Relation::Holder(permission), Asker::User(caller)) => {
            *thing.tenant() == caller.tenant && caller.has(permission)
        }
        (_, Asker::Nobody | Asker::User(_) | Asker::Node(_)) => false,
    }
}

/// The answer to an asker for whom the thing does not exist. Somebody who did not sign in is asked to, whether it exists
/// or not.
fn unknown<T: Named>(asker: Asker<'_>, rule: Rule) -> Error {
    let is_for_nodes = rule.iter().any(|way| way.relation == Relation::Itself);
    match asker {
        Asker::Node(_) if is_for_nodes => Error::not_found(T::NAME),
        asker => asker.signed_in().err().unwrap_or_else(|| Error::not_found(T::NAME)),
    }
}

/// What a need is compared with, beside what the asker has.
#[derive(Clone, Copy, Default)]
struct Facts {
    /// The asker's role in the thing.
    role: Option<SessionRole>,
    /// The permission that the thing names.
    named: Option<Permission>,
}

fn require_all(asker: Asker<'_>, needs: &[Need], facts: Facts) -> Result<()> {
    needs.iter().try_for_each(|need| {
        let caller = asker.signed_in()?;
        let is_agent = matches!(caller.credential, Credential::Agent(..));
        match *need {
            Need::PersonHas(_) if is_agent => Ok(()),
            Need::Has(permission) | Need::PersonHas(permission) => require(caller, permission),
            Need::HasNamed => {
                let named = facts.named.ok_or_else(|| Error::internal("a thing that names no permission"))?;
                require(caller, named)
            }
            Need::Role(least) if facts.role < Some(least) => Err(lacks_role(least)),
            Need::Person if is_agent => {
                Err(Error::new(Kind::NotAuthorized, "Only people answer what agents ask."))
            }
            Need::Person | Need::Role(_) => Ok(()),
        }
    })
}

fn lacks_role(least: SessionRole) -> Error {
    let least = least.as_str();
    let text = format!("This takes the role {least} in the session. Ask its owner for it.");
    Error::new(Kind::NotAuthorized, text).with_details(serde_json::json!({ "role": least }))
}

/// Refuses a caller who lacks the permission.
pub(crate) fn require(caller: &Caller, permission: Permission) -> Result<()> {
    if caller.has(permission) {
        return Ok(());
    }
    let name = permission.name();
    Err(Error::new(Kind::NotAuthorized, format!("Missing required permission: {name}"))
        .with_details(serde_json::json!({ "permission": name })))
}
