//! Messages, as Anthropic speaks it.

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

/// The version of the API that the requests are written for.
const VERSION: &str = "2023-06-01";

/// A provider that speaks the messages API.
pub(crate) struct Anthropic {
    models: Vec<ModelInfo>,
    exchange: Exchange,
}

impl Anthropic {
    /// A provider as configured.
    pub(crate) fn new(config: &ProviderConfig, egress: &Egress) -> Result<Self> {
        let credential = |key: &str| (HeaderName::from_static("x-api-key"), key.to_owned());
        let exchange = Exchange::new(config, egress, credential)?.with_header("anthropic-version", VERSION);
        Ok(Self { models: config.models(), exchange })
    }
}

#[async_trait]
impl ModelProvider for Anthropic {
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
        self.exchange.begin("/v1/messages", model, &body, names, read::RecordReader::default()).await
    }
}
