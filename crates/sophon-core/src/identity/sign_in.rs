//! Signing in, staying signed in, signing out.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sophon_model::ports::Tx;
use sophon_model::{
    AuditAction, AuditOutcome, AuthSession, AuthSessionId, Caller, Credential, Error, Kind, Member, Origin,
    Permission, Result, Timestamp, User,
};

use super::password::LONGEST_PASSWORD;
use super::second_factor::{factor_of, open_in, second_factor_required};
use super::{
    Identity, LONGEST_CREDENTIAL, NamedTenant, Outsider, Profile, Proof, SECOND_FACTOR_REQUIRED, entered,
    may_act, member, new_secret, permissions, rejected, secret_hash,
};
use crate::audit::{Draft, Performer};
use crate::database::Unit;
use crate::network::network;
use crate::policy::require;
use crate::users::LONGEST_EMAIL;

/// How long a sign-in lasts without being refreshed.
const SIGN_IN_LIFETIME: Duration = Duration::from_hours(30 * 24);
/// How long the answer to a refresh is repeated to the same device.
const ANSWER_REPEATED: Duration = Duration::from_secs(30);
/// What a device may say of itself, in bytes; more is cut.
const LONGEST_USER_AGENT: usize = 200;

/// An attempt to sign in.
#[derive(Clone, Debug)]
pub struct Login {
    /// The e-mail address, in any case.
    pub email: String,
    /// The password.
    pub password: String,
    /// Where it is made.
    pub device: Device,
    /// The tenant that the request names.
    pub tenant: NamedTenant,
}

/// Where one signs in, or stays signed in.
#[derive(Clone, Debug, Default)]
pub struct Device {
    /// As it names itself.
    pub user_agent: Option<String>,
    /// The address it is at.
    pub address: Option<IpAddr>,
    /// The id of the request.
    pub request_id: Option<String>,
}

impl Device {
    /// What is kept of its name.
    pub(super) fn name(&self) -> Option<String> {
        let cut = |name: &String| name[..name.floor_char_boundary(LONGEST_USER_AGENT)].to_owned();
        self.user_agent.as_ref().map(cut)
    }

    pub(super) fn origin(&self) -> Arc<Origin> {
        let Self { user_agent, address, request_id } = self.clone();
        Arc::new(Origin { address, user_agent, request_id })
    }

    /// The network that it is in, as addresses are counted.
    pub(super) fn network(&self) -> Option<String> {
        self.address.map(|address| network(address).to_string())
    }

    fn address(&self) -> Option<String> {
        self.address.map(|address| address.to_string())
    }

    /// Whether this is where the sign-in was seen last.
    fn is_that_of(&self, session: &AuthSession) -> bool {
        self.name() == session.user_agent && self.address() == session.address
    }

    /// Whether it is in the network of one of these sign-ins.
    pub(super) fn is_near(&self, sign_ins: &[AuthSession]) -> bool {
        let here = self.address.map(network);
        let at = |session: &AuthSession| session.address.as_ref()?.parse().ok().map(network);
        here.is_some() && sign_ins.iter().any(|session| at(session) == here)
    }
}

/// A sign-in that succeeded.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The signed access token.
    pub access_token: String,
    /// Until when it counts.
    pub expires_at: Timestamp,
    /// The token to refresh with: good for one use.
    pub refresh_token: String,
    /// The user who signed in.
    pub profile: Profile,
}

/// What a right password comes to.
enum FirstStep {
    SignedIn(Box<SignedIn>),
    /// A second factor is asked for; the device comes back with this challenge.
    Challenged(String),
}

impl Identity {
    /// Signs in. Whether the account does not exist, may not sign in or has another password cannot be told apart. Where a
    /// second factor is asked for, a right password is answered with [`SECOND_FACTOR_REQUIRED`](super::SECOND_FACTOR_REQUIRED),
    /// and [`second_step`](Self::second_step) signs in.
    pub async fn login(&self, login: Login) -> Result<SignedIn> {
        let origin = login.device.origin();
        let mut claimed = None;
        match self.log_in(login, &mut claimed).await {
            Ok(FirstStep::SignedIn(signed_in)) => Ok(*signed_in),
            // Written down with the challenge.
            Ok(FirstStep::Challenged(challenge)) => Err(second_factor_required(&challenge)),
            Err(error) => {
                if matches!(error.kind(), Kind::Unauthenticated | Kind::RateLimited | Kind::NotAuthorized) {
                    self.refuse_sign_in(AuditAction::SignInCreate, claimed.as_ref(), origin, &error);
                }
                Err(error)
            }
        }
    }

    /// Has it written down that somebody was not let in. Who has no account is not named: people type their passwords into
    /// the wrong field.
    pub(super) fn refuse_sign_in(
        &self,
        action: AuditAction,
        claimed: Option<&Member>,
        origin: Arc<Origin>,
        error: &Error,
    ) {
        let by = match claimed {
            Some(member) => Performer::impostor(member, origin),
            None => self.audit.nobody(origin),
        };
        self.audit.refuse_draft(Draft::new(by, action).denied(error.code()));
    }

