//! A model provider that says what it is told: a real HTTP server that speaks the streaming formats of OpenAI and
//! Anthropic, and records what it was asked.
//!
//! Any path that ends in `/chat/completions` gets the former, any that ends in `/messages` the latter. For tests in
//! another process, `GET /_control/requests` tells what was asked and `POST /_control/gates/{name}` opens the gate of
//! that name.

mod anthropic;
mod openai;
mod playback;
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
    /// Messages.
    Anthropic,
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

    /// The text of the last message, be it a person's or the result of a tool.
    pub fn last_text(&self) -> String {
        let last = self.body["messages"].as_array().and_then(|messages| messages.last());
        last.map_or_else(String::new, |message| text_of(&message["content"]))
    }
}

/// Text that stands alone, in blocks, or in the results of tools among the blocks.
fn text_of(content: &Value) -> String {
    match content {
        Value::String(text) => text.clone(),
        Value::Array(blocks) => {
            let texts = blocks.iter().map(|block| text_of(block.get("text").unwrap_or(&block["content"])));
            texts.collect::<Vec<_>>().join("\n")
        }
        _ => String::new(),
    }
}
