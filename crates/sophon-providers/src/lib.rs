//! Model providers over egress: five wire formats.
//!
//! - `openai`: chat completions, which llama.cpp, vLLM, LM Studio and most services and gateways speak, too.
//! - `responses`: OpenAI's Responses API.
//! - `anthropic`: messages.
//! - `gemini`: Google's own format.
//! - `ollama`: Ollama's own format.
//!
//! [`build`] makes any of them from a [`ProviderConfig`]. A provider is the same for all formats. A format is a folder:
//! where a request goes, where the models are listed, the `request` that is written strictly, and the `read`er of records, which is tolerant, because
//! hardly a server speaks a format as its inventor does. All share the record reader, the assembler of tool calls, and the
//! end of an answer.
//!
//! A provider sends one request a call and repeats none: retries and failover are the core's. Errors carry the provider's
//! own words, shortened, and never the API key.

mod answer;
mod anthropic;
mod body;
mod config;
mod factory;
mod failure;
mod format;
mod gemini;
mod history;
mod json;
mod listing;
mod names;
mod ollama;
mod openai;
mod presets;
mod provider;
mod records;
mod responses;

use std::sync::Arc;

use sophon_egress::Egress;
use sophon_model::ports::ModelProvider;
use sophon_model::{Error, Result};

pub use config::ProviderConfig;
pub use factory::OverEgress;
pub use sophon_model::ProviderKind;

/// Makes a provider that goes out through `egress`. Fails with a validation error if the base URL or the API key cannot
/// be used; it names the provider, as a configuration has several.
pub fn build(config: &ProviderConfig, egress: &Egress) -> Result<Arc<dyn ModelProvider>> {
    let provider = provider::Provider::new(config, egress).map_err(|error| {
        let text = format!("Provider '{}': {}", config.id, error.message());
        Error::validation(error.field().unwrap_or("base_url"), text)
    })?;
    Ok(Arc::new(provider))
}
