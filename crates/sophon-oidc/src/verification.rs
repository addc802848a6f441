//! The judgement of an ID token. The library checks signature, issuer, audience, expiry and nonce; which algorithms count, and
//! how much clocks may differ, is said here.

use std::time::Duration;

use chrono::{DateTime, Utc};
use openidconnect::core::{CoreJsonWebKey, CoreJwsSigningAlgorithm as Alg};
use openidconnect::{
    ClaimsVerificationError, ClientId, IdTokenVerifier, ProviderMetadataWithLogout,
    SignatureVerificationError,
};
use sophon_model::Timestamp;

/// Algorithms with a private key that the provider alone has. `none` proves nothing; one with a shared secret (HS256) could be
/// made by whoever takes a public key for the secret.
const ALLOWED: [Alg; 9] = [
    Alg::RsaSsaPkcs1V15Sha256,
    Alg::RsaSsaPkcs1V15Sha384,
    Alg::RsaSsaPkcs1V15Sha512,
    Alg::RsaSsaPssSha256,
    Alg::RsaSsaPssSha384,
    Alg::RsaSsaPssSha512,
    Alg::EcdsaP256Sha256,
    Alg::EcdsaP384Sha384,
    Alg::EdDsa,
];
/// How much the clocks of the provider and the gateway may differ.
const LEEWAY: Duration = Duration::from_mins(1);
/// How long ago an ID token may have been issued: it was asked for just now.
const OLDEST: Duration = Duration::from_mins(10);

/// What judges the ID tokens of a provider for this client at this moment. No secret is handed to it, so that there is none
/// by which a signature could be made.
pub(crate) fn verifier(
    client: &ClientId,
    metadata: &ProviderMetadataWithLogout,
    now: Timestamp,
) -> IdTokenVerifier<'static, CoreJsonWebKey> {
    let (earliest, latest) = (at(now.minus(OLDEST)), at(now.plus(LEEWAY)));
    IdTokenVerifier::new_public_client(client.clone(), metadata.issuer().clone(), metadata.jwks().clone())
        .set_allowed_algs(ALLOWED)
        .set_time_fn(move || at(now.minus(LEEWAY)))
        .set_issue_time_verifier_fn(move |issued| match issued {
            issued if issued > latest => Err("it was issued in the future".to_owned()),
            issued if issued < earliest => Err("it was issued too long ago".to_owned()),
            _ => Ok(()),
        })
}

fn at(time: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(time.as_millis()).unwrap_or_default()
}

/// Whether a token is signed with a key that was not there when the keys were read.
pub(crate) fn is_of_unknown_key(error: &ClaimsVerificationError) -> bool {
    matches!(error, ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey))
}
