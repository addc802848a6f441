//! API tokens, for scripts and long-lived integrations.

use std::time::Duration;

use sophon_model::ports::Tx;
use sophon_model::{
    ApiToken, ApiTokenId, AuditAction, Caller, Credential, Error, Permission, Permissions, Result, TenantId,
    Timestamp, UserId,
};

use super::{
    API_TOKEN_PREFIX, Identified, Identity, NamedTenant, Proof, identified, may_act, memberships, new_secret,
    own_rights, rejected, rights, secret_hash,
};
use crate::database::Unit;
use crate::policy::require;

/// Use is noted at most this often, so that reading does not mean writing.
const USE_NOTED_EVERY: Duration = Duration::from_mins(1);
/// The longest name, in characters.
const LONGEST_NAME: usize = 100;
/// The longest life that can be asked for, in days.
const LONGEST_LIFE_DAYS: u32 = 3_650;
/// Live tokens a user may have.
const MOST_TOKENS: usize = 100;
/// How much of the secret is kept to tell tokens apart: the prefix and six characters of 43.
const HINT_LENGTH: usize = API_TOKEN_PREFIX.len() + 6;

/// An API token to be made.
#[derive(Clone, Debug)]
pub struct NewApiToken {
    /// What its owner calls it.
    pub name: String,
    /// What it may do at most; all that its maker may if absent.
    pub permissions: Option<Vec<Permission>>,
    /// When it ends; with the token that it is made with if absent, or never.
    pub ends: Option<Ends>,
}

/// When an API token ends.
#[derive(Clone, Copy, Debug)]
pub enum Ends {
    /// After as many days.
    InDays(u32),
    /// At this time.
    At(Timestamp),
}

impl Ends {
    fn time(self, now: Timestamp) -> Result<Timestamp> {
        let day = Duration::from_hours(24);
        let refused = |field| {
            Error::validation(field, format!("A token lives for up to {LONGEST_LIFE_DAYS} days from now on."))
        };
        match self {
            Self::InDays(days) if (1..=LONGEST_LIFE_DAYS).contains(&days) => Ok(now.plus(day * days)),
            Self::InDays(_) => Err(refused("expires_in_days")),
            Self::At(time) if now < time && time <= now.plus(day * LONGEST_LIFE_DAYS) => Ok(time),
            Self::At(_) => Err(refused("expires_at")),
        }
    }
}

impl Identity {
    /// Makes a token and returns it with its secret, which nobody will see again. One that is made with a token can do no
    /// more than that one, ends no later, and falls with it.
    pub async fn create_api_token(&self, caller: &Caller, new: NewApiToken) -> Result<(ApiToken, String)> {
        let name = new.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(Error::validation("name", format!("A name has 1 to {LONGEST_NAME} characters.")));
        }
        let permissions = narrowed(caller, new.permissions)?;
        let (now, id) = (self.db.now(), self.db.new_id::<ApiTokenId>());
        let secrets = self.secret_maker.source(&self.db, caller);
        let secret_of = move |id: &ApiTokenId| new_secret(API_TOKEN_PREFIX, secrets.secret_of(id.as_str()));
        let (secret, ends) = (secret_of(&id), new.ends.map(|ends| ends.time(now)).transpose()?);
        let parent = caller.credential.api_token().cloned();
        let mut token = ApiToken {
            id,
            user_id: caller.user.clone(),
            tenant_id: caller.tenant.clone(),
            name,
            secret_hash: secret_hash(&secret),
            hint: secret[..HINT_LENGTH].to_owned(),
            permissions,
            parent_id: parent,
            created_at: now,
            last_used_at: None,
            expires_at: ends,
            revoked_at: None,
        };
        let token = self
            .db
            .write_once(caller, AuditAction::ApiTokenCreate, move |unit| {
                if unit.tx.api_tokens(&token.tenant_id, &token.user_id, now)?.len() >= MOST_TOKENS {
                    return Err(Error::conflict(format!(
                        "You have {MOST_TOKENS} API tokens already. Revoke one that is not used."
                    )));
                }
                if let Some(parent) = &token.parent_id {
                    let is_good =
                        |parent: &ApiToken| parent.is_live(now) && parent.tenant_id == token.tenant_id;
                    let parent = unit.tx.get_in(&token.user_id, parent)?.filter(is_good);
                    let parent = parent.ok_or_else(rejected)?;
                    token.expires_at = within(token.expires_at, parent.expires_at)?;
                }
                unit.tx.insert(&token)?;
                unit.about(&token);
                rights::review_at_expiry_in(unit, &token)?;
                Ok(token)
            })
            .await?;
        let secret = secret_of(&token.id);
        if secret_hash(&secret) != token.secret_hash {
            let text = "The token was made by an earlier request, and its secret can be told no more. Revoke it and make another.";
            return Err(Error::conflict(text));
        }
        Ok((token, secret))
    }

    /// The caller's live tokens in its tenant, newest first.
    pub async fn api_tokens(&self, caller: &Caller) -> Result<Vec<ApiToken>> {
        let (own, now) = (caller.in_tenant(), self.db.now());
        self.db.read(move |tx| tx.api_tokens(&own.tenant, &own.user, now)).await
    }

    /// Ends one of the caller's tokens and all that were made with it; whatever lives by them is cut off. A token ends itself
    /// and what was made with it; for others it must have been given the permission by name, as for sign-ins.
    pub async fn revoke_api_token(&self, caller: &Caller, id: &ApiTokenId) -> Result<()> {
        let (identity, by, caller, wanted) = (self.clone(), caller, caller.clone(), id.clone());
        self.db
            .write_as(by, AuditAction::ApiTokenRevoke, move |unit| {
                let (now, user) = (unit.now(), caller.user.clone());
                let is_own = |token: &ApiToken| token.is_live(now) && token.tenant_id == caller.tenant;
                let token = unit.tx.get_in(&user, &wanted)?.filter(is_own);
                let token = token.ok_or_else(|| Error::not_found("API token"))?;
                unit.about(&token);
                if let Some(own) = caller.credential.api_token()
                    && !is_at_or_below(unit.tx, &token, own)?
                {
                    require(&caller, Permission::EndSignIns)?;
                }
                for mut token in with_descendants(token, unit.tx.api_tokens(&caller.tenant, &user, now)?) {
                    token.revoked_at = Some(now);
                    unit.tx.update(&token)?;
                    rights::drop_review_in(unit, &token)?;
                }
                identity.rights_change_in(unit, &user)
            })
            .await
    }

    /// Ends the API tokens of a user, in one tenant or in all of its own. For who ends its rights in the same unit.
    pub(crate) fn end_api_tokens_in(
        &self,
        unit: &mut Unit<'_>,
        user: &UserId,
        tenant: Option<&TenantId>,
    ) -> Result<()> {
        let now = unit.now();
        let tenants = match tenant {
            Some(tenant) => vec![tenant.clone()],
            None => memberships(&*unit.tx, user)?.into_iter().map(|one| one.tenant_id).collect(),
        };
        for tenant in tenants {
            for mut token in unit.tx.api_tokens(&tenant, user, now)? {
                token.revoked_at = Some(now);
                unit.tx.update(&token)?;
                rights::drop_review_in(unit, &token)?;
            }
        }
        self.rights_change_in(unit, user)
    }

    pub(super) async fn caller_of_api_token(&self, secret: &str, named: NamedTenant) -> Result<Identified> {
        let (hash, now) = (secret_hash(secret), self.db.now());
        let (token, caller) = self
            .db
            .read(move |tx| {
                let token = tx.api_token_by_hash(&hash)?.filter(|token| token.is_live(now));
                let token = token.ok_or_else(rejected)?;
                require_live_ancestors(tx, &token, now)?;
                let user = tx.get(&token.user_id)?.filter(may_act).ok_or_else(rejected)?;
                let credential = Credential::ApiToken(token.id.clone(), token.expires_at);
                let proof = Proof { credential, tenant: Some(token.tenant_id.clone()) };
                let caller = identified(tx, user, proof, &named, now)?;
                Ok((token, caller))
            })
            .await?;
        if token.last_used_at.is_none_or(|used| now.since(used) >= USE_NOTED_EVERY) {
            self.note_use(token).await?;
        }
        Ok(caller)
    }

    async fn note_use(&self, token: ApiToken) -> Result<()> {
        self.db
            .write(move |unit| {
                // Read again: a revocation in between must stand.
                if let Some(mut token) = unit.tx.get_in(&token.user_id, &token.id)? {
                    token.last_used_at = Some(unit.now());
                    unit.tx.update(&token)?;
                }
                Ok(())
            })
            .await
    }
}

