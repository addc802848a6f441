//! Gemini, as Google speaks it.

mod read;
mod request;

use std::borrow::Cow;

use http::HeaderName;
use serde_json::Value;
use sophon_model::ports::ModelRequest;

use crate::answer::Reader;
use crate::format::{Addressee, Format};

/// Gemini's own format.
pub(crate) struct Contents;

impl Format for Contents {
    fn credential(&self, key: &str) -> (HeaderName, String) {
        (HeaderName::from_static("x-goog-api-key"), key.to_owned())
    }

    /// Without it, the answer is one JSON array.
    fn query(&self) -> Option<&'static str> {
        Some("alt=sse")
    }

    fn path(&self, model: &str) -> Cow<'static, str> {
        format!("/models/{}:streamGenerateContent", model.trim_start_matches("models/")).into()
    }

    fn body(&self, request: &ModelRequest, to: &Addressee<'_>) -> Value {
        request::body(request, &to.model.provider)
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(read::ChunkReader::default())
    }
}
