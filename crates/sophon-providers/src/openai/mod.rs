//! Chat completions, as OpenAI and nearly everybody else speaks it.

mod read;
mod request;

use std::borrow::Cow;

use serde_json::Value;
use sophon_model::ports::ModelRequest;

use crate::answer::Reader;
use crate::format::{Addressee, Format};

/// Where speakers of chat completions differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Dialect {
    /// OpenAI itself.
    OpenAi,
    /// Everybody else.
    Common,
}

/// Chat completions.
pub(crate) struct ChatCompletions;

impl Format for ChatCompletions {
    fn path(&self, _: &str) -> Cow<'static, str> {
        "/chat/completions".into()
    }

    fn body(&self, request: &ModelRequest, to: &Addressee<'_>) -> Value {
        let is_openai = to.host == "api.openai.com";
        let dialect = if is_openai { Dialect::OpenAi } else { Dialect::Common };
        request::body(request, &to.model.id, dialect, &to.model.provider)
    }

    fn reader(&self) -> Box<dyn Reader> {
        Box::new(read::ChunkReader::default())
    }
}
