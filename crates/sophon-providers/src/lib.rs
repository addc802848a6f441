//! Model providers over egress: the two wire formats that nearly everybody speaks.
//!
//! - [`OpenAi`] speaks chat completions, and so do Ollama, Gemini, llama.cpp, vLLM and most gateways.
//! - [`Anthropic`] speaks messages.
//!
//! [`build`] makes either from a [`ProviderConfig`]. A provider sends one request a call and repeats none: retries and
//! failover are the core's. Errors carry the provider's own words, shortened, and never the API key.

mod anthropic;
mod exchange;
mod failure;
mod names;
mod openai;
mod presets;
mod tool_calls;

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use sophon_egress::Egress;
use sophon_model::Result;
use sophon_model::ports::{ModelInfo, ModelProvider};

pub use anthropic::Anthropic;
pub use openai::OpenAi;

/// What kind of provider it is. Decides the wire format, and what is taken for what the configuration leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ProviderKind {
    /// OpenAI, or anything that speaks chat completions at another base URL.
    OpenAi,
    /// Anthropic, or anything that speaks its messages API.
    Anthropic,
    /// Ollama, by default the one on this machine.
    Ollama,
    /// Google's Gemini, through its OpenAI-compatible endpoint.
    Gemini,
}

/// A provider as the operator configures it. Unknown keys are refused.
#[derive(Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ProviderConfig {
    /// Its id, as it appears in errors and usage.
    pub id: String,
    /// Its kind, under the key `type`.
    #[serde(rename = "type")]
    pub kind: ProviderKind,
    /// The URL that the paths of the wire format are appended to; for Ollama the URL of the server itself. The public
    /// service's if absent.
    #[serde(default)]
    pub base_url: Option<String>,
    /// The credential; none is sent if absent.
    #[serde(default)]
    pub api_key: Option<String>,
    /// The models on offer, the preferred one first; a few current ones of the kind if empty.
    #[serde(default)]
    pub models: Vec<String>,
}

impl fmt::Debug for ProviderConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ProviderConfig")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .field("base_url", &self.base_url)
            .field("has_api_key", &self.api_key.is_some())
            .field("models", &self.models)
            .finish()
    }
}

impl ProviderConfig {
    /// The models on offer, never none.
    fn models(&self) -> Vec<ModelInfo> {
        let info = |id: &str| ModelInfo { id: id.to_owned(), provider: self.id.clone() };
        if self.models.is_empty() {
            presets::models(self.kind).iter().map(|id| info(id)).collect()
        } else {
            self.models.iter().map(|id| info(id)).collect()
        }
    }
}

/// Makes a provider that goes out through `egress`. Fails with a validation error if the base URL or the API key cannot
/// be used.
pub fn build(config: &ProviderConfig, egress: &Egress) -> Result<Arc<dyn ModelProvider>> {
    Ok(match config.kind {
        ProviderKind::Anthropic => Arc::new(Anthropic::new(config, egress)?),
        ProviderKind::OpenAi | ProviderKind::Ollama | ProviderKind::Gemini => {
            Arc::new(OpenAi::new(config, egress)?)
        }
    })
}
