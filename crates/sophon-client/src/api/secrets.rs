//! *Admin*: the keys that stored secrets are sealed with.

use sophon_api::SecretsState;

use crate::{Client, ClientError};

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
