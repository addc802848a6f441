//! The second factor of an account: codes of an authenticator app, and recovery codes for when it is lost.
//!
//! The key is sealed in the main tenant, which is never deleted: an account may outlive its home. Whoever changes a factor,
//! or tries a code on it, holds the row of its user, so that no code counts twice.
//!
//! Whoever has a password can try codes without end. So after a number of wrong ones the app's codes are refused for a
//! while, whoever asks. Recovery codes are too long to be guessed and go on counting: the owner is not locked out.

mod challenge;
mod codes;

pub use challenge::{SECOND_FACTOR_REQUIRED, SecondStep};
pub(super) use challenge::{close_in, open_in, second_factor_required};

use std::time::Duration;

use sophon_model::ports::{Tx, every};
use sophon_model::{
    AuditAction, AuditOutcome, Caller, Error, Kind, Result, SecondFactor, SecretBytes, SecretName,
    SecretPurpose, Timestamp, UserId,
};

use super::account::{own, require_person};
use super::{Identity, may_act};
use crate::database::Unit;
use codes::{KEY_BYTES, Typed, Used, invitation, matching, recovery_codes};

/// Wrong codes of an app, one after the other, before it has to wait.
const MOST_WRONG_CODES: i64 = 10;
/// How long the codes of an app are refused after that.
const PAUSE: Duration = Duration::from_mins(10);

/// How it is with one's second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecondFactorState {
    /// Since when sign-ins ask for it, if they do.
    pub since: Option<Timestamp>,
    /// Recovery codes that are left.
    pub recovery_codes_left: usize,
}

/// A second factor that is to be confirmed with a first code.
#[derive(Clone, Debug)]
pub struct BegunSecondFactor {
    /// What an app reads from a QR code: an `otpauth` address.
    pub uri: String,
    /// The key as it is typed into an app, in base32.
    pub key: String,
}

impl Identity {
    /// How it is with the caller's second factor.
    pub async fn second_factor(&self, caller: &Caller) -> Result<SecondFactorState> {
        let user = caller.user.clone();
        let found = self.db.read(move |tx| factor_of(tx, &user)).await?.filter(SecondFactor::is_on);
        Ok(SecondFactorState {
            since: found.as_ref().and_then(|factor| factor.confirmed_at),
            recovery_codes_left: found.map_or(0, |factor| factor.recovery_hashes.len()),
        })
    }

    /// Makes a key for the caller's app, in place of one that was not confirmed.
    pub async fn begin_second_factor(&self, caller: &Caller, password: String) -> Result<BegunSecondFactor> {
        let action = AuditAction::SecondFactorBegin;
        let verified = self.verify_own_password(caller, password, action).await?;
        let key = SecretBytes::from(self.db.random::<KEY_BYTES>().to_vec());
        let (uri, typed) = invitation(&key, &verified.owner.email)?;
        let (identity, by) = (self.clone(), caller.clone());
        self.db
            .write_as(caller, action, move |unit| {
                let user = own(unit, &by)?;
                verified.require_unchanged(&user)?;
                let before = factor_of(&*unit.tx, &user.id)?;
                if before.as_ref().is_some_and(SecondFactor::is_on) {
                    return Err(Error::conflict("A second factor is on already. Switch it off first.")
                        .with_code("second_factor_on"));
                }
                let (now, id) = (unit.now(), before.map_or_else(|| unit.new_id(), |before| before.id));
                let factor = SecondFactor {
                    id,
                    user_id: user.id,
                    confirmed_at: None,
                    last_step: 0,
                    recovery_hashes: Vec::new(),
                    wrong_codes: 0,
                    wrong_at: None,
                    created_at: now,
                    updated_at: now,
                };
                unit.tx.put(&factor)?;
                unit.about(&factor);
                identity.secrets.set_in(unit, &identity.key_of(&factor.user_id), &key)
            })
            .await?;
        Ok(BegunSecondFactor { uri, key: typed })
    }

    /// Switches the factor on that was begun, with a code of the app. The recovery codes are returned; nobody sees them
    /// again. All other sign-ins end: they did without it.
    pub async fn confirm_second_factor(&self, caller: &Caller, code: &str) -> Result<Vec<String>> {
        require_person(caller)?;
        let Typed::App(code) = Typed::read(code) else { return Err(wrong_code()) };
        let (shown, hashes) = recovery_codes(|| self.db.random());
        let (identity, by) = (self.clone(), caller.clone());
        let is_right = self
            .db
            .write_as(caller, AuditAction::SecondFactorConfirm, move |unit| {
                let user = own(unit, &by)?;
                let begun = factor_of(&*unit.tx, &user.id)?.filter(|factor| !factor.is_on());
                let factor = begun.ok_or_else(|| {
                    Error::conflict(
                        "No second factor is being set up. Begin with POST /api/auth/second-factor.",
                    )
                    .with_code("second_factor_not_begun")
                })?;
                unit.about(&factor);
                let Some(mut factor) = identity.try_code_in(unit, factor, &Typed::App(code))? else {
                    return Ok(false);
                };
                factor.confirmed_at = Some(unit.now());
                factor.recovery_hashes = hashes;
                unit.tx.update(&factor)?;
                identity.end_sign_ins_in(unit, &user.id, Some(&by.credential))?;
                Ok(true)
            })
            .await?;
        if is_right { Ok(shown) } else { Err(wrong_code()) }
    }

