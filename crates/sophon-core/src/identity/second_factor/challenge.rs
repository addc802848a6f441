//! Sign-ins that wait for the second factor.
//!
//! A right password gives no token then, but a challenge: a secret of a few minutes, for the device and network that asked.
//! With it and a code the sign-in is made. Whatever ends the sign-ins of a user ends its challenges too.

use std::time::Duration;

use serde_json::json;
use sophon_model::ports::{Tx, every};
use sophon_model::{
    AuditAction, AuditOutcome, Error, Id, Kind, Member, Page, Result, SecondFactor, SignInChallenge,
    SignInChallengeId, Timestamp, User, UserId,
};

use super::codes::Typed;
use super::{CODE_IS_WRONG, Identity, WRONG_CODE, factor_of, may_act};
use crate::audit::Performer;
use crate::database::Unit;
use crate::identity::sign_in::{Device, SignedIn, at_most};
use crate::identity::{LONGEST_CREDENTIAL, NamedTenant, member, new_secret, secret_hash};

/// The code of the error that answers a right password where a second factor is asked for.
pub const SECOND_FACTOR_REQUIRED: &str = "second_factor_required";
/// How long a challenge lasts.
const LIFETIME: Duration = Duration::from_mins(5);
/// Challenges of a user in one network; beyond that the oldest go.
const MOST_IN_NETWORK: usize = 5;
/// Wrong codes that a challenge takes; it ends with the last of them.
const MOST_WRONG_CODES: i64 = 5;

/// The second step of a sign-in.
#[derive(Clone, Debug)]
pub struct SecondStep {
    /// What the first step was answered with.
    pub challenge: String,
    /// A code of the app, or a recovery code.
    pub code: String,
    /// Where it is made.
    pub device: Device,
    /// The tenant that the request names.
    pub tenant: NamedTenant,
}

/// Opens a challenge for a user, whose row the unit holds; returns what the device is to come back with.
pub(in crate::identity) fn open_in(unit: &mut Unit<'_>, user: &User, device: &Device) -> Result<String> {
    let (now, network) = (unit.now(), device.network());
    let (live, expired): (Vec<_>, Vec<_>) =
        of_user(&*unit.tx, &user.id)?.into_iter().partition(|challenge| now < challenge.expires_at);
    let here = live.into_iter().filter(|challenge| challenge.network == network);
    // The newest come first.
    for superfluous in expired.into_iter().chain(here.skip(MOST_IN_NETWORK - 1)) {
        unit.tx.delete(&superfluous.id)?;
    }
    let (id, secret) = (unit.new_id::<SignInChallengeId>(), new_secret("", unit.random()));
    let token = format!("{id}.{secret}");
    unit.tx.insert(&SignInChallenge {
        id,
        user_id: user.id.clone(),
        secret_hash: secret_hash(&secret),
        user_agent: device.name(),
        network,
        wrong_codes: 0,
        created_at: now,
        expires_at: now.plus(LIFETIME),
    })?;
    Ok(token)
}

/// Ends all challenges of a user.
pub(in crate::identity) fn close_in(unit: &mut Unit<'_>, user: &UserId) -> Result<()> {
    loop {
        let some = of_user(&*unit.tx, user)?;
        if some.is_empty() {
            return Ok(());
        }
        some.iter().try_for_each(|challenge| unit.tx.delete(&challenge.id).map(drop))?;
    }
}

/// The challenges of a user, newest first; of very many some.
fn of_user(tx: &dyn Tx, user: &UserId) -> Result<Vec<SignInChallenge>> {
    tx.list_in(user, &every::<SignInChallenge>(), Page::MOST)
}

/// The answer to a right password: the device has to come back with this and a code.
pub(in crate::identity) fn second_factor_required(challenge: &str) -> Error {
    let text = "The password is right. Enter a code of your authenticator app, or a recovery code: POST \
        /api/auth/login/second-factor.";
    let details = json!({ "challenge": challenge, "expiresInSeconds": LIFETIME.as_secs() });
    Error::unauthenticated(text).with_code(SECOND_FACTOR_REQUIRED).with_details(details)
}

/// One answer for every reason.
fn expired() -> Error {
    let text =
        "This sign-in has expired, or began on another device. Enter your e-mail address and password again.";
    Error::unauthenticated(text).with_code("sign_in_expired")
}

fn wrong_code() -> Error {
    Error::unauthenticated(CODE_IS_WRONG).with_code(WRONG_CODE)
}

