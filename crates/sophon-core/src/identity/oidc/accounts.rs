//! Which account a proven identity is, and with which role it comes in.
//!
//! An account belongs to an identity once they are linked, by issuer and subject. An address alone connects nothing: whoever
//! could choose it at a provider would be whoever they like here. It counts where the operator has said that the domain is
//! the provider's to give; otherwise the account's own password has to confirm it.

use sophon_model::ports::{LinkFilter, ProvenIdentity, Tx};
use sophon_model::{AuditAction, Error, IdentityLink, Result, Role, TenantId, User, UserId, UserStatus};

use super::{Provider, not_let_in, role_named};
use crate::audit::{Draft, Performer};
use crate::database::Unit;
use crate::identity::{Identity, may_act, rejected};
use crate::limits;
use crate::users::{NewAccount, account_to_change, email_of, join_in, register_in, require_another};

/// The role where nothing is configured: one that reads only.
const PLAIN_ROLE: Role = Role::Viewer;

/// The code of the answer to somebody whose account has to be confirmed.
pub(super) const LINK_REQUIRED: &str = "link_required";

/// A person whom a provider has vouched for, on the way in.
pub(super) struct Arrival<'a> {
    pub(super) identity: &'a Identity,
    pub(super) provider: &'a Provider,
    pub(super) proven: &'a ProvenIdentity,
    /// A hash that no password has, for a new account.
    pub(super) no_password: String,
}

/// An account that is held, with the administrators of its tenants: those first, as whoever changes roles holds them.
struct Held {
    administrators: Vec<(TenantId, UserId)>,
    user: User,
}

impl Held {
    fn new(unit: &mut Unit<'_>, user: &UserId) -> Result<Option<Self>> {
        let administrators = unit.tx.administrators_to_keep(user)?;
        Ok(unit.tx.user_to_change(user)?.map(|user| Self { administrators, user }))
    }
}

