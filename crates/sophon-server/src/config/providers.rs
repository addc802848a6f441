//! Model providers from the variables that every tool uses.

use sophon_providers::{ProviderConfig, ProviderKind};

/// The providers that the environment names. `SOPHON_MODEL` names the model to prefer of the first one.
pub(super) fn from_environment(variable: impl Fn(&str) -> Option<String>) -> Vec<ProviderConfig> {
    let known = [
        ("anthropic", ProviderKind::Anthropic, "ANTHROPIC_API_KEY", "ANTHROPIC_BASE_URL"),
        ("openai", ProviderKind::OpenAi, "OPENAI_API_KEY", "OPENAI_BASE_URL"),
        ("gemini", ProviderKind::Gemini, "GEMINI_API_KEY", "GEMINI_BASE_URL"),
        ("ollama", ProviderKind::Ollama, "OLLAMA_API_KEY", "OLLAMA_HOST"),
    ];
    let mut model = variable("SOPHON_MODEL");
    let mut providers = Vec::new();
    for (id, kind, key, url) in known {
        let (api_key, base_url) = (variable(key), variable(url));
        let configured = match kind {
            ProviderKind::Ollama => base_url.is_some(),
            // A server of one's own at another address may need no key.
            ProviderKind::OpenAi | ProviderKind::Responses => api_key.is_some() || base_url.is_some(),
            ProviderKind::Anthropic | ProviderKind::Gemini => api_key.is_some(),
        };
        if configured {
            let models = model.take().into_iter().collect();
            providers.push(ProviderConfig { base_url, api_key, models, ..ProviderConfig::new(id, kind) });
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
