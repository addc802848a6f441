//! Identity: signing in, sign-ins and their refresh tokens, API tokens, and the caller behind a credential.

mod access_token;
mod account;
mod api_tokens;
mod identified;
mod password;
mod rights;
mod sign_in;
mod throttle;

pub use account::AccountChange;
pub(crate) use account::require_person;
pub use api_tokens::{Ends, NewApiToken};
pub use identified::{Identified, Presented};
pub(crate) use password::{check_new_password, hash_password};
pub(crate) use rights::{ActingFor, acting_for, ended_rights};
pub use sign_in::{Device, Login, SignedIn};
pub use throttle::SignInRates;

use std::sync::Arc;

use sha2::{Digest, Sha256};
use sophon_model::ports::Tx;
use sophon_model::{
    ApiToken, ApiTokenId, Caller, Credential, Error, Kind, Permission, Permissions, Result, Role, Tenant,
    TenantId, Timestamp, User, UserId, UserStatus,
};
use tokio::sync::broadcast;

use crate::audit::Audit;
use crate::database::{Database, Unit};
use crate::gateway::Shared;
use crate::once::SecretMaker;
use crate::registry::Registry;
use access_token::AccessTokens;
use password::Passwords;
use sign_in::RefreshKey;
use throttle::LoginThrottle;

/// The header in which a request names its tenant.
pub const TENANT_HEADER: &str = "x-sophon-tenant";
/// How an API token begins.
pub const API_TOKEN_PREFIX: &str = "sk_";
/// The longest credential that is looked at, in bytes.
const LONGEST_CREDENTIAL: usize = 4 * 1024;
/// Changes of rights that a listener may be behind with before it has to check all it holds.
const CHANGES_BACKLOG: usize = 256;

/// What has become of the rights with which somebody began something that goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizationState {
    /// They are the same.
    Unchanged,
    /// The user has others now.
    Changed,
    /// The credential counts no longer, or the user may do nothing any more.
    Ended,
}

/// A user as it sees itself.
#[derive(Clone, Debug)]
pub struct Profile {
    /// The user.
    pub user: User,
    /// What people call its role.
    pub role_name: String,
    /// Its tenant.
    pub tenant: Tenant,
    /// What it may do: what its role includes, or less with an API token.
    pub permissions: Permissions,
}

impl Profile {
    fn of(tx: &dyn Tx, user: User, permissions: Permissions) -> Result<Self> {
        let tenant = tx.get(&user.tenant_id)?.ok_or_else(|| Error::not_found("tenant"))?;
        let role_name = match &user.role {
            Role::Custom(id) => tx.get_in(&user.tenant_id, id)?.map(|role| role.name),
            Role::Admin | Role::Operator | Role::Viewer => None,
        };
        let role_name = role_name.unwrap_or_else(|| user.role.name().to_owned());
        Ok(Self { user, role_name, tenant, permissions })
    }
}

/// The service.
#[derive(Clone)]
pub struct Identity {
    db: Database,
    tokens: AccessTokens,
    refresh_key: RefreshKey,
    secret_maker: SecretMaker,
    passwords: Passwords,
    throttle: Arc<LoginThrottle>,
    changes: broadcast::Sender<UserId>,
    audit: Audit,
    auto_admin: Option<Caller>,
}

impl Identity {
    pub(crate) fn open(
        shared: &Shared,
        registry: &mut Registry,
        audit: Audit,
        auto_admin: Option<Caller>,
    ) -> Result<Self> {
        let (db, settings) = (shared.db.clone(), &shared.settings);
        let changes = broadcast::Sender::new(CHANGES_BACKLOG);
        rights::register(registry, &changes);
        registry.chore(rights::Reviewer::new(changes.clone(), shared.running.clone()));
        Ok(Self {
            tokens: AccessTokens::new(&settings.signing_key),
            refresh_key: RefreshKey::new(&settings.signing_key),
            secret_maker: SecretMaker::new(&settings.signing_key),
            passwords: Passwords::new(db.random())?,
            throttle: Arc::new(LoginThrottle::new(db.random(), settings.sign_ins)),
            changes,
            audit,
            auto_admin,
            db,
        })
    }

