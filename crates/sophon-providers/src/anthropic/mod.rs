//! Messages, as Anthropic speaks it.

mod read;
mod request;

use std::borrow::Cow;

use http::HeaderName;
use serde_json::Value;
use sophon_model::ports::ModelRequest;

use crate::answer::Reader;
use crate::format::{Addressee, Format};

/// The version of the API that the requests are written for.
const VERSION: &str = "2023-06-01";

/// The messages API.
pub(crate) struct Messages;

impl Format for Messages {
    fn credential(&self, key: &str) -> (HeaderName, String) {
        (HeaderName::from_static("x-api-key"), key.to_owned())
    }

    fn headers(&self) -> &'static [(&'static str, &'static str)] {
        &[("anthropic-version", VERSION)]
    }

    fn path(&self, _: &str) -> Cow<'static, str> {
        "/v1/messages".into()
    }

    fn body(&self, request: &ModelRequest, to: &Addressee<'_>) -> Value {
        request::body(request, &to.model.id, &to.model.provider)
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(read::RecordReader::default())
    }

    fn list_path(&self) -> &'static str {
        "/v1/models"
    }

    /// Without it, the list has 20 models.
    fn list_query(&self) -> Option<&'static str> {
        Some("limit=1000")
    }
}
