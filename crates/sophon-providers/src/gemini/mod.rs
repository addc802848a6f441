//! Gemini, as Google speaks it.

mod read;
mod request;

use std::borrow::Cow;

use http::HeaderName;
use serde_json::Value;
use sophon_model::ports::ModelRequest;

use crate::answer::Reader;
use crate::format::{Addressee, Format};
use crate::json::word;

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
        format!("/models/{}:streamGenerateContent", self.short_name(model)).into()
    }

    fn body(&self, request: &ModelRequest, to: &Addressee<'_>) -> Value {
        request::body(request, &to.model.provider)
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(read::ChunkReader::default())
    }

    /// Without it, the list has 50 models.
    fn list_query(&self) -> Option<&'static str> {
        Some("pageSize=1000")
    }

    fn listed(&self, entry: &Value) -> Option<String> {
        let methods = entry["supportedGenerationMethods"].as_array();
        let generates = methods.is_none_or(|methods| methods.iter().any(|name| name == "generateContent"));
        generates.then(|| word(&entry["name"])).flatten().map(str::to_owned)
    }

    fn short_name<'a>(&self, model: &'a str) -> &'a str {
        model.trim_start_matches("models/")
    }
}
