//! What people change of their own account.

use sophon_model::{AuditAction, Caller, Credential, Error, Kind, Result, User, UserId};

use super::second_factor::close_in;
use super::{Identity, Owner, Profile, member, permissions, rejected};
use crate::audit::Draft;
use crate::database::Unit;
use crate::limits;
use crate::once::SecretSource;
use crate::only_if::OnlyIf;
use crate::users::email_of;

/// What is to change of one's own account; absent fields stay.
#[derive(Clone, Debug, Default)]
pub struct AccountChange {
    /// What others see.
    pub name: Option<String>,
    /// The e-mail address.
    pub email: Option<String>,
    /// What the change depends on.
    pub only_if: OnlyIf<Profile>,
}

impl Identity {
    /// Changes the caller's name or address.
    pub async fn change_account(&self, caller: &Caller, change: AccountChange) -> Result<Profile> {
        require_person(caller)?;
        let (by, caller) = (caller, caller.clone());
        self.db
            .write_as(by, AuditAction::UserChangeOwn, move |unit| {
                let mut user = own(unit, &caller)?;
                change.only_if.require(&profile(unit, &caller)?)?;
                let before = user.clone();
                if let Some(name) = change.name {
                    user.name = limits::name("name", &name)?;
                }
                if let Some(email) = change.email {
                    user.email = email_of(&email)?;
                }
                user.updated_at = unit.now();
                unit.tx.update(&user)?;
                unit.about_change(&before, &user)?;
                profile(unit, &caller)
            })
            .await
    }

    /// Changes the caller's password and ends all other sign-ins. The one that asks goes on.
    pub async fn change_password(&self, caller: &Caller, current: String, new: String) -> Result<Profile> {
        let user = self.verify_own_password(caller, current.clone(), AuditAction::UserChangePassword).await?;
        let (by, caller) = (caller, caller.clone());
        if current == new {
            return Err(Error::validation("new_password", "Choose another password than the present one."));
        }
        let hash = self.passwords.hash(new, &user.owner, self.db.random()).await;
        let hash = hash.map_err(|error| match error.field() {
            Some(_) => error.with_field("new_password"),
            None => error,
        })?;
        let (identity, verified) = (self.clone(), user);
        self.db
            .write_as(by, AuditAction::UserChangePassword, move |unit| {
                let mut user = own(unit, &caller)?;
                verified.require_unchanged(&user)?;
                unit.about(&user);
                user.password_hash = hash;
                user.password_due = false;
                user.updated_at = unit.now();
                unit.tx.update(&user)?;
                identity.end_sign_ins_in(unit, &user.id, Some(&caller.credential))?;
                profile(unit, &caller)
            })
            .await
    }

    /// Refuses a caller who does not know its own password. What depends on that is done to the account as it was verified.
    pub(super) async fn verify_own_password(
        &self,
        caller: &Caller,
        password: String,
        action: AuditAction,
    ) -> Result<Verified> {
        require_person(caller)?;
        let mut attempt = self.throttle.begin(None).await?;
        let wanted = caller.user.clone();
        let user = self.db.read(move |tx| tx.get(&wanted)).await?.ok_or_else(|| Error::not_found("user"))?;
        // Who has signed in is no stranger: what strangers guess elsewhere does not keep it from proving itself.
        attempt.on_own(&user.email).await?;
        if !self.passwords.verify(password, Some(user.password_hash.clone())).await? {
            let wrong = wrong_password();
            self.audit.refuse_draft(Draft::new(caller, action).about(&user).denied(wrong.code()));
            return Err(wrong);
        }
        attempt.succeeded();
        let owner = Owner { email: user.email, name: user.name };
        Ok(Verified { owner, password_hash: user.password_hash })
    }

    /// Where the secrets of a request come from.
    pub(crate) fn secrets_of(&self, caller: &Caller) -> SecretSource {
        self.secret_maker.source(&self.db, caller)
    }

    /// The hash of a password that is chosen for a user. `validation_failed` if it is not fit to be one.
    pub(crate) async fn hash_password(&self, password: String, owner: &Owner) -> Result<String> {
        self.passwords.hash(password, owner, self.db.random()).await
    }

    /// Ends a user's sign-ins, but for the one that `kept` is of, and those that wait for a second factor.
    pub(crate) fn end_sign_ins_in(
        &self,
        unit: &mut Unit<'_>,
        user: &UserId,
        kept: Option<&Credential>,
    ) -> Result<()> {
        let now = unit.now();
        let kept = match kept {
            Some(Credential::Access(session, _)) => Some(session),
            _ => None,
        };
        close_in(unit, user)?;
        for mut session in unit.tx.auth_sessions(user, now)? {
            if kept != Some(&session.id) {
                session.revoked_at = Some(now);
                unit.tx.update(&session)?;
            }
        }
        self.rights_change_in(unit, user)
    }

    /// Whether requests without a credential are this user's.
    pub(crate) fn is_auto_admin(&self, user: &UserId) -> bool {
        self.auto_admin.as_ref().is_some_and(|caller| caller.user == *user)
    }
}

/// An account whose password was verified.
#[derive(Clone)]
pub(super) struct Verified {
    pub(super) owner: Owner,
    password_hash: String,
}

impl Verified {
    /// Refuses what depends on the password if it was changed since, by an administrator above all.
    pub(super) fn require_unchanged(&self, user: &User) -> Result<()> {
        if user.password_hash == self.password_hash { Ok(()) } else { Err(wrong_password()) }
    }
}

fn wrong_password() -> Error {
    let wrong = Error::conflict("That is not your present password.").with_code("wrong_password");
    wrong.with_field("current_password")
}

pub(super) fn own(unit: &mut Unit<'_>, caller: &Caller) -> Result<User> {
    unit.tx.user_to_change(&caller.user)?.ok_or_else(|| Error::not_found("user"))
}

/// The account as it is now, of the caller with the rights that it has now.
fn profile(unit: &mut Unit<'_>, caller: &Caller) -> Result<Profile> {
    let found = member(&*unit.tx, &caller.tenant, &caller.user)?.ok_or_else(rejected)?;
    let permissions = permissions(&*unit.tx, &found)?;
    Profile::of(&*unit.tx, found, permissions, &caller.credential)
}

/// An account is its owner's, and not that of what its owner has lent rights to.
pub(crate) fn require_person(caller: &Caller) -> Result<()> {
    match caller.credential {
        Credential::Access(..) | Credential::AutoAdmin => Ok(()),
        Credential::ApiToken(..) | Credential::Agent(..) => {
            let text = "An account is changed by who has signed in to it, not with an API token.";
            Err(Error::new(Kind::NotAuthorized, text))
        }
    }
}
