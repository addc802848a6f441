//! Signing in, staying signed in, signing out.

use std::time::Duration;

use sophon_model::{AuthSession, AuthSessionId, Caller, Credential, Error, Kind, Result, Timestamp, User};

use super::{Identity, Profile, may_act, new_secret, rejected, secret_hash};

/// How long a sign-in lasts without being refreshed.
const SIGN_IN_LIFETIME: Duration = Duration::from_hours(30 * 24);
/// What a device may say of itself, in bytes; more is cut.
const LONGEST_USER_AGENT: usize = 200;

/// An attempt to sign in.
#[derive(Clone, Debug)]
pub struct Login {
    /// The e-mail address, in any case.
    pub email: String,
    /// The password.
    pub password: String,
    /// The device, as it names itself.
    pub user_agent: Option<String>,
    /// The address it comes from.
    pub address: Option<String>,
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
    /// Who signed in.
    pub profile: Profile,
}

impl Identity {
    /// Signs in. Whether the account does not exist, may not sign in or has another password cannot be told apart.
    pub async fn login(&self, login: Login) -> Result<SignedIn> {
        let email = login.email.trim().to_lowercase();
        self.throttle.check(login.address.as_deref(), &email)?;
        let user = self.db.read(move |tx| tx.user_by_email(&email)).await?.filter(may_act);
        let hash = user.as_ref().map(|user| user.password_hash.clone());
        let verified = self.passwords.verify(login.password, hash).await?;
        let Some(user) = user.filter(|_| verified) else {
            return Err(Error::unauthenticated("E-mail address or password is wrong."));
        };
        let (now, refresh_token) = (self.db.now(), self.new_refresh_token());
        let session = AuthSession {
            id: self.db.new_id(),
            user_id: user.id.clone(),
            refresh_hash: secret_hash(&refresh_token),
            previous_hash: None,
            user_agent: login.user_agent.map(|mut name| {
                name.truncate(name.floor_char_boundary(LONGEST_USER_AGENT));
                name
            }),
            address: login.address,
            created_at: now,
            last_seen_at: now,
            expires_at: now.plus(SIGN_IN_LIFETIME),
            revoked_at: None,
        };
        let id = session.id.clone();
        self.db.write(move |unit| unit.tx.insert(&session)).await?;
        self.signed_in(user, &id, refresh_token).await
    }

    /// Trades a refresh token for a new pair. A token presented a second time means that the chain has leaked: the
    /// whole sign-in ends.
    pub async fn refresh(&self, refresh_token: &str) -> Result<SignedIn> {
        enum Found {
            Refreshed(Box<User>, AuthSessionId),
            Leaked(AuthSessionId),
        }
        let (hash, next) = (secret_hash(refresh_token), self.new_refresh_token());
        let (next_hash, identity) = (secret_hash(&next), self.clone());
        let found = self
            .db
            .write(move |unit| {
                let now = unit.now();
                let session = unit.tx.auth_session_by_refresh(&hash)?;
                let mut session = session.filter(|session| session.is_live(now)).ok_or_else(rejected)?;
                if session.refresh_hash != hash {
                    session.revoked_at = Some(now);
                    unit.tx.update(&session)?;
                    identity.rights_change_in(unit, &session.user_id);
                    return Ok(Found::Leaked(session.id));
                }
                let user = unit.tx.get(&session.user_id)?.filter(may_act).ok_or_else(rejected)?;
                session.previous_hash = Some(std::mem::replace(&mut session.refresh_hash, next_hash));
                session.last_seen_at = now;
                session.expires_at = now.plus(SIGN_IN_LIFETIME);
                unit.tx.update(&session)?;
                Ok(Found::Refreshed(Box::new(user), session.id))
            })
            .await?;
        match found {
            Found::Refreshed(user, session) => self.signed_in(*user, &session, next).await,
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
            Credential::ApiToken(_) | Credential::AutoAdmin | Credential::Agent(_) => Err(Error::new(
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

    /// Ends one of the caller's sign-ins; whatever lives by it is cut off.
    pub async fn revoke_sign_in(&self, caller: &Caller, id: &AuthSessionId) -> Result<()> {
        let (identity, user, wanted) = (self.clone(), caller.user.clone(), id.clone());
        self.db
            .write(move |unit| {
                let now = unit.now();
                let session = unit.tx.get(&wanted)?;
                let session = session.filter(|session| session.user_id == user && session.is_live(now));
                let mut session = session.ok_or_else(|| Error::not_found("sign-in"))?;
                session.revoked_at = Some(now);
                unit.tx.update(&session)?;
                identity.rights_change_in(unit, &session.user_id);
                Ok(())
            })
            .await
    }

    fn new_refresh_token(&self) -> String {
        new_secret("rt_", self.db.random())
    }

    async fn signed_in(
        &self,
        user: User,
        session: &AuthSessionId,
        refresh_token: String,
    ) -> Result<SignedIn> {
        let (access_token, expires_at) = self.tokens.issue(&user.id, session, self.db.now())?;
        let profile = self.db.read(move |tx| Profile::of(tx, user)).await?;
        Ok(SignedIn { access_token, expires_at, refresh_token, profile })
    }
}