    /// The same; `claimed` is the user at its home, if there is one.
    async fn log_in(&self, login: Login, claimed: &mut Option<Member>) -> Result<FirstStep> {
        let Login { email, password, device, tenant } = login;
        // Before anything else looks at them: strangers choose them.
        at_most("email", &email, LONGEST_EMAIL)?;
        at_most("password", &password, LONGEST_PASSWORD)?;
        let email = email.trim().to_lowercase();
        let mut attempt = self.throttle.begin(device.address).await?;
        let (wanted, now) = (email.clone(), self.db.now());
        let found = self.db.read(move |tx| {
            let Some(user) = tx.user_by_email(&wanted)?.filter(may_act) else { return Ok(None) };
            let home = member(tx, &user.tenant_id, &user.id)?;
            let sign_ins = tx.auth_sessions(&user.id, now)?;
            Ok(Some((user, home, sign_ins)))
        });
        let (user, home, sign_ins) = match found.await? {
            Some((user, home, sign_ins)) => (Some(user), home, sign_ins),
            None => (None, None, Vec::new()),
        };
        claimed.clone_from(&home);
        attempt.on(&email, device.is_near(&sign_ins)).await?;
        let hash = user.as_ref().map(|user| user.password_hash.clone());
        let verified = self.passwords.verify(password, hash).await?;
        let (Some(user), Some(home)) = (user.filter(|_| verified), home) else {
            return Err(Error::unauthenticated("E-mail address or password is wrong."));
        };
        attempt.succeeded();
        let identity = self.clone();
        let by = Performer::member(&home, device.origin());
        let not_proven = Performer::impostor(&home, device.origin());
        self.db
            .write_by(by, AuditAction::SignInCreate, move |unit| {
                // The password may have been changed since it was verified.
                let is_same = |now: &User| may_act(now) && now.password_hash == user.password_hash;
                let user = unit.tx.user_to_change(&user.id)?.filter(is_same).ok_or_else(rejected)?;
                if factor_of(&*unit.tx, &user.id)?.is_some_and(|factor| factor.is_on()) {
                    unit.in_request(|request| request.set_performer(not_proven));
                    unit.audit_outcome(AuditOutcome::Denied, SECOND_FACTOR_REQUIRED);
                    return open_in(unit, &user, &device).map(FirstStep::Challenged);
                }
                let signed_in = identity.open_sign_in(unit, user, &device, &tenant, None)?;
                Ok(FirstStep::SignedIn(Box::new(signed_in)))
            })
            .await
    }

    /// Makes a sign-in of a user who has proved all that is asked for. It ends by `ends_at`, however often it is refreshed.
    pub(super) fn open_sign_in(
        &self,
        unit: &mut Unit<'_>,
        user: User,
        device: &Device,
        tenant: &NamedTenant,
        ends_at: Option<Timestamp>,
    ) -> Result<SignedIn> {
        let (now, refresh_token) = (unit.now(), new_secret("rt_", unit.random()));
        let mut session = AuthSession {
            id: unit.new_id(),
            user_id: user.id.clone(),
            refresh_hash: secret_hash(&refresh_token),
            previous_hash: None,
            user_agent: device.name(),
            address: device.address(),
            created_at: now,
            last_seen_at: now,
            expires_at: now,
            revoked_at: None,
            ends_at,
        };
        session.extend(now.plus(SIGN_IN_LIFETIME));
        unit.tx.insert(&session)?;
        unit.about(&session);
        self.signed_in(&*unit.tx, user, &session, refresh_token, tenant)
    }

