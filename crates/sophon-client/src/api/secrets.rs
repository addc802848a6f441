//! *Admin*: the keys that stored secrets are sealed with.

use serde::{Deserialize, Serialize};

use crate::{Client, ClientError};

/// How stored secrets are sealed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SecretsState {
    /// Where the master keys are kept.
    pub place: String,
    /// The master keys, newest first. The newest one seals.
    pub master_keys: Vec<MasterKeyState>,
}

/// A master key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MasterKeyState {
    /// The beginning of a hash of the key.
    pub fingerprint: String,
    /// How many data keys are sealed under it.
    pub data_keys: u64,
}

impl Client {
    /// `GET /api/admin/secrets`.
    pub async fn secrets_state(&self) -> Result<SecretsState, ClientError> {
        self.fetch(self.get(&["api", "admin", "secrets"])?).await
    }

    /// `POST /api/admin/secrets/rotate`.
    pub async fn rotate_master_key(&self) -> Result<SecretsState, ClientError> {
        self.fetch(self.post(&["api", "admin", "secrets", "rotate"])?).await
    }
}
