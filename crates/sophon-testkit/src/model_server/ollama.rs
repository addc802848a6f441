//! Writes Ollama's lines.

use serde_json::{Value, json};

use super::playback::Writer;
use super::script::Call;

/// Writes one answer.
#[derive(Default)]
pub(super) struct OllamaWriter;

fn line(message: &Value) -> String {
    format!("{}\n", json!({ "model": "m", "message": message, "done": false }))
}

impl Writer for OllamaWriter {
    fn begin(&mut self, _usage: Option<(i64, i64)>) -> String {
        String::new()
    }

    fn text(&mut self, text: &str) -> String {
        line(&json!({ "role": "assistant", "content": text }))
    }

    fn tool_calls(&mut self, calls: &[Call]) -> String {
        let calls: Value = calls
            .iter()
            .map(|call| {
                let function = json!({ "index": 0, "name": call.wire_name(), "arguments": call.arguments });
                json!({ "id": call.id, "function": function })
            })
            .collect();
        line(&json!({ "role": "assistant", "content": "", "tool_calls": calls }))
    }

    fn finish(&mut self, reason: Option<&str>, usage: Option<(i64, i64)>) -> String {
        let mut last = json!({
            "model": "m",
            "message": { "role": "assistant", "content": "" },
            "done": true,
            "done_reason": reason.unwrap_or("stop"),
        });
        if let Some((input, output)) = usage {
            last["prompt_eval_count"] = input.into();
            last["eval_count"] = output.into();
        }
        format!("{last}\n")
    }
}

pub(super) fn refusal(message: &str) -> Value {
    json!({ "error": message })
}
