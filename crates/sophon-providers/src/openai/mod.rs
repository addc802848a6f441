//! Chat completions, as OpenAI and nearly everybody else speaks it.

mod decode;
mod request;

use async_trait::async_trait;
use http::header::AUTHORIZATION;
use sophon_egress::Egress;
use sophon_model::Result;
use sophon_model::ports::{ModelError, ModelInfo, ModelProvider, ModelRequest, ModelStream};

use crate::exchange::Exchange;
use crate::names::ToolNames;
use crate::{ProviderConfig, ProviderKind};

/// Where speakers of chat completions differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// OpenAI itself.
    OpenAi,
    /// Gemini's compatible endpoint.
    Gemini,
    /// Everybody else.
    Common,
}

/// A provider that speaks chat completions.
pub struct OpenAi {
    id: String,
    models: Vec<ModelInfo>,
    dialect: Dialect,
    exchange: Exchange,
}

impl OpenAi {
    /// A provider as configured. Ollama's API is found below `/v1` of its URL.
    pub fn new(config: &ProviderConfig, egress: &Egress) -> Result<Self> {
        let below = if config.kind == ProviderKind::Ollama { "/v1" } else { "" };
        let exchange = Exchange::new(config, egress, below, |key| (AUTHORIZATION, format!("Bearer {key}")))?;
        let dialect = match config.kind {
            ProviderKind::Gemini => Dialect::Gemini,
            ProviderKind::OpenAi if exchange.host() == "api.openai.com" => Dialect::OpenAi,
            _ => Dialect::Common,
        };
        Ok(Self { id: config.id.clone(), models: config.models(), dialect, exchange })
    }
}

#[async_trait]
impl ModelProvider for OpenAi {
    fn id(&self) -> &str {
        &self.id
    }

    fn models(&self) -> &[ModelInfo] {
        &self.models
    }

    async fn stream(&self, request: ModelRequest) -> Result<ModelStream, ModelError> {
        let model = request.model.as_deref().unwrap_or(&self.models[0].id);
        let body = request::body(&request, model, self.dialect);
        let decoder = decode::ChunkDecoder::new(&self.id, model, ToolNames::new(&request.tools));
        self.exchange.begin("/chat/completions", &body, decoder).await
    }
}