    /// Trades a refresh token for a new pair. A token presented a second time means that the chain has leaked: the
    /// whole sign-in ends. But two pages of one browser may present it at once, and an answer may be lost: for half a
    /// minute the device that traded it gets the same answer again.
    pub async fn refresh(
        &self,
        refresh_token: &str,
        device: Device,
        tenant: NamedTenant,
    ) -> Result<SignedIn> {
        enum Found {
            Refreshed(Box<SignedIn>),
            Leaked(AuthSessionId),
        }
        let origin = device.origin();
        if refresh_token.len() > LONGEST_CREDENTIAL {
            return Err(rejected());
        }
        let (by, from) = (self.audit.nobody(origin.clone()), origin.clone());
        let (hash, next) = (secret_hash(refresh_token), self.refresh_key.next(refresh_token));
        let (next_hash, identity) = (secret_hash(&next), self.clone());
        let found = self
            .db
            .write_by(by, AuditAction::SignInRefresh, move |unit| {
                let now = unit.now();
                let session = unit.tx.auth_session_by_refresh(&hash)?;
                let mut session = session.filter(|session| session.is_live(now)).ok_or_else(rejected)?;
                let user = unit.tx.get(&session.user_id)?.filter(may_act).ok_or_else(rejected)?;
                unit.about(&session);
                let home = member(&*unit.tx, &user.tenant_id, &user.id)?.ok_or_else(rejected)?;
                let by = Performer::member(&home, from).by_sign_in(&session);
                unit.in_request(|request| request.set_performer(by));
                if session.refresh_hash == hash {
                    session.previous_hash = Some(std::mem::replace(&mut session.refresh_hash, next_hash));
                    session.user_agent = device.name();
                    session.address = device.address();
                    session.last_seen_at = now;
                    session.extend(now.plus(SIGN_IN_LIFETIME));
                    unit.tx.update(&session)?;
                } else if now.since(session.last_seen_at) > ANSWER_REPEATED || !device.is_that_of(&session) {
                    session.revoked_at = Some(now);
                    unit.tx.update(&session)?;
                    identity.rights_change_in(unit, &session.user_id)?;
                    unit.audit_outcome(AuditOutcome::Denied, "refresh_token_reused");
                    return Ok(Found::Leaked(session.id));
                } else {
                    // The answer is repeated.
                    unit.is_no_action();
                }
                let signed_in = identity.signed_in(&*unit.tx, user, &session, next, &tenant)?;
                Ok(Found::Refreshed(Box::new(signed_in)))
            })
            .await;
        if let Err(error) = &found
            && error.kind() == Kind::Unauthenticated
        {
            self.refuse_sign_in(AuditAction::SignInRefresh, None, origin, error);
        }
        match found? {
            Found::Refreshed(signed_in) => Ok(*signed_in),
            Found::Leaked(session) => {
                tracing::warn!(%session, "a refresh token was used twice; the sign-in was ended");
                Err(rejected())
            }
        }
    }

    /// Ends the sign-in that the caller lives by.
    pub async fn logout(&self, caller: &Caller) -> Result<()> {
        match &caller.credential {
            Credential::Access(session, _) => self.revoke_sign_in(caller, session).await,
            Credential::ApiToken(..) | Credential::AutoAdmin | Credential::Agent(..) => Err(Error::new(
                Kind::Conflict,
                "There is no sign-in to end: the request was made with an API token or with none. \
                 API tokens are revoked with DELETE /api/auth/tokens/{id}.",
            )),
        }
    }

    /// The caller's live sign-ins, last seen first.
    pub async fn sign_ins(&self, caller: &Caller) -> Result<Vec<AuthSession>> {
        let (user, now) = (caller.user.clone(), self.db.now());
        self.db.read(move |tx| tx.auth_sessions(&user, now)).await
    }

    /// Ends one of the caller's sign-ins; whatever lives by it is cut off. An API token must have been given the
    /// permission for it by name.
    pub async fn revoke_sign_in(&self, caller: &Caller, id: &AuthSessionId) -> Result<()> {
        if caller.credential.api_token().is_some() {
            require(caller, Permission::EndSignIns)?;
        }
        let (identity, user, wanted) = (self.clone(), caller.user.clone(), id.clone());
        self.db
            .write_as(caller, AuditAction::SignInEnd, move |unit| {
                let now = unit.now();
                let session = unit.tx.get(&wanted)?;
                let session = session.filter(|session| session.user_id == user && session.is_live(now));
                let mut session = session.ok_or_else(|| Error::not_found("sign-in"))?;
                unit.about(&session);
                session.revoked_at = Some(now);
                unit.tx.update(&session)?;
                identity.rights_change_in(unit, &session.user_id)
            })
            .await
    }

    /// The answer for `session`, which was seen just now; the same each time it is asked for.
    fn signed_in(
        &self,
        tx: &dyn Tx,
        user: User,
        session: &AuthSession,
        refresh_token: String,
        tenant: &NamedTenant,
    ) -> Result<SignedIn> {
        let (access_token, expires_at) = self.tokens.issue(&user.id, &session.id, session.last_seen_at)?;
        let proof = Proof::of_person(Credential::Access(session.id.clone(), expires_at));
        let Some(member) = entered(tx, &user, tenant, &proof)? else {
            return Err(Outsider::new(user, proof.credential, tenant).refusal());
        };
        let permissions = permissions(tx, &member)?;
        let profile = Profile::of(tx, member, permissions, &proof.credential)?;
        Ok(SignedIn { access_token, expires_at, refresh_token, profile })
    }
}

/// Says which refresh token comes after another: nobody else can, and it is the same each time, so that an answer can
/// be repeated though tokens are stored as hashes only.
#[derive(Clone)]
pub(super) struct RefreshKey([u8; 32]);

impl RefreshKey {
    pub(super) fn new(signing_key: &[u8; 32]) -> Self {
        Self(*signing_key)
    }

    fn next(&self, refresh_token: &str) -> String {
        let mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("a key of any length will do");
        let mac = mac.chain_update(b"the refresh token after ").chain_update(refresh_token);
        new_secret("rt_", mac.finalize().into_bytes().into())
    }
}

/// Refuses a text that is longer than `most` bytes.
pub(super) fn at_most(field: &str, text: &str, most: usize) -> Result<()> {
    if text.len() <= most {
        return Ok(());
    }
    Err(Error::validation(field, format!("It has at most {most} bytes.")))
}
