//! The users of a tenant, as its administrators see them.
//!
//! Nobody gives more than they have: who makes a user, gives one a role or sets its password must hold all that this user
//! may do. A tenant keeps an active administrator, whatever is asked for at the same time.
//!
//! A user may be a member of several tenants. The account (name, address, password, status) is managed in its home alone;
//! its role in a tenant, and whether it is a member, in that tenant. How somebody gets in is changed only by who may do as
//! much in each of the user's tenants.

mod change;
mod departure;
mod joining;
mod password;

pub use change::UserChange;
pub(crate) use change::{Known, account_to_change, auto_admin, require_another};
pub(crate) use departure::leave_in;
pub(crate) use joining::{NewAccount, join_in, register_in};
pub use password::ResetPassword;

use std::sync::Arc;

use sophon_model::ports::{MemberFilter, Tx};
use sophon_model::{
    AuditAction, Caller, Error, Kind, Member, Page, Paged, Permission, Permissions, Result, Role, TenantId,
    UserId,
};

use crate::database::Database;
use crate::gateway::Shared;
use crate::identity::{Identity, Owner, member, role_permissions};
use crate::limits;
use crate::once::SecretSource;
use crate::policy::{Create, Granted, Read, allow, grant, require, visible};

/// An e-mail address, in bytes.
pub(crate) const LONGEST_EMAIL: usize = 254;

/// A user to be made.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// The e-mail address, in any case.
    pub email: String,
    /// What others see.
    pub name: String,
    /// The role.
    pub role: Role,
    /// The first password, which the user has to change; a generated one if absent.
    pub password: Option<String>,
}

/// A user that was made.
#[derive(Clone, Debug)]
pub struct CreatedUser {
    /// The user.
    pub user: Member,
    /// The password that was generated, if one was: nobody will see it again.
    pub password: Option<String>,
}

/// The service.
#[derive(Clone)]
pub struct Users {
    db: Database,
    identity: Arc<Identity>,
}

impl Users {
    pub(crate) fn open(shared: &Shared, identity: Arc<Identity>) -> Self {
        Self { db: shared.db.clone(), identity }
    }

    /// The tenant's users, those first who joined first.
    pub async fn list(&self, caller: &Caller, filter: MemberFilter, page: Page) -> Result<Paged<Member>> {
        let visible = visible::<Member>(caller)?;
        self.db.read(move |tx| tx.page(visible.tenant(), &filter, &page)).await
    }

    /// One.
    pub async fn get(&self, caller: &Caller, id: &UserId) -> Result<Member> {
        let (caller, id) = (caller.clone(), id.clone());
        self.db
            .read(move |tx| {
                let user: Granted<Member, Read> = grant(tx, &caller, member(tx, &caller.tenant, &id)?)?;
                Ok(user.into_inner())
            })
            .await
    }

    /// Makes one, whose home is the caller's tenant. The password is to be changed at the first sign-in.
    pub async fn create(&self, caller: &Caller, new: NewUser) -> Result<CreatedUser> {
        let allowed = allow::<Member, Create>(caller)?;
        let (draft, role) = (self.draft(caller, new.email, new.name, new.password).await?, new.role);
        let (maker, account) = (caller.clone(), draft.account.clone());
        let made: Member = self
            .db
            .write_once(caller, AuditAction::UserCreate, move |unit| {
                require_within(&*unit.tx, &maker, &role)?;
                let made = register_in(unit, account, allowed.tenant(), role)?;
                unit.about(&made);
                unit.audit_details(|details| details.role = Some(made.role.name().to_owned()));
                Ok(made)
            })
            .await?;
        Ok(draft.created(made))
    }

    /// An account that is about to be made. Without a password it gets a generated one.
    pub(crate) async fn draft(
        &self,
        caller: &Caller,
        email: String,
        name: String,
        password: Option<String>,
    ) -> Result<Draft> {
        let (name, email) = (limits::name("name", &name)?, email_of(&email)?);
        let (id, secrets) = (self.db.new_id::<UserId>(), self.identity.secrets_of(caller));
        let generated = password.is_none().then_some(secrets);
        let password = match (&generated, password) {
            (_, Some(chosen)) => chosen,
            (Some(secrets), None) => password::generated(secrets, id.as_str()),
            (None, None) => return Err(Error::internal("a password is chosen or generated")),
        };
        let owner = Owner { email: email.clone(), name: name.clone() };
        let password_hash = self.identity.hash_password(password, &owner).await?;
        Ok(Draft { account: NewAccount { id, email, name, password_hash }, generated })
    }

