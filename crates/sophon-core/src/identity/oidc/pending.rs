//! What a sign-in knows of itself while its browser is at the provider. The browser keeps it, sealed, in a cookie: so it takes no
//! room here, however many strangers begin, and every gateway of the deployment can go on with it.

use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use sophon_model::{Error, Result, Timestamp};

use crate::secrets::{NONCE, Place, open, seal};

/// How long somebody may take at the provider, and to confirm that an account is theirs.
pub(super) const MOST_TIME: Duration = Duration::from_mins(10);
/// The longest sealed text that is looked at, in bytes.
const LONGEST: usize = 8 * 1024;

/// A sign-in whose browser is at the provider.
#[derive(Serialize, Deserialize)]
pub(super) struct Pending {
    pub(super) provider: String,
    pub(super) state: String,
    pub(super) nonce: String,
    pub(super) verifier: String,
    /// The path in the dashboard to go on to.
    pub(super) return_to: Option<String>,
    pub(super) until: Timestamp,
}

/// A proven identity, whose account is still to be confirmed with the account's own password.
#[derive(Serialize, Deserialize)]
pub(super) struct Unlinked {
    pub(super) provider: String,
    pub(super) subject: String,
    pub(super) email: String,
    pub(super) until: Timestamp,
}

/// What is sealed for the browser to keep. The place keeps one kind from being taken for another.
pub(super) trait Kept: Serialize + DeserializeOwned {
    const PLACE: &'static str;
    fn until(&self) -> Timestamp;
}

impl Kept for Pending {
    const PLACE: &'static str = "sign-in at an identity provider";

    fn until(&self) -> Timestamp {
        self.until
    }
}

impl Kept for Unlinked {
    const PLACE: &'static str = "identity to be linked";

    fn until(&self) -> Timestamp {
        self.until
    }
}

/// Seals and opens what browsers keep.
#[derive(Clone)]
pub(super) struct Seal([u8; 32]);

impl Seal {
    pub(super) fn new(signing_key: &[u8; 32]) -> Self {
        let mac = Hmac::<Sha256>::new_from_slice(signing_key).expect("a key of any length will do");
        Self(mac.chain_update(b"sign-ins at identity providers").finalize().into_bytes().into())
    }

    pub(super) fn close<T: Kept>(&self, nonce: [u8; NONCE], kept: &T) -> Result<String> {
        let plain = serde_json::to_vec(kept).map_err(Error::internal)?;
        let sealed = seal(&self.0, nonce, &Place::new(&[T::PLACE]), &plain);
        sealed.ok_or_else(|| Error::internal("a key has another length"))
    }

    /// What was sealed, if its time is not over.
    pub(super) fn open<T: Kept>(&self, sealed: &str, now: Timestamp) -> Option<T> {
        if sealed.len() > LONGEST {
            return None;
        }
        let plain = open(&self.0, &Place::new(&[T::PLACE]), sealed)?;
        let kept: T = serde_json::from_slice(plain.expose()).ok()?;
        (now < kept.until()).then_some(kept)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_800_000_000_000);

    fn unlinked() -> Unlinked {
        let text = || "text".to_owned();
        Unlinked { provider: text(), subject: text(), email: text(), until: NOW.plus(MOST_TIME) }
    }

    #[test]
    fn what_a_browser_keeps_opens_in_its_time_and_for_what_it_is() {
        let seal = Seal::new(&[7; 32]);
        let sealed = seal.close([1; NONCE], &unlinked()).unwrap();
        assert!(seal.open::<Unlinked>(&sealed, NOW).is_some());
        assert!(seal.open::<Unlinked>(&sealed, NOW.plus(MOST_TIME)).is_none());
        assert!(seal.open::<Pending>(&sealed, NOW).is_none());
        assert!(Seal::new(&[8; 32]).open::<Unlinked>(&sealed, NOW).is_none());
        assert!(seal.open::<Unlinked>(&"A".repeat(LONGEST + 1), NOW).is_none());
    }
}
