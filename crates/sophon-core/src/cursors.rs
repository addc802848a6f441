//! The signatures of cursors: the cursor of a list counts for that list only, with the same filters.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The length of a signature, in bytes.
pub const SIGNATURE: usize = 16;

/// Signs the positions that lists hand out as cursors. All processes of a gateway have the same key, and it stays the
/// same over a restart.
#[derive(Clone)]
pub struct CursorKey(Hmac<Sha256>);

impl CursorKey {
    /// Derives the key from the one that signs access tokens.
    pub fn new(signing_key: &[u8; 32]) -> Self {
        let mac = Hmac::<Sha256>::new_from_slice(signing_key).expect("a key of any length will do");
        Self(mac.chain_update(b"cursor"))
    }

    /// The signature of a `position` in a `list`; `list` names all that its order and its items depend on.
    pub fn sign(&self, list: &str, position: &[u8]) -> [u8; SIGNATURE] {
        let mut signature = [0; SIGNATURE];
        signature.copy_from_slice(&self.mac(list, position).finalize().into_bytes()[..SIGNATURE]);
        signature
    }

    /// Whether the signature is that of the `position` in the `list`. Takes as long whether it is or not.
    pub fn verifies(&self, list: &str, position: &[u8], signature: &[u8; SIGNATURE]) -> bool {
        self.mac(list, position).verify_truncated_left(signature).is_ok()
    }

    /// With the length of the list's name, so that its end and the position's beginning cannot be exchanged.
    fn mac(&self, list: &str, position: &[u8]) -> Hmac<Sha256> {
        let length = list.len().to_be_bytes();
        self.0.clone().chain_update(length).chain_update(list).chain_update(position)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_counts_for_its_list_position_and_key_only() {
        let key = CursorKey::new(&[7; 32]);
        let signature = key.sign("/api/tasks", b"3");
        assert!(key.verifies("/api/tasks", b"3", &signature));
        assert!(!key.verifies("/api/tasks", b"4", &signature));
        assert!(!key.verifies("/api/task", b"s3", &signature));
        assert!(!CursorKey::new(&[8; 32]).verifies("/api/tasks", b"3", &signature));
    }
}
