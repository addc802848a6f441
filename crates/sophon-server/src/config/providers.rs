//! Model providers: from the configuration, or from the variables that every tool uses.

use std::fmt;

use serde::Deserialize;
use sophon_providers::{ProviderConfig, ProviderKind};

/// The wire format of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProviderType {
    /// Chat completions.
    OpenAi,
    /// Messages.
    Anthropic,
    /// Google's Gemini.
    Gemini,
    /// Ollama.
    Ollama,
}

/// A `[[providers]]` entry.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConfiguredProvider {
    /// Its id, as it appears in errors and usage.
    pub id: String,
    /// Its wire format.
    #[serde(rename = "type")]
    pub kind: ProviderType,
    /// Where it is; the public service if absent.
    #[serde(default)]
    pub base_url: Option<String>,
    /// The credential.
    #[serde(default)]
    pub api_key: Option<String>,
    /// The models on offer, the preferred one first.
    #[serde(default)]
    pub models: Vec<String>,
}

impl fmt::Debug for ConfiguredProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The credential stays out of logs.
        f.debug_struct("ConfiguredProvider")
            .field("id", &self.id)
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

impl From<ConfiguredProvider> for ProviderConfig {
    fn from(configured: ConfiguredProvider) -> Self {
        let kind = match configured.kind {
            ProviderType::OpenAi => ProviderKind::OpenAi,
            ProviderType::Anthropic => ProviderKind::Anthropic,
            ProviderType::Gemini => ProviderKind::Gemini,
            ProviderType::Ollama => ProviderKind::Ollama,
        };
        ProviderConfig {
            id: configured.id,
            kind,
            base_url: configured.base_url,
            api_key: configured.api_key,
            models: configured.models,
        }
    }
}

/// The providers that the environment tells of. `SOPHON_MODEL` names the model to prefer of the first one.
pub(super) fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Vec<ConfiguredProvider> {
    let known = [
        ("anthropic", ProviderType::Anthropic, "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
        ("openai", ProviderType::OpenAi, "OPENAI_API_KEY", "OPENAI_BASE_URL"),
        ("gemini", ProviderType::Gemini, "GEMINI_API_KEY", "GEMINI_BASE_URL"),
        ("ollama", ProviderType::Ollama, "OLLAMA_API_KEY", "OLLAMA_HOST"),
    ];
    let mut model = variable("SOPHON_MODEL");
    let mut providers = Vec::new();
    for (id, kind, key, url) in known {
        let (api_key, base_url) = (variable(key), variable(url));
        let configured = match kind {
            ProviderType::Ollama => base_url.is_some(),
            // A server of one's own at another address may need no key.
            ProviderType::OpenAi => api_key.is_some() || base_url.is_some(),
            ProviderType::Anthropic | ProviderType::Gemini => api_key.is_some(),
        };
        if configured {
            let models = model.take().into_iter().collect();
            providers.push(ConfiguredProvider { id: id.into(), kind, base_url, api_key, models });
        }
    }
    providers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(set: &[(&str, &str)]) -> Vec<String> {
        let variable =
            |name: &str| set.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        from_environment(variable).into_iter().map(|provider| provider.id).collect()
    }

    #[test]
    fn the_variables_that_every_tool_uses_configure_providers() {
        assert!(ids(&[]).is_empty());
        assert_eq!(
            ids(&[("OPENAI_API_KEY", "sk-1"), ("ANTHROPIC_API_KEY", "sk-2")]),
            ["anthropic", "openai"]
        );
        assert_eq!(ids(&[("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")]), ["openai"]);
        assert_eq!(ids(&[("OLLAMA_HOST", "http://127.0.0.1:11434")]), ["ollama"]);
        assert!(ids(&[("ANTHROPIC_BASE_URL", "http://127.0.0.1:1")]).is_empty());
    }
}