    /// The caller of requests without a credential: the administrator, if the gateway runs for one person on this
    /// machine alone, and nobody otherwise.
    pub fn auto_admin(&self) -> Option<&Caller> {
        self.auto_admin.as_ref()
    }

    /// The caller behind a credential: an access token or an API token. Asked anew for each request, so that a
    /// revocation counts from the next one on.
    pub async fn authenticate(&self, credential: &str) -> Result<Caller> {
        self.recognize(credential).await?.require_user().cloned()
    }

    /// The same, also if the caller has to change its password before anything else.
    pub(crate) async fn recognize(&self, credential: &str) -> Result<Identified> {
        if credential.len() > LONGEST_CREDENTIAL {
            return Err(rejected());
        }
        if credential.starts_with(API_TOKEN_PREFIX) {
            self.caller_of_api_token(credential).await.map(Identified::Caller)
        } else {
            self.caller_of_access_token(credential).await
        }
    }

    async fn caller_of_access_token(&self, token: &str) -> Result<Identified> {
        let now = self.db.now();
        let claims = self.tokens.verify(token, now).ok_or_else(rejected)?;
        self.db
            .read(move |tx| {
                let session = tx.get(&claims.sid)?.filter(|session| session.is_live(now));
                let session = session.filter(|session| session.user_id == claims.sub).ok_or_else(rejected)?;
                let user = tx.get(&session.user_id)?.filter(may_act).ok_or_else(rejected)?;
                let password_due = user.password_due;
                let caller = caller(tx, user, Credential::Access(session.id, claims.expires_at()), now)?;
                Ok(if password_due { Identified::PasswordDue(caller) } else { Identified::Caller(caller) })
            })
            .await
    }

    /// The account of the caller.
    pub async fn me(&self, caller: &Caller) -> Result<Profile> {
        let (user, permissions) = (caller.user.clone(), caller.permissions);
        self.db
            .read(move |tx| {
                let user = tx.get(&user)?.ok_or_else(|| Error::not_found("user"))?;
                Profile::of(tx, user, permissions)
            })
            .await
    }

    /// Checks the tenants that a request names, in the values of [`TENANT_HEADER`], against the caller's own. Any
    /// other one is `not_authorized`.
    pub async fn require_tenants<'a>(
        &self,
        caller: &Caller,
        named: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<()> {
        self.require_tenant(&caller.tenant, named).await
    }

    async fn require_tenant<'a>(
        &self,
        own: &TenantId,
        named: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<()> {
        for slug in named {
            let slug = String::from_utf8_lossy(slug).into_owned();
            let named = self.db.read(move |tx| tx.tenant_by_slug(&slug)).await?;
            if named.is_none_or(|tenant| tenant.id != *own) {
                let text = "You do not belong to the tenant that the request names.";
                return Err(Error::new(Kind::NotAuthorized, text));
            }
        }
        Ok(())
    }

    /// What has become of the caller's rights. For connections that outlive their request.
    pub async fn standing(&self, caller: &Caller) -> Result<AuthorizationState> {
        let (before, now) = (caller.clone(), self.db.now());
        self.db
            .read(move |tx| {
                let Some(user) = tx.get(&before.user)?.filter(may_act) else {
                    return Ok(AuthorizationState::Ended);
                };
                if let Credential::Access(session, until) = &before.credential {
                    let session = tx.get(session)?.filter(|session| session.is_live(now));
                    if *until <= now || session.is_none() {
                        return Ok(AuthorizationState::Ended);
                    }
                }
                let after = match self::caller(tx, user, before.credential.clone(), now) {
                    Err(error) if error.kind() == Kind::Unauthenticated => {
                        return Ok(AuthorizationState::Ended);
                    }
                    after => after?,
                };
                let same = (&before.tenant, &before.role, before.permissions)
                    == (&after.tenant, &after.role, after.permissions);
                Ok(if same { AuthorizationState::Unchanged } else { AuthorizationState::Changed })
            })
            .await
    }

    /// Publishes the users whose rights change from now on: what serves them longer than a request asks for their
    /// [`standing`](Self::standing) then.
    pub fn changes(&self) -> broadcast::Receiver<UserId> {
        self.changes.subscribe()
    }

