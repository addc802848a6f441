//! OpenAI's Responses API. Nothing is stored there: each request carries the whole conversation.

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

/// A provider that speaks the Responses API.
pub(crate) struct Responses {
    models: Vec<ModelInfo>,
    exchange: Exchange,
}

impl Responses {
    /// A provider as configured.
    pub(crate) fn new(config: &ProviderConfig, egress: &Egress) -> Result<Self> {
        let exchange = Exchange::new(config, egress, |key| (AUTHORIZATION, format!("Bearer {key}")))?;
        Ok(Self { models: config.models(), exchange })
    }
}

#[async_trait]
impl ModelProvider for Responses {
    fn id(&self) -> &str {
        self.exchange.id()
    }

    fn models(&self) -> &[ModelInfo] {
        &self.models
    }

    async fn stream(&self, request: ModelRequest) -> Result<ModelStream, ModelError> {
        let model = request.model.as_deref().unwrap_or(&self.models[0].id);
        let body = request::body(&request, model, self.id());
        let names = ToolNames::new(&request.tools);
        self.exchange.begin("/responses", model, &body, names, read::EventReader::default()).await
    }
}
