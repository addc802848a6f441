//! Texts that are never shown.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A password, a token or a pairing secret: `Debug` hides it, and there is no `Display`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text itself, to be sent or compared.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// The text itself, to be kept.
    pub fn into_revealed(self) -> String {
        self.0
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
