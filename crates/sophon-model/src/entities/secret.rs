//! Secrets of others that Sophon keeps, sealed.

use serde::{Deserialize, Serialize};

use crate::ports::{Entity, Insert, Table, Update};
use crate::words::text_enum;
use crate::{ProviderId, TenantId, Timestamp, UserId};

text_enum! {
    /// What a secret is for.
    pub enum SecretPurpose {
        /// The seed of one-time passwords.
        Totp = "totp",
        /// The API key of a model provider.
        ProviderKey = "provider_key",
        /// The key that signs deliveries of a webhook.
        WebhookSecret = "webhook_secret",
        /// What a connection to a service is opened with.
        Connection = "connection",
    }
}

/// The id of the thing that a secret belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretOwner(String);

impl SecretOwner {
    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&UserId> for SecretOwner {
    fn from(user: &UserId) -> Self {
        Self(user.to_string())
    }
}

impl From<&TenantId> for SecretOwner {
    fn from(tenant: &TenantId) -> Self {
        Self(tenant.to_string())
    }
}

impl From<&ProviderId> for SecretOwner {
    fn from(provider: &ProviderId) -> Self {
        Self(provider.to_string())
    }
}

/// Which secret: an owner has one for each purpose.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct SecretName {
    /// The tenant.
    pub tenant: TenantId,
    /// What it belongs to.
    pub owner: SecretOwner,
    /// What it is for.
    pub purpose: SecretPurpose,
}

/// A secret as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSecret {
    /// The tenant whose data key seals it.
    pub tenant_id: TenantId,
    /// What it belongs to.
    pub owner_id: SecretOwner,
    /// What it is for.
    pub purpose: SecretPurpose,
    /// How often it was set.
    pub version: i64,
    /// Nonce and ciphertext in base64. It opens only in the row that it was written to.
    pub sealed: String,
    /// When it was set first.
    pub created_at: Timestamp,
    /// When it was last set.
    pub updated_at: Timestamp,
}

impl Entity for StoredSecret {
    const TABLE: &'static Table = &Table::new("secrets", "secret").key(&["tenant_id", "owner_id", "purpose"]);
}

impl Insert for StoredSecret {}
impl Update for StoredSecret {}

/// The key that seals the secrets of a tenant, sealed under a master key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DataKey {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The fingerprint of the master key.
    pub master_key_id: String,
    /// Nonce and ciphertext in base64.
    pub sealed: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last sealed.
    pub sealed_at: Timestamp,
}

impl Entity for DataKey {
    const TABLE: &'static Table = &Table::new("data_keys", "data key").key(&["tenant_id"]);
}

impl Insert for DataKey {}
impl Update for DataKey {}

/// How many data keys are sealed under a master key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MasterKeyUse {
    /// The fingerprint of the master key.
    pub master_key_id: String,
    /// So many.
    pub data_keys: u64,
}
