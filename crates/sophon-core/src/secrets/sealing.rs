//! Sealing: XChaCha20-Poly1305 with a random nonce and associated data.
//!
//! The associated data says where the sealed bytes belong, so that they open nowhere else: a row that was copied to
//! another tenant, owner, purpose or version is refused.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chacha20poly1305::aead::{AeadInOut, KeyInit};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};
use sophon_model::SecretBytes;
use sophon_model::ports::MasterKey;
use zeroize::Zeroizing;

/// The length of a nonce in bytes: long enough to be drawn at random for ever.
pub(crate) const NONCE: usize = 24;

/// Where sealed bytes belong: fields, each with its length in front, so that no two places have the same bytes.
pub(crate) struct Place(Vec<u8>);

impl Place {
    /// The place that these fields name.
    pub(crate) fn new(fields: &[&str]) -> Self {
        let mut bytes = Vec::new();
        for field in fields {
            bytes.extend_from_slice(&(field.len() as u64).to_be_bytes());
            bytes.extend_from_slice(field.as_bytes());
        }
        Self(bytes)
    }
}

/// Seals `secret` with a key of 32 bytes: nonce and ciphertext, in base64. `None` if the key has another length.
pub(crate) fn seal(key: &[u8], nonce: [u8; NONCE], place: &Place, secret: &[u8]) -> Option<String> {
    let mut sealed = Zeroizing::new(secret.to_vec());
    cipher(key)?.encrypt_in_place(&XNonce::from(nonce), &place.0, &mut *sealed).ok()?;
    Some(STANDARD.encode([&nonce, sealed.as_slice()].concat()))
}

/// Opens what [`seal`] made with this key for this place. `None` for everything else.
pub(crate) fn open(key: &[u8], place: &Place, sealed: &str) -> Option<SecretBytes> {
    let sealed = STANDARD.decode(sealed).ok()?;
    let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE>()?;
    let mut secret = Zeroizing::new(ciphertext.to_vec());
    cipher(key)?.decrypt_in_place(&XNonce::from(*nonce), &place.0, &mut *secret).ok()?;
    Some(secret.into())
}

/// What names a master key: the beginning of a hash, which gives nothing of a random key away.
pub(crate) fn fingerprint(key: &MasterKey) -> String {
    let mut hash = Sha256::new_with_prefix(b"sophon master key");
    hash.update(key.expose());
    hex::encode(&hash.finalize()[..8])
}

fn cipher(key: &[u8]) -> Option<XChaCha20Poly1305> {
    Some(XChaCha20Poly1305::new(<&Key>::try_from(key).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: [u8; 32] = [3; 32];

    fn sealed() -> String {
        seal(&KEY, [9; NONCE], &Place::new(&["tenant", "owner"]), b"hunter2").unwrap()
    }

    #[test]
    fn what_was_sealed_opens_with_its_key_in_its_place_alone() {
        let opened = open(&KEY, &Place::new(&["tenant", "owner"]), &sealed()).unwrap();
        assert_eq!(opened.expose(), b"hunter2");
        for place in [&["tenant", "other"][..], &["tenan", "towner"], &["tenant"], &["tenant", "owner", ""]] {
            assert!(open(&KEY, &Place::new(place), &sealed()).is_none(), "{place:?}");
        }
        assert!(open(&[4; 32], &Place::new(&["tenant", "owner"]), &sealed()).is_none());
    }

    #[test]
    fn no_flipped_bit_goes_unnoticed() {
        let bytes = STANDARD.decode(sealed()).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut flipped = bytes.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            let flipped = STANDARD.encode(flipped);
            assert!(open(&KEY, &Place::new(&["tenant", "owner"]), &flipped).is_none(), "bit {bit}");
        }
        assert!(open(&KEY, &Place::new(&["tenant", "owner"]), "").is_none());
        assert!(open(&KEY, &Place::new(&["tenant", "owner"]), "no base64!").is_none());
    }

    /// The vector of draft-irtf-cfrg-xchacha, A.3.1.
    #[test]
    fn the_cipher_is_the_published_one() {
        let key: Vec<u8> = (0x80..0xa0).collect();
        let nonce: [u8; NONCE] = std::array::from_fn(|n| 0x40 + n as u8);
        let aad = hex::decode("50515253c0c1c2c3c4c5c6c7").unwrap();
        let text: &[u8] =
            b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the \
            future, sunscreen would be it.";
        let sealed = STANDARD.decode(seal(&key, nonce, &Place(aad), text).unwrap()).unwrap();
        assert!(hex::encode(&sealed[NONCE..]).starts_with("bd6d179d3e83d43b9576579493c0e939"));
        assert!(hex::encode(&sealed).ends_with("c0875924c1c7987947deafd8780acf49"));
    }
}
