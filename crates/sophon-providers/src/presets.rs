//! What is taken for what the configuration leaves out. Names of models live here and nowhere else.

use crate::ProviderKind;

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
