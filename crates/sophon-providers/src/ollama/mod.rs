//! Ollama, as it speaks itself: a JSON object a line.

mod read;
mod request;

use async_trait::async_trait;
use http::header::AUTHORIZATION;
use sophon_egress::Egress;
use sophon_model::Result;
use sophon_model::ports::{ModelError, ModelInfo, ModelProvider, ModelRequest, ModelStream};

use crate::ProviderConfig;
use crate::exchange::Exchange;
use crate::names::ToolNames;

/// A provider that speaks Ollama's own format.
pub(crate) struct Ollama {
    models: Vec<ModelInfo>,
    exchange: Exchange,
}

impl Ollama {
    /// A provider as configured.
    pub(crate) fn new(config: &ProviderConfig, egress: &Egress) -> Result<Self> {
        let exchange = Exchange::new(config, egress, |key| (AUTHORIZATION, format!("Bearer {key}")))?;
        Ok(Self { models: config.models(), exchange })
    }
}

#[async_trait]
impl ModelProvider for Ollama {
    fn id(&self) -> &str {
        self.exchange.id()
    }

    fn models(&self) -> &[ModelInfo] {
        &self.models
    }

    async fn stream(&self, request: ModelRequest) -> Result<ModelStream, ModelError> {
        let model = request.model.as_deref().unwrap_or(&self.models[0].id);
        let body = request::body(&request, model, self.models[0].context_tokens, self.id());
        let names = ToolNames::new(&request.tools);
        self.exchange.begin("/api/chat", model, &body, names, read::LineReader).await
    }
}
