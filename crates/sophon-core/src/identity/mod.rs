//! Identity: signing in, sign-ins and their refresh tokens, API tokens, and the caller behind a credential.

mod access_token;
mod account;
mod api_tokens;
mod elsewhere;
mod guessable;
mod identified;
pub mod oidc;
mod password;
mod rights;
mod second_factor;
mod sign_in;
mod tenancy;
mod throttle;

pub use account::AccountChange;
pub(crate) use account::require_person;
pub use api_tokens::{Ends, NewApiToken};
pub(crate) use guessable::Owner;
pub use identified::{Identified, Presented};
pub(crate) use password::{check_new_password, hash_password};
pub(crate) use rights::{ActingFor, acting_for, ended_rights};
pub use second_factor::{BegunSecondFactor, SECOND_FACTOR_REQUIRED, SecondFactorState, SecondStep};
pub use sign_in::{Device, Login, SignedIn};
pub use tenancy::{NamedTenant, Outsider};
pub(crate) use tenancy::{member, memberships, permissions, role_permissions};
pub use throttle::SignInRates;

use std::sync::Arc;
use std::time::Duration;

use sha2::{Digest, Sha256};
use sophon_model::ports::Tx;
use sophon_model::{
    ApiToken, ApiTokenId, Caller, Credential, Error, Kind, Member, Permission, Permissions, Result, RightsOf,
    SignInChallenge, TenantId, Timestamp, User, UserId, UserStatus,
};
use tokio::sync::broadcast;

use crate::audit::Audit;
use crate::database::{Database, Unit};
use crate::gateway::Shared;
use crate::once::SecretMaker;
use crate::registry::Registry;
use crate::secrets::Secrets;
use access_token::AccessTokens;
use password::Passwords;
use sign_in::RefreshKey;
use tenancy::{Proof, entered};
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
    /// The user, in the tenant that it acts in.
    pub member: Member,
    /// What it may do there: what its role includes, or less with an API token.
    pub permissions: Permissions,
    /// All tenants that it can act in; with an API token the one that the token is of.
    pub tenants: Vec<Member>,
}

impl Profile {
    fn of(tx: &dyn Tx, member: Member, permissions: Permissions, credential: &Credential) -> Result<Self> {
        let tenants = match credential.api_token() {
            Some(_) => vec![member.clone()],
            None => memberships(tx, &member.id)?.into_iter().filter(Member::may_act).collect(),
        };
        Ok(Self { member, permissions, tenants })
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
    changes: broadcast::Sender<RightsOf>,
    audit: Audit,
    secrets: Secrets,
    main_tenant: TenantId,
    auto_admin: Option<Caller>,
}

impl Identity {
    pub(crate) fn open(
        shared: &Shared,
        registry: &mut Registry,
        audit: Audit,
        (secrets, main_tenant): (Secrets, TenantId),
        auto_admin: Option<Caller>,
    ) -> Result<Self> {
        let (db, settings) = (shared.db.clone(), &shared.settings);
        let changes = broadcast::Sender::new(CHANGES_BACKLOG);
        rights::register(registry, &changes);
        registry.chore(rights::Reviewer::new(changes.clone(), shared.running.clone()));
        elsewhere::register(registry);
        registry.keep::<SignInChallenge>(Duration::ZERO);
        if !db.is_exclusive() {
            let watch = elsewhere::watch(db.clone(), changes.clone(), shared.lifecycle.clone());
            shared.lifecycle.spawn_critical("watch over rights", watch);
        }
        Ok(Self {
            tokens: AccessTokens::new(&settings.signing_key),
            refresh_key: RefreshKey::new(&settings.signing_key),
            secret_maker: SecretMaker::new(&settings.signing_key),
            passwords: Passwords::new(db.random())?,
            throttle: Arc::new(LoginThrottle::open(shared, registry)),
            changes,
            audit,
            secrets,
            main_tenant,
            auto_admin,
            db,
        })
    }

    /// The caller of requests without a credential: the administrator, if the gateway runs for one person on this
    /// machine alone, and nobody otherwise.
    pub fn auto_admin(&self) -> Option<&Caller> {
        self.auto_admin.as_ref()
    }

    /// The same in the tenant that a request names.
    pub(crate) async fn auto_admin_in(&self, named: NamedTenant) -> Result<Identified> {
        let (Some(home), now) = (self.auto_admin.clone(), self.db.now()) else {
            return Ok(Identified::Nobody);
        };
        if named == NamedTenant::Unnamed {
            return Ok(Identified::Caller(home));
        }
        self.db
            .read(move |tx| {
                let user = tx.get(&home.user)?.filter(may_act).ok_or_else(rejected)?;
                identified(tx, user, Proof::of_person(home.credential), &named, now)
            })
            .await
    }

    /// The caller behind a credential, an access token or an API token, in the tenant that is named or at home. Asked anew
    /// for each request, so that a revocation counts from the next one on.
    pub async fn authenticate(&self, credential: &str, named: NamedTenant) -> Result<Caller> {
        self.recognize(credential, named).await?.require_user().cloned()
    }

    /// The same, also if the caller has to change its password before anything else.
    pub(crate) async fn recognize(&self, credential: &str, named: NamedTenant) -> Result<Identified> {
        if credential.len() > LONGEST_CREDENTIAL {
            return Err(rejected());
        }
        if credential.starts_with(API_TOKEN_PREFIX) {
            self.caller_of_api_token(credential, named).await
        } else {
            self.caller_of_access_token(credential, named).await
        }
    }

