//! Tool calls: put together from the pieces in which they come, and sent back as history.

use serde_json::{Value, json};
use sophon_model::ports::ModelToolCall;

use crate::failure::Failure;
use crate::names::ToolNames;

/// The most tool calls of one answer.
pub(crate) const MOST_CALLS: usize = 64;

/// The most bytes of the arguments of one call.
const MOST_ARGUMENT_BYTES: usize = 1024 * 1024;

/// A call whose arguments are still coming.
#[derive(Default)]
pub(crate) struct PartialCall {
    pub(crate) id: String,
    pub(crate) name: String,
    arguments: String,
}

impl PartialCall {
    pub(crate) fn new(id: String, name: String) -> Self {
        Self { id, name, arguments: String::new() }
    }

    pub(crate) fn append(&mut self, piece: &str) -> Result<(), Failure> {
        if self.arguments.len() + piece.len() > MOST_ARGUMENT_BYTES {
            return Err(Failure::malformed("the arguments of a tool call are too long"));
        }
        self.arguments.push_str(piece);
        Ok(())
    }

    /// The call, with arguments that are an object, or the raw text if that is not one.
    pub(crate) fn finish(self, names: &ToolNames) -> Result<ModelToolCall, Failure> {
        if self.name.is_empty() {
            return Err(Failure::malformed("a tool call names no tool"));
        }
        let raw = if self.arguments.trim().is_empty() { "{}".to_owned() } else { self.arguments };
        let arguments = match serde_json::from_str(&raw) {
            Ok(Value::Object(object)) => Value::Object(object),
            Ok(_) | Err(_) => Value::String(raw),
        };
        Ok(ModelToolCall { id: self.id, name: names.original(&self.name), arguments })
    }
}

/// Refuses more calls than [`MOST_CALLS`].
pub(crate) fn check_count(calls: usize) -> Result<(), Failure> {
    if calls > MOST_CALLS {
        return Err(Failure::malformed("there are too many tool calls in one answer"));
    }
    Ok(())
}

/// Arguments as history. Providers accept objects only, so what was never one is wrapped.
pub(crate) fn as_object(arguments: &Value) -> Value {
    if arguments.is_object() { arguments.clone() } else { json!({ "unparsed": arguments }) }
}
