//! Sealed secrets and the keys that they are sealed with.

use crate::{DataKey, MasterKeyUse, Result, SecretName, StoredSecret, TenantId};

/// Sealed secrets, and the sealed data keys of tenants.
pub trait SecretRows {
    /// The data key of a tenant. A job that writes is the only one to look at it until it has ended.
    fn data_key(&self, tenant: &TenantId) -> Result<Option<DataKey>>;
    /// Adds the data key of a tenant, or overwrites it.
    fn put_data_key(&mut self, key: &DataKey) -> Result<()>;
    /// Data keys that are sealed under another master key than this one; at most `limit`.
    fn data_keys_not_under(&self, master_key: &str, limit: usize) -> Result<Vec<DataKey>>;
    /// The master keys that data keys are sealed under.
    fn master_key_uses(&self) -> Result<Vec<MasterKeyUse>>;
    /// A secret.
    fn secret(&self, name: &SecretName) -> Result<Option<StoredSecret>>;
    /// Adds a secret, or overwrites it.
    fn put_secret(&mut self, secret: &StoredSecret) -> Result<()>;
    /// Removes a secret, if it is there.
    fn delete_secret(&mut self, name: &SecretName) -> Result<bool>;
}
