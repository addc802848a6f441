//! Passwords that somebody else than their user chooses.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sophon_model::{AuditAction, Caller, Error, Member, Result, UserId};

use super::Users;
use super::change::{Known, require_reach, to_change};
use crate::database::Unit;
use crate::identity::{Identity, Owner, member};
use crate::once::SecretSource;
use crate::policy::{Write, allow};

/// Random bytes of a password that is made for somebody.
const GENERATED_BYTES: usize = 12;

/// A user with a password that was made for it.
#[derive(Clone, Debug)]
pub struct ResetPassword {
    /// The user.
    pub user: Member,
    /// The password: nobody will see it again.
    pub password: String,
}

impl Users {
    /// Gives a user a generated password in place of one that was forgotten. The user has to change it at the next
    /// sign-in; all its sign-ins end.
    pub async fn reset_password(&self, caller: &Caller, id: &UserId) -> Result<ResetPassword> {
        allow::<Member, Write>(caller)?;
        let password = generated(&self.identity.secrets_of(caller), &format!("{id}/password"));
        let hash = self.identity.hash_password(password.clone(), &Owner::default()).await?;
        let (by, id, identity) = (caller.clone(), id.clone(), self.identity.clone());
        let user = self
            .db
            .write_once(caller, AuditAction::UserResetPassword, move |unit| {
                let mut known = to_change(unit, &by, &id)?;
                unit.about(&known.user);
                known.require_home()?;
                require_reach(&*unit.tx, &by, &known.user)?;
                set_in(unit, &identity, &by, &mut known, hash)?;
                known.store_in(unit)?;
                member(&*unit.tx, &by.tenant, &id)?.ok_or_else(|| Error::not_found("user"))
            })
            .await?;
        Ok(ResetPassword { user, password })
    }
}

/// Sets a password that its user has to change. The user is still to be stored.
pub(super) fn set_in(
    unit: &mut Unit<'_>,
    identity: &Identity,
    caller: &Caller,
    known: &mut Known,
    hash: String,
) -> Result<()> {
    if known.user.id == caller.user {
        let text = "You cannot set your own password here. Change it with the present one.";
        return Err(Error::conflict(text).with_code("own_password"));
    }
    known.user.password_hash = hash;
    known.user.password_due = true;
    identity.end_sign_ins_in(unit, &known.user.id, None)
}

/// A password for the user whom `of` names.
pub(super) fn generated(secrets: &SecretSource, of: &str) -> String {
    URL_SAFE_NO_PAD.encode(&secrets.secret_of(of)[..GENERATED_BYTES])
}
