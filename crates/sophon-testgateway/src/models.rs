//! Model providers that a test plays.

use std::sync::Arc;

use sophon_egress::{Egress, EgressOptions};
use sophon_model::Result;
use sophon_model::ports::{ModelError, ModelInfo, ModelProvider, ModelRequest, ModelStream};
use sophon_providers::{ProviderConfig, ProviderKind};
use sophon_testkit::ModelServer;

/// A provider with this id and model that `server` plays.
pub fn provider(id: &str, model: &str, server: &ModelServer) -> Arc<dyn ModelProvider> {
    sophon_egress::install_crypto();
    let egress = Egress::new(EgressOptions::default()).expect("there is a way out");
    let config = ProviderConfig {
        base_url: Some(server.openai_url()),
        api_key: Some("key".into()),
        models: vec![model.into()],
        ..ProviderConfig::new(id, ProviderKind::OpenAi)
    };
    sophon_providers::build(&config, &egress).expect("the provider is built")
}

/// A provider that never comes to an answer.
#[derive(Debug)]
pub struct SilentModel(Vec<ModelInfo>);

impl Default for SilentModel {
    fn default() -> Self {
        Self(vec![ModelInfo::unknown("silence", "test")])
    }
}

#[async_trait::async_trait]
impl ModelProvider for SilentModel {
    fn id(&self) -> &'static str {
        "test"
    }

    fn models(&self) -> &[ModelInfo] {
        &self.0
    }

    async fn stream(&self, _: ModelRequest) -> Result<ModelStream, ModelError> {
        std::future::pending().await
    }
}