    /// Removes the second factor of a user who has lost it. All its sign-ins end.
    pub async fn remove_second_factor(&self, caller: &Caller, id: &UserId) -> Result<()> {
        let (by, id, identity) = (caller.clone(), id.clone(), self.identity.clone());
        self.db
            .write_as(caller, AuditAction::SecondFactorRemove, move |unit| {
                let known = change::to_change(unit, &by, &id)?;
                known.require_home()?;
                change::require_reach(&*unit.tx, &by, &known.user)?;
                if id == by.user {
                    let text = "You cannot remove your own second factor here. Switch it off with your password and a code.";
                    return Err(Error::conflict(text).with_code("own_second_factor"));
                }
                let removed = identity.remove_second_factor_in(unit, &id)?;
                unit.about(&removed.ok_or_else(|| Error::not_found("second factor"))?);
                unit.audit_details(|details| details.user_id = Some(id.clone()));
                identity.end_sign_ins_in(unit, &id, None)
            })
            .await
    }

    /// Ends all sign-ins of a user, and its API tokens if that is wanted.
    pub async fn end_sign_ins(&self, caller: &Caller, id: &UserId, with_api_tokens: bool) -> Result<()> {
        let (by, id, identity) = (caller.clone(), id.clone(), self.identity.clone());
        self.db
            .write_once(caller, AuditAction::UserSignOut, move |unit| {
                let known = change::to_change(unit, &by, &id)?;
                unit.about(&known.user);
                known.require_home()?;
                if with_api_tokens {
                    identity.end_api_tokens_in(unit, &id, None)?;
                }
                identity.end_sign_ins_in(unit, &id, None)
            })
            .await
    }
}

/// An account that is about to be made, and where its password comes from if it is generated.
pub(crate) struct Draft {
    pub(crate) account: NewAccount,
    generated: Option<SecretSource>,
}

impl Draft {
    /// The answer to who has made the account. A request that is answered again made it with another id.
    pub(crate) fn created(self, made: Member) -> CreatedUser {
        let password = self.generated.map(|secrets| password::generated(&secrets, made.id.as_str()));
        CreatedUser { password, user: made }
    }
}

/// What a role includes in a tenant. `validation_failed` if there is no such role.
pub(crate) fn permissions_of(tx: &dyn Tx, tenant: &TenantId, role: &Role) -> Result<Permissions> {
    role_permissions(tx, tenant, role)?.ok_or_else(|| {
        let names = Role::BUILT_IN.map(|role| role.name().to_owned()).join(", ");
        Error::validation("role", format!("There is no such role: it is {names}, or the id of another."))
    })
}

/// Refuses to give somebody another role, or one with more than the caller's own rights.
fn may_give(tx: &dyn Tx, caller: &Caller, role: &Role) -> Result<()> {
    require(caller, Permission::AssignRoles)?;
    require_within(tx, caller, role)
}

/// Refuses a role with more than the caller's own rights.
fn require_within(tx: &dyn Tx, caller: &Caller, role: &Role) -> Result<()> {
    let given = permissions_of(tx, &caller.tenant, role)?;
    if caller.permissions.cover(given) {
        return Ok(());
    }
    Err(exceeds("You cannot give a role that may do more than you."))
}

fn exceeds(text: &'static str) -> Error {
    Error::new(Kind::NotAuthorized, text)
}

/// An e-mail address as it is stored: in lower case. What comes before and behind the `@` is for mail servers to judge.
pub(crate) fn email_of(email: &str) -> Result<String> {
    let email = email.trim().to_lowercase();
    let is_plain = |c: char| !c.is_whitespace() && !c.is_control();
    let parts = email.split_once('@');
    let has_parts =
        parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !host.contains('@'));
    let is_seen = sophon_model::text::visible(&email) == email;
    if email.len() > LONGEST_EMAIL || !has_parts || !is_seen || !email.chars().all(is_plain) {
        let text =
            format!("That is no e-mail address of at most {LONGEST_EMAIL} bytes, like ada@example.com.");
        return Err(Error::validation("email", text));
    }
    Ok(email)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_a_name_and_a_host_and_is_kept_in_lower_case() {
        assert_eq!(email_of(" Ada@Example.COM ").unwrap(), "ada@example.com");
        assert_eq!(email_of("admin@localhost").unwrap(), "admin@localhost");
        for refused in
            ["", "ada", "@b", "a@", "a@b@c", "a b@c", "a\u{0}@c", &format!("{}@c", "a".repeat(260))]
        {
            assert_eq!(email_of(refused).unwrap_err().field(), Some("email"), "{refused:?}");
        }
    }
}
