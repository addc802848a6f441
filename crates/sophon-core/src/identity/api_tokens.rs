//! API tokens, for scripts and long-lived integrations.

use std::time::Duration;

use sophon_model::{ApiToken, ApiTokenId, Caller, Credential, Error, Result};

use super::{API_TOKEN_PREFIX, Identity, caller, may_act, new_secret, rejected, secret_hash};

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
    /// After how many days it ends; never if absent.
    pub expires_in_days: Option<u32>,
}

impl Identity {
    /// Makes a token and returns it with its secret, which nobody will see again.
    pub async fn create_api_token(&self, caller: &Caller, new: NewApiToken) -> Result<(ApiToken, String)> {
        let name = new.name.trim().to_owned();
        if name.is_empty() || name.chars().count() > LONGEST_NAME {
            return Err(Error::validation("name", format!("A name has 1 to {LONGEST_NAME} characters.")));
        }
        if new.expires_in_days.is_some_and(|days| days == 0 || days > LONGEST_LIFE_DAYS) {
            let range = format!("A token lives for 1 to {LONGEST_LIFE_DAYS} days.");
            return Err(Error::validation("expires_in_days", range));
        }
        let (now, secret) = (self.db.now(), new_secret(API_TOKEN_PREFIX, self.db.random()));
        let day = Duration::from_hours(24);
        let token = ApiToken {
            id: self.db.new_id(),
            user_id: caller.user.clone(),
            name,
            secret_hash: secret_hash(&secret),
            hint: secret[..HINT_LENGTH].to_owned(),
            created_at: now,
            last_used_at: None,
            expires_at: new.expires_in_days.map(|days| now.plus(day * days)),
            revoked_at: None,
        };
        let stored = token.clone();
        self.db
            .write(move |unit| {
                if unit.tx.api_tokens(&stored.user_id, now)?.len() >= MOST_TOKENS {
                    return Err(Error::conflict(format!(
                        "You have {MOST_TOKENS} API tokens already. Revoke one that is not used."
                    )));
                }
                unit.tx.insert(&stored)
            })
            .await?;
        Ok((token, secret))
    }

    /// The caller's live tokens, newest first.
    pub async fn api_tokens(&self, caller: &Caller) -> Result<Vec<ApiToken>> {
        let (user, now) = (caller.user.clone(), self.db.now());
        self.db.read(move |tx| tx.api_tokens(&user, now)).await
    }

    /// Ends one of the caller's tokens; whatever lives by it is cut off.
    pub async fn revoke_api_token(&self, caller: &Caller, id: &ApiTokenId) -> Result<()> {
        let (identity, user, wanted) = (self.clone(), caller.user.clone(), id.clone());
        self.db
            .write(move |unit| {
                let now = unit.now();
                let token = unit.tx.get_in(&user, &wanted)?.filter(|token| token.is_live(now));
                let mut token = token.ok_or_else(|| Error::not_found("API token"))?;
                token.revoked_at = Some(now);
                unit.tx.update(&token)?;
                identity.rights_change_in(unit, &token.user_id);
                Ok(())
            })
            .await
    }

    pub(super) async fn caller_of_api_token(&self, secret: &str) -> Result<Caller> {
        let (hash, now) = (secret_hash(secret), self.db.now());
        let (token, caller) = self
            .db
            .read(move |tx| {
                let token = tx.api_token_by_hash(&hash)?.filter(|token| token.is_live(now));
                let token = token.ok_or_else(rejected)?;
                let user = tx.get(&token.user_id)?.filter(may_act).ok_or_else(rejected)?;
                let caller = caller(tx, user, Credential::ApiToken(token.id.clone()))?;
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
