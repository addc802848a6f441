//! Writes lists of models.

use axum::http::{HeaderMap, Uri};
use serde_json::{Value, json};

use super::Wire;

/// The format whose list of models is asked for.
pub(super) fn wire_of(uri: &Uri, headers: &HeaderMap) -> Option<Wire> {
    match uri.path() {
        path if path.ends_with("/api/tags") => Some(Wire::Ollama),
        path if path.ends_with("/v1/models") && headers.contains_key("anthropic-version") => {
            Some(Wire::Anthropic)
        }
        path if path.ends_with("/v1/models") => Some(Wire::OpenAi),
        path if path.ends_with("/models") => Some(Wire::Gemini),
        _ => None,
    }
}

/// The list as the format writes it. Gemini's has one more, which cannot write text.
pub(super) fn list(wire: Wire, names: &[String]) -> Value {
    let entries = |entry: &dyn Fn(&String) -> Value| names.iter().map(entry).collect::<Vec<_>>();
    match wire {
        Wire::OpenAi | Wire::Responses => {
            json!({ "object": "list", "data": entries(&|name| json!({ "id": name, "object": "model" })) })
        }
        Wire::Anthropic => {
            let data = entries(&|name| json!({ "type": "model", "id": name, "display_name": "A model" }));
            json!({ "data": data, "has_more": false })
        }
        Wire::Gemini => {
            let entry = |name: &str, method: &str| json!({ "name": format!("models/{name}"), "supportedGenerationMethods": [method] });
            let mut models = entries(&|name| entry(name, "generateContent"));
            models.push(entry("embedding", "embedContent"));
            json!({ "models": models })
        }
        Wire::Ollama => {
            let entry = |name: &String| {
                let name = if name.contains(':') { name.clone() } else { format!("{name}:latest") };
                json!({ "name": name, "model": name, "size": 1 })
            };
            json!({ "models": entries(&entry) })
        }
    }
}
