//! The credentials of the authorized hub: JSON Web Tokens, signed with a key that lives as long as the process.

use jsonwebtoken::{
    DecodingKey, EncodingKey, Header, Validation, decode, encode, errors::Error, get_current_timestamp,
};
use serde::{Deserialize, Serialize};

/// Microsoft's test server gives as much, and as it takes tokens a little longer.
const LIFETIME_SECONDS: u64 = 5;

#[derive(Clone)]
pub struct Tokens {
    signing: EncodingKey,
    checking: DecodingKey,
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    exp: u64,
}

impl Tokens {
    #[expect(clippy::disallowed_methods, reason = "a test server has no one to hand it randomness")]
    pub fn new() -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self { signing: EncodingKey::from_secret(&key), checking: DecodingKey::from_secret(&key) })
    }

    pub fn issue(&self) -> Result<String, Error> {
        let claims = Claims { sub: "testuser".to_owned(), exp: get_current_timestamp() + LIFETIME_SECONDS };
        encode(&Header::default(), &claims, &self.signing)
    }

    pub fn accept(&self, token: &str) -> bool {
        decode::<Claims>(token, &self.checking, &Validation::default()).is_ok()
    }
}
