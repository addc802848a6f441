//! The users of a tenant, as administrators see them.
//!
//! Nobody gives more than they have: who makes a user, gives one a role or sets its password must hold all that this user
//! may do. A tenant keeps an active administrator, whatever is asked for at the same time.

mod change;
mod departure;
mod password;

pub use change::UserChange;
pub use password::ResetPassword;

use std::sync::Arc;

use sophon_model::ports::{Tx, UserFilter};
use sophon_model::{
    AuditAction, Caller, Error, Kind, Page, Paged, Permission, Permissions, Result, Role, User, UserId,
    UserStatus,
};

use crate::database::Database;
use crate::gateway::Shared;
use crate::identity::Identity;
use crate::limits;
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
    pub user: User,
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

    /// The tenant's users, oldest first.
    pub async fn list(&self, caller: &Caller, filter: UserFilter, page: Page) -> Result<Paged<User>> {
        let visible = visible::<User>(caller)?;
        self.db.read(move |tx| tx.page(visible.tenant(), &filter, &page)).await
    }

    /// One.
    pub async fn get(&self, caller: &Caller, id: &UserId) -> Result<User> {
        let (caller, id) = (caller.clone(), id.clone());
        self.db
            .read(move |tx| {
                let user: Granted<User, Read> = grant(tx, &caller, tx.get(&id)?.filter(is_there))?;
                Ok(user.into_inner())
            })
            .await
    }

    /// Makes one. The password is to be changed at the first sign-in.
    pub async fn create(&self, caller: &Caller, new: NewUser) -> Result<CreatedUser> {
        let allowed = allow::<User, Create>(caller)?;
        let (name, email) = (limits::name("name", &new.name)?, email_of(&new.email)?);
        let (id, secrets) = (self.db.new_id::<UserId>(), self.identity.secrets_of(caller));
        let generated = new.password.is_none();
        let password_of = |id: &UserId| password::generated(&secrets, id.as_str());
        let password = new.password.unwrap_or_else(|| password_of(&id));
        let hash = self.identity.hash_password(password).await?;
        let (maker, role) = (caller.clone(), new.role);
        let made: User = self
            .db
            .write_once(caller, AuditAction::UserCreate, move |unit| {
                require_within(&*unit.tx, &maker, &role)?;
                let now = unit.now();
                let user = User {
                    id,
                    tenant_id: allowed.tenant().clone(),
                    email,
                    name,
                    role,
                    status: UserStatus::Active,
                    password_hash: hash,
                    password_due: true,
                    created_at: now,
                    updated_at: now,
                };
                unit.tx.insert(&user)?;
                unit.about(&user);
                unit.audit_details(|details| details.role = Some(user.role.name().to_owned()));
                // What is kept of the answer holds no secret.
                Ok(User { password_hash: String::new(), ..user })
            })
            .await?;
        Ok(CreatedUser { password: generated.then(|| password_of(&made.id)), user: made })
    }

    /// Ends all sign-ins of a user, and its API tokens if that is wanted.
    pub async fn end_sign_ins(&self, caller: &Caller, id: &UserId, with_api_tokens: bool) -> Result<()> {
        let (by, id, identity) = (caller.clone(), id.clone(), self.identity.clone());
        self.db
            .write_once(caller, AuditAction::UserSignOut, move |unit| {
                let user = change::to_change(unit, &by, &id)?;
                unit.about(&user);
                if with_api_tokens {
                    identity.end_api_tokens_in(unit, &user.id)?;
                }
                identity.end_sign_ins_in(unit, &user.id, None)
            })
            .await
    }
}

/// Whether a user was not deleted.
fn is_there(user: &User) -> bool {
    user.status != UserStatus::Deleted
}

/// What a role includes. `validation_failed` if there is no such role.
fn permissions_of(tx: &dyn Tx, caller: &Caller, role: &Role) -> Result<Permissions> {
    role.permissions(|id| {
        let known = tx.get_in(&caller.tenant, id)?;
        let known = known.ok_or_else(|| {
            let names = Role::BUILT_IN.map(|role| role.name().to_owned()).join(", ");
            Error::validation("role", format!("There is no such role: it is {names}, or the id of another."))
        })?;
        Ok(Permissions::of(&known.permissions))
    })
}

/// Refuses to give somebody another role, or one with more than the caller's own rights.
fn may_give(tx: &dyn Tx, caller: &Caller, role: &Role) -> Result<()> {
    require(caller, Permission::AssignRoles)?;
    require_within(tx, caller, role)
}

/// Refuses a role with more than the caller's own rights.
fn require_within(tx: &dyn Tx, caller: &Caller, role: &Role) -> Result<()> {
    let given = permissions_of(tx, caller, role)?;
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
