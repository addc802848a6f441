//! Ollama, as it speaks itself: a JSON object a line.

mod read;
mod request;

use std::borrow::Cow;

use serde_json::Value;
use sophon_model::ports::ModelRequest;

use crate::answer::Reader;
use crate::format::{Addressee, Format};

/// Ollama's own format.
pub(crate) struct Chat;

impl Format for Chat {
    fn path(&self, _: &str) -> Cow<'static, str> {
        "/api/chat".into()
    }

    fn body(&self, request: &ModelRequest, to: &Addressee<'_>) -> Value {
        request::body(request, &to.model.id, to.model.context_tokens, &to.model.provider)
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(read::LineReader)
    }

    fn list_path(&self) -> &'static str {
        "/api/tags"
    }

    fn short_name<'a>(&self, model: &'a str) -> &'a str {
        model.strip_suffix(":latest").unwrap_or(model)
    }
}
