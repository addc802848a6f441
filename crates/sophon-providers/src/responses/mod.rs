//! OpenAI's Responses API. Nothing is stored there: each request carries the whole conversation.

mod read;
mod request;

use std::borrow::Cow;

use serde_json::Value;
use sophon_model::ports::ModelRequest;

use crate::answer::Reader;
use crate::format::{Addressee, Format};

/// The Responses API.
pub(crate) struct Responses;

impl Format for Responses {
    fn path(&self, _: &str) -> Cow<'static, str> {
        "/responses".into()
    }

    fn body(&self, request: &ModelRequest, to: &Addressee<'_>) -> Value {
        request::body(request, &to.model.id, &to.model.provider)
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(read::EventReader::default())
    }
}
