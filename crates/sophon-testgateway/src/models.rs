//! Model providers that a test plays.

use std::sync::Arc;

use sophon_egress::{Egress, EgressOptions};
use sophon_model::Result;
use sophon_model::ports::{ModelError, ModelInfo, ModelProvider, ModelRequest, ModelStream};
use sophon_providers::{OverEgress, ProviderConfig, ProviderKind};
use sophon_testkit::ModelServer;

/// A provider with this id and model that `server` plays.
pub fn provider(id: &str, model: &str, server: &ModelServer) -> Arc<dyn ModelProvider> {
    provider_at(ProviderKind::OpenAi, id, model, server.openai_url())
}

/// A provider of this kind with this id and model, at `base_url`.
pub fn provider_at(kind: ProviderKind, id: &str, model: &str, base_url: String) -> Arc<dyn ModelProvider> {
    let config = ProviderConfig {
        base_url: Some(base_url),
        api_key: Some("key".into()),
        models: vec![model.into()],
        ..ProviderConfig::new(id, kind)
    };
    build(&config)
}

/// A provider `short` that `server` plays, with what `change` makes of its configuration.
pub fn provider_with(
    server: &ModelServer,
    change: impl FnOnce(&mut ProviderConfig),
) -> Arc<dyn ModelProvider> {
    let mut config = ProviderConfig {
        base_url: Some(server.openai_url()),
        api_key: Some("key".into()),
        models: vec!["model".into()],
        ..ProviderConfig::new("short", ProviderKind::OpenAi)
    };
    change(&mut config);
    build(&config)
}

/// Opens providers that a test adds while its gateway runs.
pub(crate) fn factory() -> OverEgress {
    OverEgress::new(egress(), 0)
}

fn build(config: &ProviderConfig) -> Arc<dyn ModelProvider> {
    sophon_providers::build(config, &egress()).expect("the provider is built")
}

fn egress() -> Egress {
    sophon_egress::install_crypto();
    Egress::new(EgressOptions::default()).expect("there is a way out")
}

/// A provider that comes to no answer, be it to a question or to what models there are.
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

    async fn offered(&self) -> Result<Option<Vec<ModelInfo>>, ModelError> {
        std::future::pending().await
    }

    async fn stream(&self, _: ModelRequest) -> Result<ModelStream, ModelError> {
        std::future::pending().await
    }
}
