//! Access tokens: short-lived, signed, and worth nothing once their sign-in has ended.

use std::time::Duration;

use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use serde::{Deserialize, Serialize};
use sophon_model::{AuthSessionId, Error, Result, Timestamp, UserId};

/// How long an access token counts. Clients refresh before.
pub(crate) const ACCESS_LIFETIME: Duration = Duration::from_mins(15);

const ISSUER: &str = "sophon";
const AUDIENCE: &str = "sophon-gateway";

/// What a token says.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    iss: String,
    aud: String,
    pub(crate) sub: UserId,
    pub(crate) sid: AuthSessionId,
    iat: i64,
    exp: i64,
}

impl Claims {
    pub(crate) fn expires_at(&self) -> Timestamp {
        Timestamp::from_millis(self.exp.saturating_mul(1_000))
    }
}

#[derive(Clone)]
pub(crate) struct AccessTokens {
    signing: EncodingKey,
    verifying: DecodingKey,
    rules: Validation,
}

impl AccessTokens {
    pub(crate) fn new(key: &[u8; 32]) -> Self {
        // The algorithm is ours to say, not the token's.
        let mut rules = Validation::new(Algorithm::HS256);
        rules.set_issuer(&[ISSUER]);
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
        // Judged below, by the clock that we were given.
        rules.validate_exp = false;
        Self { signing: EncodingKey::from_secret(key), verifying: DecodingKey::from_secret(key), rules }
    }

    pub(crate) fn issue(
        &self,
        user: &UserId,
        session: &AuthSessionId,
        now: Timestamp,
    ) -> Result<(String, Timestamp)> {
        let claims = Claims {
            iss: ISSUER.into(),
            aud: AUDIENCE.into(),
            sub: user.clone(),
            sid: session.clone(),
            iat: now.as_seconds(),
            exp: now.plus(ACCESS_LIFETIME).as_seconds(),
        };
        let token =
            encode(&Header::new(Algorithm::HS256), &claims, &self.signing).map_err(Error::internal)?;
        Ok((token, claims.expires_at()))
    }

    /// What the token says, if it is ours and its time is not over.
    pub(crate) fn verify(&self, token: &str, now: Timestamp) -> Option<Claims> {
        let claims = decode::<Claims>(token, &self.verifying, &self.rules).ok()?.claims;
        (now < claims.expires_at()).then_some(claims)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn tokens() -> AccessTokens {
        AccessTokens::new(&[7; 32])
    }

    fn issue() -> String {
        tokens().issue(&UserId::from("usr_1"), &AuthSessionId::from("auth_1"), NOW).unwrap().0
    }

    #[test]
    fn a_token_says_whose_it_is_until_its_time_is_over() {
        let token = issue();
        let claims = tokens().verify(&token, NOW).unwrap();
        assert_eq!((claims.sub, claims.sid), (UserId::from("usr_1"), AuthSessionId::from("auth_1")));
        assert!(tokens().verify(&token, NOW.plus(ACCESS_LIFETIME)).is_none());
    }

    #[test]
    fn a_token_of_another_key_or_with_another_algorithm_or_changed_says_nothing() {
        let token = issue();
        assert!(AccessTokens::new(&[8; 32]).verify(&token, NOW).is_none());
        let unsigned = format!("eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.{}.", token.split('.').nth(1).unwrap());
        assert!(tokens().verify(&unsigned, NOW).is_none());
        for at in [0, token.len() / 2, token.len() - 2] {
            let mut changed = token.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
            assert!(tokens().verify(std::str::from_utf8(&changed).unwrap(), NOW).is_none());
        }
        for rubbish in ["", ".", "..", "a.b.c", "null"] {
            assert!(tokens().verify(rubbish, NOW).is_none());
        }
    }
}
