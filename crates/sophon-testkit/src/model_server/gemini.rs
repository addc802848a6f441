//! Writes generated content.

use serde_json::{Value, json};

use super::playback::Writer;
use super::script::Call;

/// Writes one answer.
#[derive(Default)]
pub(super) struct GeminiWriter;

fn chunk(parts: &Value, reason: Option<&str>, usage: Option<(i64, i64)>) -> String {
    let candidate = json!({ "content": { "role": "model", "parts": parts }, "finishReason": reason });
    let usage =
        usage.map(|(input, output)| json!({ "promptTokenCount": input, "candidatesTokenCount": output }));
    format!("data: {}\n\n", json!({ "candidates": [candidate], "usageMetadata": usage }))
}

impl Writer for GeminiWriter {
    fn begin(&mut self, _usage: Option<(i64, i64)>) -> String {
        String::new()
    }

    fn text(&mut self, text: &str) -> String {
        chunk(&json!([{ "text": text }]), None, None)
    }

    fn tool_calls(&mut self, calls: &[Call]) -> String {
        let parts: Value = calls
            .iter()
            .map(|call| {
                let function = json!({ "id": call.id, "name": call.wire_name(), "args": call.arguments });
                json!({ "functionCall": function, "thoughtSignature": "signed" })
            })
            .collect();
        chunk(&parts, None, None)
    }

    fn finish(&mut self, reason: Option<&str>, usage: Option<(i64, i64)>) -> String {
        chunk(&json!([]), Some(reason.unwrap_or("STOP")), usage)
    }
}

pub(super) fn refusal(status: u16, message: &str) -> Value {
    json!({ "error": { "code": status, "message": message, "status": "SOME_STATUS" } })
}