    /// To be called by every unit of work that gives a user rights or takes some away: it revokes a credential,
    /// disables the user, changes its role. What is open with the old rights ends within a moment of the commit, and so
    /// does the work that was started with rights that have ended.
    pub fn rights_change_in(&self, unit: &mut Unit<'_>, user: &UserId) -> Result<()> {
        rights::publish_after_commit(unit, &self.changes, user);
        rights::review_in(unit, user)
    }
}

pub(crate) fn may_act(user: &User) -> bool {
    user.status == UserStatus::Active
}

/// The user as a caller, with what its role includes now and its API token, if it has one, allows now.
pub(crate) fn caller(tx: &dyn Tx, user: User, credential: Credential, now: Timestamp) -> Result<Caller> {
    let held = permissions(tx, &user)?;
    let permissions = match &credential {
        Credential::ApiToken(id, _) => own_rights(held).and(live_token(tx, &user.id, id, now)?.rights()),
        Credential::Agent(_, Some(id)) => held.and(live_token(tx, &user.id, id, now)?.rights()),
        Credential::Access(..) | Credential::AutoAdmin | Credential::Agent(_, None) => held,
    };
    Ok(as_caller(user, permissions, credential))
}

/// The user as a caller with a live API token that is at hand.
fn caller_by_token(tx: &dyn Tx, user: User, token: &ApiToken) -> Result<Caller> {
    let permissions = own_rights(permissions(tx, &user)?).and(token.rights());
    Ok(as_caller(user, permissions, Credential::ApiToken(token.id.clone(), token.expires_at)))
}

fn as_caller(user: User, permissions: Permissions, credential: Credential) -> Caller {
    Caller {
        user: user.id,
        email: user.email.into(),
        tenant: user.tenant_id,
        role: user.role,
        permissions,
        credential,
        request_key: None,
        origin: Arc::default(),
    }
}

/// The user's API token, if it still counts. Those that it was made with are not looked at: none of them ends without
/// it.
fn live_token(tx: &dyn Tx, user: &UserId, id: &ApiTokenId, now: Timestamp) -> Result<ApiToken> {
    tx.get_in(user, id)?.filter(|token| token.is_live(now)).ok_or_else(rejected)
}

/// What people may hand to their API tokens: what their roles include, and what they may do whatever their roles are.
fn own_rights(held: Permissions) -> Permissions {
    held.iter().chain([Permission::EndSignIns]).collect()
}

/// What the user's role includes. One that was deleted includes nothing.
pub(crate) fn permissions(tx: &dyn Tx, user: &User) -> Result<Permissions> {
    user.role.permissions(|id| {
        let role = tx.get_in(&user.tenant_id, id)?;
        Ok(role.map_or(Permissions::default(), |role| Permissions::of(&role.permissions)))
    })
}

/// The caller with the rights that it has now. A connection that stays open knows those of when it began.
pub(crate) fn as_of_now(tx: &dyn Tx, known: &Caller, now: Timestamp) -> Result<Caller> {
    let user = tx.get(&known.user)?.filter(|user| may_act(user) && user.tenant_id == known.tenant);
    if let Credential::Access(session, _) = &known.credential {
        tx.get(session)?.filter(|session| session.is_live(now)).ok_or_else(rejected)?;
    }
    caller(tx, user.ok_or_else(rejected)?, known.credential.clone(), now)
}

/// Refuses a caller who may do less by now than it is known to: a body may be long on its way, and who asked may be
/// suspended or demoted meanwhile. To be asked in the transaction of the change.
pub(crate) fn require_still(unit: &Unit<'_>, known: &Caller) -> Result<()> {
    let now = as_of_now(&*unit.tx, known, unit.now())?;
    if now.permissions.cover(known.permissions) {
        return Ok(());
    }
    let text = "Your rights were changed while the request was on its way. Look at what you may do now.";
    Err(Error::new(Kind::NotAuthorized, text))
}

/// One answer for every reason, so that it reveals nothing.
fn rejected() -> Error {
    Error::unauthenticated("The credential is missing, wrong or no longer valid. Sign in again.")
}

/// How secrets are stored and looked up.
pub(crate) fn secret_hash(secret: &str) -> String {
    hex::encode(Sha256::digest(secret.as_bytes()))
}

/// A secret with 256 bits of chance.
pub(crate) fn new_secret(prefix: &str, random: [u8; 32]) -> String {
    use base64::Engine;
    format!("{prefix}{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(random))
}
