//! *Models*: whether their providers answer.

use std::time::Duration;

use sophon_api::{List, ProviderCheck};

use crate::{Client, ClientError};

/// How long a check may take: the gateway waits 30 seconds for the slowest provider.
const CHECK_TIMEOUT: Duration = Duration::from_secs(45);

impl Client {
    /// `POST /api/models/check`.
    pub async fn check_providers(&self) -> Result<List<ProviderCheck>, ClientError> {
        self.fetch(self.post(&["api", "models", "check"])?.within(CHECK_TIMEOUT)).await
    }
}
