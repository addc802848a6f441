//! Chat completions, as OpenAI and nearly everybody else speaks it.

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

/// Where speakers of chat completions differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// OpenAI itself.
    OpenAi,
    /// Everybody else.
    Common,
}

/// A provider that speaks chat completions.
pub(crate) struct OpenAi {
    models: Vec<ModelInfo>,
    dialect: Dialect,
    exchange: Exchange,
}

impl OpenAi {
    /// A provider as configured.
    pub(crate) fn new(config: &ProviderConfig, egress: &Egress) -> Result<Self> {
        let exchange = Exchange::new(config, egress, |key| (AUTHORIZATION, format!("Bearer {key}")))?;
        let is_openai = exchange.host() == "api.openai.com";
        let dialect = if is_openai { Dialect::OpenAi } else { Dialect::Common };
        Ok(Self { models: config.models(), dialect, exchange })
    }
}

#[async_trait]
impl ModelProvider for OpenAi {
    fn id(&self) -> &str {
        self.exchange.id()
    }

    fn models(&self) -> &[ModelInfo] {
        &self.models
    }

    async fn stream(&self, request: ModelRequest) -> Result<ModelStream, ModelError> {
        let model = request.model.as_deref().unwrap_or(&self.models[0].id);
        let body = request::body(&request, model, self.dialect, self.id());
        let names = ToolNames::new(&request.tools);
        self.exchange.begin("/chat/completions", model, &body, names, read::ChunkReader::default()).await
    }
}
