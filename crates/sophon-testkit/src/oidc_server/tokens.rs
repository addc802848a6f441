//! ID tokens, true and false ones.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{CLIENT_ID, CLIENT_SECRET, Lie, Person};

/// How long a token counts, in seconds.
const LIFETIME: i64 = 300;
const HOUR: i64 = 3_600;

/// A key of the provider's: the number says which one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key(pub(super) u8);

impl Key {
    fn signing(self) -> SigningKey {
        SigningKey::from_bytes(&[self.0; 32])
    }

    fn public(self) -> [u8; 32] {
        self.signing().verifying_key().to_bytes()
    }

    fn id(self) -> String {
        format!("key-{}", self.0)
    }

    pub(super) fn published(self) -> Value {
        let x = URL_SAFE_NO_PAD.encode(self.public());
        json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": self.id(), "x": x })
    }
}

/// Who is told what by a token, and when.
pub(super) struct Told<'a> {
    pub(super) person: &'a Person,
    pub(super) issuer: &'a str,
    pub(super) nonce: Option<&'a str>,
    pub(super) now: i64,
    /// Whether the claims of the person are in it.
    pub(super) is_whole: bool,
}

/// The token. `None` if the lie is that there is none.
pub(super) fn id_token(told: &Told<'_>, key: Key, lie: Option<Lie>) -> Option<String> {
    let claims = claims(told, lie);
    let signed = |claims: &Value, key: Key, id: &str| {
        let text = unsigned(&json!({ "alg": "EdDSA", "kid": id }), claims);
        let signature = key.signing().sign(text.as_bytes()).to_bytes();
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
    };
    Some(match lie {
        Some(Lie::NoToken) => return None,
        Some(Lie::AlgorithmNone) => format!("{}.", unsigned(&json!({ "alg": "none" }), &claims)),
        Some(Lie::PublicKeyAsSecret) => by_secret(&key.public(), &key.id(), &claims),
        Some(Lie::SharedSecret) => by_secret(CLIENT_SECRET.as_bytes(), &key.id(), &claims),
        Some(Lie::ForeignKey) => signed(&claims, Key(key.0.wrapping_add(100)), &key.id()),
        Some(Lie::Changed) => {
            let honest = signed(&claims, key, &key.id());
            let mut changed = claims;
            changed["sub"] = "somebody-else".into();
            let signature = honest.rsplit('.').next().unwrap_or_default();
            let header = json!({ "alg": "EdDSA", "kid": key.id() });
            format!("{}.{signature}", unsigned(&header, &changed))
        }
        _ => signed(&claims, key, &key.id()),
    })
}

fn claims(told: &Told<'_>, lie: Option<Lie>) -> Value {
    let Told { person, issuer, nonce, now, is_whole } = *told;
    let mut claims = if is_whole { person.claims() } else { serde_json::Map::new() };
    let (issued, ends) = match lie {
        Some(Lie::Expired) => (now - 2 * LIFETIME, now - LIFETIME),
        Some(Lie::FromTheFuture) => (now + HOUR, now + HOUR + LIFETIME),
        Some(Lie::Old) => (now - HOUR, now + LIFETIME),
        _ => (now, now + LIFETIME),
    };
    let audience = match lie {
        Some(Lie::WrongAudience) => json!("another-client"),
        Some(Lie::AnotherAudience) => json!([CLIENT_ID, "another-client"]),
        _ => json!(CLIENT_ID),
    };
    let issuer = if lie == Some(Lie::WrongIssuer) { "https://issuer.example" } else { issuer };
    let nonce = match lie {
        Some(Lie::NoNonce) => None,
        Some(Lie::WrongNonce) => Some("the nonce of another sign-in"),
        _ => nonce,
    };
    let own = json!({ "iss": issuer, "sub": person.subject, "aud": audience, "iat": issued, "exp": ends });
    if let Value::Object(own) = own {
        claims.extend(own);
    }
    claims.extend(nonce.map(|nonce| ("nonce".to_owned(), nonce.into())));
    if lie == Some(Lie::WrongParty) {
        claims.insert("azp".to_owned(), "another-client".into());
    }
    claims.into()
}

fn unsigned(header: &Value, claims: &Value) -> String {
    [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string())).join(".")
}

fn by_secret(secret: &[u8], id: &str, claims: &Value) -> String {
    let text = unsigned(&json!({ "alg": "HS256", "kid": id }), claims);
    let mac = Hmac::<Sha256>::new_from_slice(secret).expect("a key of any length will do");
    let signature = mac.chain_update(text.as_bytes()).finalize().into_bytes();
    format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature))
}
