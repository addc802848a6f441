//! Gemini, as Google speaks it.

mod read;
mod request;

use async_trait::async_trait;
use http::HeaderName;
use sophon_egress::Egress;
use sophon_model::Result;
use sophon_model::ports::{ModelError, ModelInfo, ModelProvider, ModelRequest, ModelStream};

use crate::ProviderConfig;
use crate::exchange::Exchange;
use crate::names::ToolNames;

/// A provider that speaks Gemini's own format.
pub(crate) struct Gemini {
    models: Vec<ModelInfo>,
    exchange: Exchange,
}

impl Gemini {
    /// A provider as configured.
    pub(crate) fn new(config: &ProviderConfig, egress: &Egress) -> Result<Self> {
        let credential = |key: &str| (HeaderName::from_static("x-goog-api-key"), key.to_owned());
        // Without it, the answer is one JSON array.
        let exchange = Exchange::new(config, egress, credential)?.with_query("alt=sse");
        Ok(Self { models: config.models(), exchange })
    }
}

#[async_trait]
impl ModelProvider for Gemini {
    fn id(&self) -> &str {
        self.exchange.id()
    }

    fn models(&self) -> &[ModelInfo] {
        &self.models
    }

    async fn stream(&self, request: ModelRequest) -> Result<ModelStream, ModelError> {
        let model = request.model.as_deref().unwrap_or(&self.models[0].id);
        let path = format!("/models/{}:streamGenerateContent", model.trim_start_matches("models/"));
        let body = request::body(&request, self.id());
        let names = ToolNames::new(&request.tools);
        self.exchange.begin(&path, model, &body, names, read::ChunkReader::default()).await
    }
}