/// A challenge as the device presents it.
#[derive(Clone)]
struct Presented {
    id: SignInChallengeId,
    secret_hash: String,
}

impl Presented {
    fn read(token: &str) -> Option<Self> {
        let (id, secret) = token.split_once('.')?;
        let secret_hash = secret_hash(secret);
        id.starts_with(SignInChallengeId::PREFIX).then(|| Self { id: id.into(), secret_hash })
    }

    /// The challenge, if it is that one, and this is the device that it was opened for.
    fn find(&self, tx: &dyn Tx, device: &Device, now: Timestamp) -> Result<Option<SignInChallenge>> {
        let is_good = |challenge: &SignInChallenge| {
            challenge.secret_hash == self.secret_hash
                && now < challenge.expires_at
                && challenge.user_agent == device.name()
                && challenge.network == device.network()
        };
        Ok(tx.get(&self.id)?.filter(is_good))
    }
}

impl Identity {
    /// Signs in with a challenge and a code.
    pub async fn second_step(&self, step: SecondStep) -> Result<SignedIn> {
        let (origin, mut claimed) = (step.device.origin(), None);
        match self.take_second_step(step, &mut claimed).await {
            Ok(Some(signed_in)) => Ok(signed_in),
            // Written down with the count of wrong codes.
            Ok(None) => Err(wrong_code()),
            Err(error) => {
                if matches!(error.kind(), Kind::Unauthenticated | Kind::RateLimited | Kind::NotAuthorized) {
                    self.refuse_sign_in(AuditAction::SignInCreate, claimed.as_ref(), origin, &error);
                }
                Err(error)
            }
        }
    }

    /// The same; nothing if the code is wrong. `claimed` is the user at its home, if the challenge is one.
    async fn take_second_step(
        &self,
        step: SecondStep,
        claimed: &mut Option<Member>,
    ) -> Result<Option<SignedIn>> {
        let SecondStep { challenge, code, device, tenant } = step;
        at_most("challenge", &challenge, LONGEST_CREDENTIAL)?;
        at_most("code", &code, LONGEST_CREDENTIAL)?;
        let mut attempt = self.throttle.begin(device.address).await?;
        let presented = Presented::read(&challenge).ok_or_else(expired)?;
        let (now, looked, here) = (self.db.now(), presented.clone(), device.clone());
        let found = self.db.read(move |tx| {
            let Some(challenge) = looked.find(tx, &here, now)? else { return Ok(None) };
            let Some(user) = tx.get(&challenge.user_id)?.filter(may_act) else { return Ok(None) };
            let home = member(tx, &user.tenant_id, &user.id)?;
            let sign_ins = tx.auth_sessions(&user.id, now)?;
            Ok(home.map(|home| (home, sign_ins)))
        });
        let (home, sign_ins) = found.await?.ok_or_else(expired)?;
        *claimed = Some(home.clone());
        attempt.on(&home.email, device.is_near(&sign_ins)).await?;
        let (identity, typed) = (self.clone(), Typed::read(&code));
        let by = Performer::member(&home, device.origin());
        let signed_in = self
            .db
            .write_by(by, AuditAction::SignInCreate, move |unit| {
                let user = unit.tx.user_to_change(&home.id)?.filter(may_act).ok_or_else(expired)?;
                let now = unit.now();
                let challenge = presented.find(&*unit.tx, &device, now)?.ok_or_else(expired)?;
                let factor =
                    factor_of(&*unit.tx, &user.id)?.filter(SecondFactor::is_on).ok_or_else(expired)?;
                if identity.try_code_in(unit, factor, &typed)?.is_none() {
                    unit.in_request(|request| {
                        request.set_performer(Performer::impostor(&home, device.origin()));
                    });
                    count_wrong_code_in(unit, challenge)?;
                    return Ok(None);
                }
                unit.tx.delete(&challenge.id)?;
                identity.open_sign_in(unit, user, &device, &tenant, None).map(Some)
            })
            .await?;
        if signed_in.is_some() {
            attempt.succeeded();
        }
        Ok(signed_in)
    }
}

/// Counts a wrong code on a challenge, which ends with the last that it takes.
fn count_wrong_code_in(unit: &mut Unit<'_>, mut challenge: SignInChallenge) -> Result<()> {
    unit.audit_outcome(AuditOutcome::Denied, WRONG_CODE);
    challenge.wrong_codes += 1;
    if challenge.wrong_codes < MOST_WRONG_CODES {
        unit.tx.update(&challenge)
    } else {
        unit.tx.delete(&challenge.id).map(drop)
    }
}