    async fn caller_of_access_token(&self, token: &str, named: NamedTenant) -> Result<Identified> {
        let now = self.db.now();
        let claims = self.tokens.verify(token, now).ok_or_else(rejected)?;
        self.db
            .read(move |tx| {
                let session = tx.get(&claims.sid)?.filter(|session| session.is_live(now));
                let session = session.filter(|session| session.user_id == claims.sub).ok_or_else(rejected)?;
                let user = tx.get(&session.user_id)?.filter(may_act).ok_or_else(rejected)?;
                let proof = Proof::of_person(Credential::Access(session.id, claims.expires_at()));
                identified(tx, user, proof, &named, now)
            })
            .await
    }

    /// The account of the caller.
    pub async fn me(&self, caller: &Caller) -> Result<Profile> {
        let caller = caller.clone();
        self.db
            .read(move |tx| {
                let found =
                    member(tx, &caller.tenant, &caller.user)?.ok_or_else(|| Error::not_found("user"))?;
                Profile::of(tx, found, caller.permissions, &caller.credential)
            })
            .await
    }

    /// What has become of the caller's rights. For connections that outlive their request.
    pub async fn standing(&self, caller: &Caller) -> Result<AuthorizationState> {
        let (before, now) = (caller.clone(), self.db.now());
        self.db
            .read(move |tx| {
                let found = member(tx, &before.tenant, &before.user)?.filter(Member::may_act);
                let Some(found) = found else { return Ok(AuthorizationState::Ended) };
                if let Credential::Access(session, until) = &before.credential {
                    let session = tx.get(session)?.filter(|session| session.is_live(now));
                    if *until <= now || session.is_none() {
                        return Ok(AuthorizationState::Ended);
                    }
                }
                let after = match self::caller(tx, found, before.credential.clone(), now) {
                    Err(error) if error.kind() == Kind::Unauthenticated => {
                        return Ok(AuthorizationState::Ended);
                    }
                    after => after?,
                };
                let same = (&before.role, before.permissions) == (&after.role, after.permissions);
                Ok(if same { AuthorizationState::Unchanged } else { AuthorizationState::Changed })
            })
            .await
    }

    /// Publishes whose rights change from now on: what serves them longer than a request asks for their
    /// [`standing`](Self::standing) then.
    pub fn changes(&self) -> broadcast::Receiver<RightsOf> {
        self.changes.subscribe()
    }

    /// To be called by every unit of work that gives a user rights or takes some away: it revokes a credential,
    /// disables the user, changes its role. What is open with the old rights ends within a moment of the commit, and so
    /// does the work that was started with rights that have ended.
    pub fn rights_change_in(&self, unit: &mut Unit<'_>, user: &UserId) -> Result<()> {
        self.rights_of_change_in(unit, RightsOf::User(user.clone()))
    }

    /// The same for those of one user or of all members of a tenant.
    pub(crate) fn rights_of_change_in(&self, unit: &mut Unit<'_>, of: RightsOf) -> Result<()> {
        rights::publish_after_commit(unit, &self.changes, &of);
        if !self.db.is_exclusive() {
            elsewhere::note_in(unit, &of)?;
        }
        rights::review_in(unit, of)
    }
}

pub(crate) fn may_act(user: &User) -> bool {
    user.status == UserStatus::Active
}

/// The caller that a proof of its user is good for, in the tenant that the request is about.
fn identified(
    tx: &dyn Tx,
    user: User,
    proof: Proof,
    named: &NamedTenant,
    now: Timestamp,
) -> Result<Identified> {
    let Some(member) = entered(tx, &user, named, &proof)? else {
        return Ok(Identified::Outsider(Outsider::new(user, proof.credential, named)));
    };
    let caller = caller(tx, member, proof.credential, now)?;
    let is_person = caller.credential.api_token().is_none();
    Ok(if is_person && user.password_due {
        Identified::PasswordDue(caller)
    } else {
        Identified::Caller(caller)
    })
}

/// The user as a caller, with what its role includes now and its API token, if it has one, allows now.
pub(crate) fn caller(tx: &dyn Tx, member: Member, credential: Credential, now: Timestamp) -> Result<Caller> {
    let held = permissions(tx, &member)?;
    let token = |id| live_token(tx, &member, id, now);
    let permissions = match &credential {
        Credential::ApiToken(id, _) => own_rights(held).and(token(id)?.rights()),
        Credential::Agent(_, Some(id)) => held.and(token(id)?.rights()),
        Credential::Access(..) | Credential::AutoAdmin | Credential::Agent(_, None) => held,
    };
    Ok(Caller {
        user: member.id,
        email: member.email.into(),
        tenant: member.tenant_id,
        role: member.role,
        permissions,
        credential,
        request_key: None,
        origin: Arc::default(),
    })
}

/// The member's API token in the tenant, if it still counts. Those that it was made with are not looked at: none of them
/// ends without it.
fn live_token(tx: &dyn Tx, member: &Member, id: &ApiTokenId, now: Timestamp) -> Result<ApiToken> {
    let is_good = |token: &ApiToken| token.is_live(now) && token.tenant_id == member.tenant_id;
    tx.get_in(&member.id, id)?.filter(is_good).ok_or_else(rejected)
}

/// What people may hand to their API tokens: what their roles include, and what they may do whatever their roles are.
fn own_rights(held: Permissions) -> Permissions {
    held.iter().chain([Permission::EndSignIns]).collect()
}

/// The caller with the rights that it has now. A connection that stays open knows those of when it began.
pub(crate) fn as_of_now(tx: &dyn Tx, known: &Caller, now: Timestamp) -> Result<Caller> {
    let found = member(tx, &known.tenant, &known.user)?.filter(Member::may_act);
    if let Credential::Access(session, _) = &known.credential {
        tx.get(session)?.filter(|session| session.is_live(now)).ok_or_else(rejected)?;
    }
    caller(tx, found.ok_or_else(rejected)?, known.credential.clone(), now)
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