impl Arrival<'_> {
    /// The account, which may be made just now, with the role that counts from now on.
    pub(super) fn account_in(self, unit: &mut Unit<'_>) -> Result<User> {
        let role = self.role(&*unit.tx)?;
        let held = match self.linked_in(unit)? {
            Some(held) => held,
            None => self.connect_in(unit, role.as_ref())?,
        };
        if !may_act(&held.user) {
            let text = "Your account is not in use. Ask an administrator.";
            return Err(not_let_in("account_disabled", text));
        }
        self.settle_role_in(unit, &held, role)?;
        self.without_foreign_password_in(unit, held.user)
    }

    /// The account without a password that somebody else has chosen: from now on its person comes by the provider, and nobody
    /// by that password. What was begun with it ends.
    fn without_foreign_password_in(&self, unit: &mut Unit<'_>, mut user: User) -> Result<User> {
        if user.password_due {
            user.password_hash.clone_from(&self.no_password);
            user.password_due = false;
            user.updated_at = unit.now();
            unit.tx.update(&user)?;
            self.identity.end_sign_ins_in(unit, &user.id, None)?;
        }
        Ok(user)
    }

    /// The role that the person's groups mean now. `None` if nothing is said of roles, so that an account keeps its own.
    fn role(&self, tx: &dyn Tx) -> Result<Option<Role>> {
        let (configured, groups) = (&self.provider.configured, &self.proven.groups);
        let mapped = configured.roles.iter().find(|mapped| groups.contains(&mapped.group));
        let name = match (mapped, &configured.default_role) {
            _ if configured.roles.is_empty() => return Ok(None),
            (Some(mapped), _) => &mapped.role,
            (None, Some(default)) => default,
            (None, None) => {
                let text = "You are in no group that may use this gateway. Ask an administrator of the company account.";
                return Err(not_let_in("no_role", text));
            }
        };
        let role = role_named(tx, &self.provider.tenant, name)?;
        let gone = || {
            not_let_in(
                "role_missing",
                "Your role is not there any more. Ask an administrator of the gateway.",
            )
        };
        Ok(Some(role.ok_or_else(gone)?))
    }

    fn linked_in(&self, unit: &mut Unit<'_>) -> Result<Option<Held>> {
        let issuer = self.provider.configured.client.issuer();
        let found = unit.tx.first(&LinkFilter { issuer, subject: &self.proven.subject })?;
        let Some(mut link) = found else { return Ok(None) };
        let held = Held::new(unit, &link.user_id)?;
        if held.as_ref().is_some_and(|held| held.user.status != UserStatus::Deleted) {
            link.used_at = unit.now();
            unit.tx.update(&link)?;
            return Ok(held);
        }
        // Whoever was deleted here stays out until somebody makes an account for them.
        let email = self.proven_email();
        let is_back = email.map_or(Ok(None), |email| unit.tx.user_by_email(&email))?.is_some();
        if is_back { Ok(None) } else { Ok(held) }
    }

    /// The account with the person's address, or a new one.
    fn connect_in(&self, unit: &mut Unit<'_>, role: Option<&Role>) -> Result<Held> {
        let Some(email) = self.proven_email() else {
            let text = "The identity provider has not confirmed your e-mail address. Confirm it there, or ask an administrator.";
            return Err(not_let_in("email_not_verified", text));
        };
        let id = match unit.tx.user_by_email(&email)? {
            Some(user) if self.is_trusted(&email) => user.id,
            Some(_) => {
                let text = "There is an account with your e-mail address. Sign in with its password once to connect it.";
                return Err(not_let_in(LINK_REQUIRED, text));
            }
            None if self.provider.configured.creates_accounts => self.make_in(unit, email, role)?,
            None => {
                let text = "You have no account here yet. Ask an administrator for one.";
                return Err(not_let_in("no_account", text));
            }
        };
        let held = Held::new(unit, &id)?.ok_or_else(rejected)?;
        link_in(unit, self.provider, &self.proven.subject, &id)?;
        Ok(held)
    }

    /// The person's address, if the provider says that it is theirs, or need not say so.
    fn proven_email(&self) -> Option<String> {
        let email = email_of(self.proven.email.as_deref()?).ok()?;
        let is_proven = self.proven.is_email_verified.unwrap_or_else(|| self.is_trusted(&email));
        is_proven.then_some(email)
    }

    fn is_trusted(&self, email: &str) -> bool {
        let domain = email.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.provider.configured.trusted_domains.iter().any(|trusted| trusted.eq_ignore_ascii_case(domain))
    }

    fn make_in(&self, unit: &mut Unit<'_>, email: String, role: Option<&Role>) -> Result<UserId> {
        let name = self.proven.name.as_deref().and_then(|name| limits::name("name", name).ok());
        let new = NewAccount {
            id: unit.new_id(),
            name: name.unwrap_or_else(|| email.clone()),
            email,
            password_hash: self.no_password.clone(),
        };
        let role = match role {
            Some(role) => role.clone(),
            None => self.first_role(&*unit.tx)?,
        };
        let made = register_in(unit, new, &self.provider.tenant, role)?;
        let by = Performer::system(self.provider.tenant.clone());
        let id = self.provider.configured.id.clone();
        unit.note(Draft::new(by, AuditAction::UserCreate).about(&made).details(|details| {
            details.provider = Some(id);
            details.role = Some(made.role.name().to_owned());
        }));
        Ok(made.id)
    }

    /// The role of a new account where groups say nothing.
    fn first_role(&self, tx: &dyn Tx) -> Result<Role> {
        let default = self.provider.configured.default_role.as_deref();
        let named = default.map_or(Ok(None), |name| role_named(tx, &self.provider.tenant, name))?;
        Ok(named.unwrap_or(PLAIN_ROLE))
    }

    /// Gives the account its role in the provider's tenant, of which it becomes a member if it is none and accounts are made.
    fn settle_role_in(&self, unit: &mut Unit<'_>, held: &Held, role: Option<Role>) -> Result<()> {
        let (tenant, Held { administrators, user }) = (&self.provider.tenant, held);
        let Some(mut known) = account_to_change(unit, tenant, &user.id)? else {
            if !self.provider.configured.creates_accounts {
                return Ok(());
            }
            let role = match role {
                Some(role) => role,
                None => self.first_role(&*unit.tx)?,
            };
            join_in(unit, tenant, &user.id, role)?;
            return self.identity.rights_change_in(unit, &user.id);
        };
        let Some(role) = role.filter(|role| *role != known.member.role) else { return Ok(()) };
        let demotes = role != Role::Admin;
        let is_last = require_another(administrators, &user.id, |of| demotes && of == tenant).is_err();
        if is_last || self.identity.is_auto_admin(&user.id) {
            tracing::warn!(user = %user.id, "the last administrator keeps its role, whatever the identity provider says");
            return Ok(());
        }
        unit.audit_details(|details| details.role = Some(role.name().to_owned()));
        known.membership.role = role;
        known.store_in(unit)?;
        self.identity.rights_change_in(unit, &user.id)
    }
}

/// Connects an identity with an account: from now on it signs in to it. One that was another's before is this one's now only if
/// that other account was deleted.
pub(super) fn link_in(unit: &mut Unit<'_>, provider: &Provider, subject: &str, user: &UserId) -> Result<()> {
    let (issuer, now) = (provider.configured.client.issuer(), unit.now());
    let old = unit.tx.first(&LinkFilter { issuer, subject })?;
    if let Some(mut link) = old {
        if link.user_id != *user
            && unit.tx.get(&link.user_id)?.is_some_and(|user| user.status != UserStatus::Deleted)
        {
            return Err(Error::conflict("This company account is connected with another account."));
        }
        link.user_id = user.clone();
        return unit.tx.update(&link).map(drop);
    }
    let link = IdentityLink {
        issuer: issuer.to_owned(),
        subject: subject.to_owned(),
        user_id: user.clone(),
        created_at: now,
        used_at: now,
    };
    unit.tx.insert(&link)
}
