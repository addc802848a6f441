//! Connection ids and tokens, and the one place where this crate takes randomness.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Bytes behind an id: enough that nobody guesses one.
const BYTES: usize = 16;

/// The public name of a connection: 16 random bytes, shown as 22 characters of base64url.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConnectionId([u8; BYTES]);

impl fmt::Display for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

impl fmt::Debug for ConnectionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ConnectionId({self})")
    }
}

/// The text is not a connection id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a connection id")]
pub struct InvalidConnectionId;

impl FromStr for ConnectionId {
    type Err = InvalidConnectionId;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut bytes = [0; BYTES];
        match URL_SAFE_NO_PAD.decode_slice(text, &mut bytes) {
            Ok(BYTES) => Ok(Self(bytes)),
            _ => Err(InvalidConnectionId),
        }
    }
}

impl ConnectionId {
    pub(crate) fn random() -> Self {
        Self(random_bytes())
    }
}

/// The secret that a client shows with each later request of its connection. In negotiate version 0 it is the
/// same as the [`ConnectionId`].
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ConnectionToken(pub(crate) ConnectionId);

/// A name that no other connection can guess, for a request to one client.
pub(crate) fn random_name() -> String {
    ConnectionId::random().to_string()
}

#[expect(clippy::disallowed_methods, reason = "the crate's one boundary to the system's randomness")]
fn random_bytes() -> [u8; BYTES] {
    let mut bytes = [0; BYTES];
    // Without randomness every connection would be open to everyone: better none at all.
    getrandom::fill(&mut bytes).expect("the system gives random bytes");
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_22_characters_and_survives_its_text() {
        let id = ConnectionId::random();
        assert_eq!(id.to_string().len(), 22);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_ne!(id, ConnectionId::random());
    }

    #[test]
    fn other_texts_are_no_ids() {
        for text in ["", "short", "AAAAAAAAAAAAAAAAAAAAAA==", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "\u{1f600}"]
        {
            assert_eq!(text.parse::<ConnectionId>(), Err(InvalidConnectionId), "{text}");
        }
    }
}
