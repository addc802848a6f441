//! What is taken for what the configuration leaves out. Names of models live here and nowhere else.

use sophon_model::ports::ProviderPreset;

use crate::ProviderKind;

/// The services that a provider can be set up as, the most usual first.
pub(crate) fn services() -> Vec<ProviderPreset> {
    use ProviderKind::{Anthropic, Gemini, Ollama, OpenAi};
    let own = |id, label, kind| ProviderPreset {
        id,
        label,
        kind,
        base_url: base_url(kind).to_owned(),
        needs_key: kind != Ollama,
        is_local: kind == Ollama,
        models: if kind == Ollama { &[] } else { models(kind) },
    };
    let hosted = |id, label, url: &str| ProviderPreset {
        id,
        label,
        kind: OpenAi,
        base_url: url.to_owned(),
        needs_key: true,
        is_local: false,
        models: &[],
    };
    let local =
        |id, label, url: &str| ProviderPreset { needs_key: false, is_local: true, ..hosted(id, label, url) };
    vec![
        own("openai", "OpenAI", OpenAi),
        own("anthropic", "Anthropic", Anthropic),
        own("gemini", "Google Gemini", Gemini),
        own("ollama", "Ollama", Ollama),
        local("lm-studio", "LM Studio", "http://127.0.0.1:1234/v1"),
        local("llama-cpp", "llama.cpp", "http://127.0.0.1:8080/v1"),
        local("vllm", "vLLM", "http://127.0.0.1:8000/v1"),
        hosted("openrouter", "OpenRouter", "https://openrouter.ai/api/v1"),
        hosted("mistral", "Mistral", "https://api.mistral.ai/v1"),
        hosted("deepseek", "DeepSeek", "https://api.deepseek.com/v1"),
        hosted("groq", "Groq", "https://api.groq.com/openai/v1"),
        hosted("xai", "xAI", "https://api.x.ai/v1"),
        hosted("together", "Together", "https://api.together.xyz/v1"),
        hosted("fireworks", "Fireworks", "https://api.fireworks.ai/inference/v1"),
        hosted("perplexity", "Perplexity", "https://api.perplexity.ai"),
        ProviderPreset { needs_key: false, ..hosted("custom", "Other (OpenAI-compatible)", "") },
    ]
}

/// Where a kind of provider is found.
pub(crate) fn base_url(kind: ProviderKind) -> &'static str {
    match kind {
        ProviderKind::OpenAi | ProviderKind::Responses => "https://api.openai.com/v1",
        ProviderKind::Anthropic => "https://api.anthropic.com",
        ProviderKind::Ollama => "http://127.0.0.1:11434",
        ProviderKind::Gemini => "https://generativelanguage.googleapis.com/v1beta",
    }
}

/// Models of a kind, the preferred one first. Current in November 2026.
pub(crate) fn models(kind: ProviderKind) -> &'static [&'static str] {
    match kind {
        ProviderKind::OpenAi | ProviderKind::Responses => &["gpt-5.5", "gpt-6.1-terra", "gpt-5.4-mini"],
        ProviderKind::Anthropic => &["claude-sonnet-5-5", "claude-opus-5-5", "claude-haiku-5-5"],
        ProviderKind::Ollama => &["gemma4"],
        ProviderKind::Gemini => &["gemini-3.8-flash", "gemini-2.5-pro"],
    }
}

/// Tokens that models of a kind can read and write together, and write in one answer: what the least of the current
/// ones can. A server of one's own may have less, and refuses or is configured then.
pub(crate) fn limits(kind: ProviderKind) -> (u32, u32) {
    match kind {
        ProviderKind::OpenAi => (128_000, 8_192),
        ProviderKind::Responses => (200_000, 16_384),
        ProviderKind::Anthropic => (200_000, 8_192),
        ProviderKind::Ollama => (8_192, 4_096),
        ProviderKind::Gemini => (1_000_000, 8_192),
    }
}

/// Models of OpenAI's own that reason by default, and then refuse tools in chat completions.
pub(crate) fn refuses_tools_while_reasoning(model: &str) -> bool {
    ["gpt-5.6", "gpt-6"].iter().any(|family| model.starts_with(family))
}
