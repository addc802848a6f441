//! A model provider that says what it is told: a real HTTP server that speaks the streaming formats of OpenAI (both),
//! Anthropic, Gemini and Ollama, and records what it was asked.
//!
//! It is as strict as the strictest of them about the order of roles ([`strict_roles`](crate::strict_roles)), whatever it
//! was told to say.
//!
//! The end of the path decides the format: `/chat/completions`, `/responses`, `/messages`, `:streamGenerateContent` or
//! `/api/chat`. What it does with a request for the list of models is said apart ([`ModelServer::list`]), and until then
//! there is none. For tests in another process, `GET /_control/requests` tells what was asked and `POST /_control/gates/{name}` opens the gate of
//! that name.

mod anthropic;
mod gemini;
mod lists;
mod ollama;
mod openai;
mod playback;
mod responses;
pub mod rules;
mod script;
mod server;

use axum::http::HeaderMap;
use serde::Serialize;
use serde_json::Value;

pub use script::{Call, Script};
pub use server::ModelServer;

/// The format of a request and its answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wire {
    /// Chat completions.
    OpenAi,
    /// OpenAI's Responses API.
    Responses,
    /// Messages.
    Anthropic,
    /// Gemini's own format.
    Gemini,
    /// Ollama's own format.
    Ollama,
}

impl Wire {
    /// The format that a path asks for.
    fn of_path(path: &str) -> Option<Self> {
        let known = [
            ("/chat/completions", Self::OpenAi),
            ("/responses", Self::Responses),
            ("/messages", Self::Anthropic),
            (":streamGenerateContent", Self::Gemini),
            ("/api/chat", Self::Ollama),
        ];
        known.into_iter().find(|(ending, _)| path.ends_with(ending)).map(|(_, wire)| wire)
    }
}

/// What the server was asked.
#[derive(Clone, Debug, Serialize)]
pub struct RecordedRequest {
    /// The path.
    pub path: String,
    /// The format that the path asks for.
    pub wire: Wire,
    /// The headers; the credential among them.
    #[serde(skip)]
    pub headers: HeaderMap,
    /// The body.
    pub body: Value,
}

impl RecordedRequest {
    /// A header as text; empty if there is none.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    /// The model that is asked.
    pub fn model(&self) -> &str {
        match self.wire {
            Wire::Gemini => {
                let last = self.path.rsplit('/').next().unwrap_or_default();
                last.split(':').next().unwrap_or_default()
            }
            _ => self.body["model"].as_str().unwrap_or_default(),
        }
    }

    /// The text of the last message, be it a person's or the result of a tool.
    pub fn last_text(&self) -> String {
        let (list, texts) = match self.wire {
            Wire::OpenAi | Wire::Anthropic | Wire::Ollama => ("messages", ["content", ""]),
            Wire::Responses => ("input", ["content", "output"]),
            Wire::Gemini => ("contents", ["parts", ""]),
        };
        let last = self.body[list].as_array().and_then(|messages| messages.last());
        last.map_or_else(String::new, |message| texts.map(|name| text_of(&message[name])).concat())
    }
}

/// Text that stands alone, in blocks, or in the results of tools among the blocks.
fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(blocks) => {
            let texts = blocks.iter().map(|block| {
                let result = &block["functionResponse"]["response"]["result"];
                text_of(block.get("text").or(block.get("content")).unwrap_or(result))
            });
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}
