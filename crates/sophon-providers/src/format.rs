//! What is peculiar to a wire format.

use std::borrow::Cow;

use http::header::{AUTHORIZATION, HeaderName};
use serde_json::Value;
use sophon_model::ports::{ModelInfo, ModelRequest};

use crate::answer::Reader;
use crate::{ProviderKind, anthropic, gemini, listing, ollama, openai, responses};

/// A wire format: where and how a request is sent, what it says, and who reads the answer.
pub(crate) trait Format: Send + Sync {
    /// The header that bears the API key.
    fn credential(&self, key: &str) -> (HeaderName, String) {
        (AUTHORIZATION, format!("Bearer {key}"))
    }

    /// The headers that every request bears beside that.
    fn headers(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// The query of every request, if it has one.
    fn query(&self) -> Option<&'static str> {
        None
    }

    /// The path, after the base URL, at which `model` is asked.
    fn path(&self, model: &str) -> Cow<'static, str>;

    /// The body of a request.
    fn body(&self, request: &ModelRequest, to: &Addressee<'_>) -> Value;

    /// A reader for one answer.
    fn reader(&self) -> Box<dyn Reader>;

    /// The path, after the base URL, of the list of models.
    fn list_path(&self) -> &'static str {
        "/models"
    }

    /// The query of a request for the list, if it has one.
    fn list_query(&self) -> Option<&'static str> {
        None
    }

    /// How an entry of the list is called; nothing if it is no model that writes text.
    fn listed(&self, entry: &Value) -> Option<String> {
        listing::name_of(entry)
    }

    /// A model's name without what may be left out of it.
    fn short_name<'a>(&self, model: &'a str) -> &'a str {
        model
    }
}

/// The user who is asked.
#[derive(Clone, Copy)]
pub(crate) struct Addressee<'a> {
    /// The host that the request goes to.
    pub(crate) host: &'a str,
    /// The model, and the provider that offers it.
    pub(crate) model: &'a ModelInfo,
}

/// The format that providers of this kind speak.
pub(crate) fn format_of(kind: ProviderKind) -> &'static dyn Format {
    match kind {
        ProviderKind::OpenAi => &openai::ChatCompletions,
        ProviderKind::Responses => &responses::Responses,
        ProviderKind::Anthropic => &anthropic::Messages,
        ProviderKind::Ollama => &ollama::Chat,
        ProviderKind::Gemini => &gemini::Contents,
    }
}
