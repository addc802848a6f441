//! The master keys, which are kept outside of the database.

use async_trait::async_trait;
use zeroize::Zeroizing;

use crate::{Result, SecretBytes};

/// A key of 32 bytes under which the data keys of tenants are sealed.
pub struct MasterKey(SecretBytes);

impl MasterKey {
    /// Its length in bytes.
    pub const LENGTH: usize = 32;

    /// A key of these bytes; `None` unless there are [`LENGTH`](Self::LENGTH) of them.
    pub fn new(bytes: Zeroizing<Vec<u8>>) -> Option<Self> {
        (bytes.len() == Self::LENGTH).then(|| Self(bytes.into()))
    }

    /// The bytes. Each call of this is a place to review.
    pub fn expose(&self) -> &[u8] {
        self.0.expose()
    }
}

/// Where the master keys are kept.
#[async_trait]
pub trait MasterKeys: Send + Sync {
    /// The keys, newest first; the newest one seals. Empty if none was made yet.
    async fn load(&self) -> Result<Vec<MasterKey>>;

    /// Keeps `key` durably as the newest one. `false` where the operator keeps the keys and adds new ones.
    async fn add(&self, key: &MasterKey) -> Result<bool>;

    /// The place in the operator's words, for errors: `the file /srv/sophon/security/master.keys`.
    fn place(&self) -> String;
}
