//! *Models*: their providers, what these offer, and whether they answer.

use std::time::Duration;

use sophon_api::{
    CatalogModel, List, LocalModelServer, ModelProvider, ModelProviderDraft, ModelProviderPatch,
    NewModelProvider, ProviderCheck, ProviderPreset, ProviderTest,
};

use crate::{Client, ClientError};

/// How long a check or a test may take: the gateway waits 40 seconds for the slowest provider.
const CHECK_TIMEOUT: Duration = Duration::from_secs(45);

const PROVIDERS: [&str; 3] = ["api", "models", "providers"];

impl Client {
    /// `POST /api/models/check`.
    pub async fn check_providers(&self) -> Result<List<ProviderCheck>, ClientError> {
        self.fetch(self.post(&["api", "models", "check"])?.within(CHECK_TIMEOUT)).await
    }

    /// `GET /api/models/catalog`.
    pub async fn model_catalog(&self) -> Result<List<CatalogModel>, ClientError> {
        self.fetch(self.get(&["api", "models", "catalog"])?).await
    }

    /// `GET /api/models/presets`.
    pub async fn provider_presets(&self) -> Result<List<ProviderPreset>, ClientError> {
        self.fetch(self.get(&["api", "models", "presets"])?).await
    }

    /// `POST /api/models/local`.
    pub async fn find_model_servers(&self) -> Result<List<LocalModelServer>, ClientError> {
        self.fetch(self.post(&["api", "models", "local"])?).await
    }

    /// `GET /api/models/providers`.
    pub async fn model_providers(&self) -> Result<List<ModelProvider>, ClientError> {
        self.fetch(self.get(&PROVIDERS)?).await
    }

    /// `POST /api/models/providers`.
    pub async fn add_model_provider(&self, new: &NewModelProvider) -> Result<ModelProvider, ClientError> {
        self.fetch(self.post(&PROVIDERS)?.json(new)).await
    }

    /// `POST /api/models/providers/test`.
    pub async fn test_provider_draft(&self, draft: &ModelProviderDraft) -> Result<ProviderTest, ClientError> {
        let request = self.post(&["api", "models", "providers", "test"])?;
        self.fetch(request.json(draft).within(CHECK_TIMEOUT)).await
    }

    /// `POST /api/models/providers/{id}/test`.
    pub async fn test_model_provider(&self, id: &str) -> Result<ProviderTest, ClientError> {
        self.fetch(self.post(&["api", "models", "providers", id, "test"])?.within(CHECK_TIMEOUT)).await
    }

    /// `PATCH /api/models/providers/{id}`.
    pub async fn update_model_provider(
        &self,
        id: &str,
        patch: &ModelProviderPatch,
    ) -> Result<ModelProvider, ClientError> {
        self.fetch(self.patch(&["api", "models", "providers", id])?.json(patch)).await
    }

    /// `DELETE /api/models/providers/{id}`.
    pub async fn remove_model_provider(&self, id: &str) -> Result<(), ClientError> {
        self.execute(self.delete(&["api", "models", "providers", id])?).await
    }
}