    /// Makes new recovery codes in place of those that are left.
    pub async fn renew_recovery_codes(
        &self,
        caller: &Caller,
        password: String,
        code: &str,
    ) -> Result<Vec<String>> {
        let (shown, hashes) = recovery_codes(|| self.db.random());
        let renew = |_: &Self, unit: &mut Unit<'_>, mut factor: SecondFactor| {
            factor.recovery_hashes = hashes;
            unit.tx.update(&factor)
        };
        self.with_both_factors(caller, password, code, AuditAction::SecondFactorRenew, renew).await?;
        Ok(shown)
    }

    /// Switches the caller's second factor off.
    pub async fn disable_second_factor(&self, caller: &Caller, password: String, code: &str) -> Result<()> {
        let disable = |identity: &Self, unit: &mut Unit<'_>, factor: SecondFactor| {
            identity.remove_second_factor_in(unit, &factor.user_id).map(drop)
        };
        self.with_both_factors(caller, password, code, AuditAction::SecondFactorDisable, disable).await
    }

    /// Does what takes the password and a code.
    async fn with_both_factors<F>(
        &self,
        caller: &Caller,
        password: String,
        code: &str,
        action: AuditAction,
        then: F,
    ) -> Result<()>
    where
        F: FnOnce(&Self, &mut Unit<'_>, SecondFactor) -> Result<()> + Clone + Send + 'static,
    {
        let verified = self.verify_own_password(caller, password, action).await?;
        let (identity, by, typed) = (self.clone(), caller.clone(), Typed::read(code));
        let is_right = self
            .db
            .write_as(caller, action, move |unit| {
                let user = own(unit, &by)?;
                verified.require_unchanged(&user)?;
                let factor = factor_of(&*unit.tx, &user.id)?.filter(SecondFactor::is_on);
                let factor = factor.ok_or_else(|| {
                    Error::conflict("You have no second factor.").with_code("second_factor_off")
                })?;
                unit.about(&factor);
                let Some(factor) = identity.try_code_in(unit, factor, &typed)? else { return Ok(false) };
                then(&identity, unit, factor)?;
                Ok(true)
            })
            .await?;
        if is_right { Ok(()) } else { Err(wrong_code()) }
    }

    /// Removes a user's second factor, its key, and the sign-ins that wait for it. Returns it, if there was one.
    pub(crate) fn remove_second_factor_in(
        &self,
        unit: &mut Unit<'_>,
        user: &UserId,
    ) -> Result<Option<SecondFactor>> {
        close_in(unit, user)?;
        let Some(factor) = factor_of(&*unit.tx, user)? else { return Ok(None) };
        unit.tx.delete(&factor.id)?;
        self.secrets.delete_in(unit, &self.key_of(user))?;
        Ok(Some(factor))
    }

    /// Tries a code; the unit holds the user's row. The factor as it is afterwards, or nothing if the code is wrong: that is
    /// counted, so the unit must not fail because of it.
    fn try_code_in(
        &self,
        unit: &mut Unit<'_>,
        mut factor: SecondFactor,
        typed: &Typed,
    ) -> Result<Option<SecondFactor>> {
        let now = unit.now();
        let is_of_app = matches!(typed, Typed::App(_));
        if is_of_app {
            require_patience(&factor, now)?;
        }
        let key = self.secrets.get_in(&*unit.tx, &self.key_of(&factor.user_id))?;
        let key = key.ok_or_else(|| Error::internal("the key of a second factor is missing"))?;
        let used = matching(&factor, &key, typed, now)?;
        let is_right = used.is_some();
        match used {
            Some(Used::Step(step)) => factor.last_step = step,
            Some(Used::Recovery(hash)) => factor.recovery_hashes.retain(|left| *left != hash),
            None => unit.audit_outcome(AuditOutcome::Denied, WRONG_CODE),
        }
        if is_right {
            (factor.wrong_codes, factor.wrong_at) = (0, None);
        } else if is_of_app {
            (factor.wrong_codes, factor.wrong_at) = (factor.wrong_codes + 1, Some(now));
        }
        factor.updated_at = now;
        unit.tx.update(&factor)?;
        Ok(is_right.then_some(factor))
    }

    fn key_of(&self, user: &UserId) -> SecretName {
        SecretName { tenant: self.main_tenant.clone(), owner: user.into(), purpose: SecretPurpose::Totp }
    }
}

/// Refuses codes of an app for a while after too many wrong ones.
fn require_patience(factor: &SecondFactor, now: Timestamp) -> Result<()> {
    let Some(until) = factor.wrong_at.map(|at| at.plus(PAUSE)) else { return Ok(()) };
    if factor.wrong_codes < MOST_WRONG_CODES || until <= now {
        return Ok(());
    }
    let text = "Too many wrong codes. Wait for a few minutes, or use a recovery code.";
    Err(Error::new(Kind::RateLimited, text).with_retry_after(until.since(now)))
}

/// The second factor of a user, confirmed or not.
pub(super) fn factor_of(tx: &dyn Tx, user: &UserId) -> Result<Option<SecondFactor>> {
    Ok(tx.list_in(user, &every::<SecondFactor>(), 1)?.pop())
}

/// The code of the error for a wrong code.
const WRONG_CODE: &str = "wrong_code";
/// What it says.
const CODE_IS_WRONG: &str =
    "The code is wrong, or was used before. Enter the next one that your app shows, or a recovery code.";

fn wrong_code() -> Error {
    Error::conflict(CODE_IS_WRONG).with_code(WRONG_CODE).with_field("code")
}
