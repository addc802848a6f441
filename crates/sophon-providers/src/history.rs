//! What all requests share: how earlier calls and their reasoning are written.

use serde_json::{Value, json};
use sophon_model::ports::Reasoning;

/// Arguments as history. Providers accept objects only, so what was never one is wrapped.
pub(crate) fn as_object(arguments: &Value) -> Value {
    if arguments.is_object() { arguments.clone() } else { json!({ "unparsed": arguments }) }
}

/// The reasoning that this provider wants back; nobody else's.
pub(crate) fn own<'a>(reasoning: Option<&'a Reasoning>, provider: &str) -> Option<&'a Value> {
    reasoning.filter(|reasoning| reasoning.provider == provider).map(|reasoning| &reasoning.data)
}