/// What a token of the caller's may do, in catalogue order. Refuses what the caller may not do. What a narrowed token does
/// not say is what it may do itself.
fn narrowed(caller: &Caller, wanted: Option<Vec<Permission>>) -> Result<Option<Vec<Permission>>> {
    let is_token = caller.credential.api_token().is_some();
    let rights = if is_token { caller.permissions } else { own_rights(caller.permissions) };
    let Some(wanted) = wanted else {
        return Ok(is_token.then(|| rights.iter().collect()));
    };
    if let Some(beyond) = wanted.iter().find(|permission| !rights.contain(**permission)) {
        let text = format!("You do not have {}, so no token of yours can.", beyond.name());
        return Err(Error::validation("permissions", text));
    }
    Ok(Some(Permissions::of(&wanted).iter().collect()))
}

/// Whether `token` is the token `top`, or was made with it, or with one below it.
fn is_at_or_below(tx: &dyn Tx, token: &ApiToken, top: &ApiTokenId) -> Result<bool> {
    let mut at = Some(token.clone());
    while let Some(token) = at {
        if token.id == *top {
            return Ok(true);
        }
        at = token.parent_id.as_ref().map(|id| tx.get_in(&token.user_id, id)).transpose()?.flatten();
    }
    Ok(false)
}

/// Refuses a token if one that it was made with, or one above that, does not count any more.
fn require_live_ancestors(tx: &dyn Tx, token: &ApiToken, now: Timestamp) -> Result<()> {
    let mut parent = token.parent_id.clone();
    while let Some(id) = parent {
        let above = tx.get_in(&token.user_id, &id)?.filter(|above| above.is_live(now));
        parent = above.ok_or_else(rejected)?.parent_id;
    }
    Ok(())
}

/// The end of a token whose parent ends at `parent`: then, unless it says an earlier time.
fn within(wanted: Option<Timestamp>, parent: Option<Timestamp>) -> Result<Option<Timestamp>> {
    match (wanted, parent) {
        (Some(wanted), Some(parent)) if wanted > parent => {
            Err(Error::validation("expires_at", "A token ends no later than the one that it is made with."))
        }
        (wanted, parent) => Ok(wanted.or(parent)),
    }
}

/// The token, and all of `live` that were made with it, or with one of those.
fn with_descendants(token: ApiToken, mut live: Vec<ApiToken>) -> Vec<ApiToken> {
    live.retain(|other| other.id != token.id);
    let (mut found, mut next) = (vec![token], 0);
    while next < found.len() {
        let is_child = |other: &ApiToken| other.parent_id.as_ref() == Some(&found[next].id);
        let (children, others) = live.into_iter().partition::<Vec<_>, _>(is_child);
        found.extend(children);
        live = others;
        next += 1;
    }
    found
}
