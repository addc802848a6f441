//! Values that people type.

use serde_json::Value;

/// JSON, as an argument.
pub fn json(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| format!("that is not JSON ({error})"))
}
