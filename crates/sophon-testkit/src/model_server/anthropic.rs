//! Writes messages.

use serde_json::{Value, json};

use super::playback::Writer;
use super::script::Call;

/// Writes one answer.
#[derive(Default)]
pub(super) struct AnthropicWriter {
    /// The index of the next block.
    next: usize,
    /// Whether the block before it is text and still open.
    text_is_open: bool,
    has_calls: bool,
}

fn record(value: &Value) -> String {
    format!("event: {}\ndata: {value}\n\n", value["type"].as_str().unwrap_or_default())
}

impl AnthropicWriter {
    fn open(&mut self, block: &Value) -> String {
        self.next += 1;
        record(&json!({ "type": "content_block_start", "index": self.next - 1, "content_block": block }))
    }

    fn delta(&self, delta: &Value) -> String {
        record(&json!({ "type": "content_block_delta", "index": self.next - 1, "delta": delta }))
    }

    fn close(&self) -> String {
        record(&json!({ "type": "content_block_stop", "index": self.next - 1 }))
    }

    fn close_text(&mut self) -> String {
        if std::mem::take(&mut self.text_is_open) { self.close() } else { String::new() }
    }
}

impl Writer for AnthropicWriter {
    fn begin(&mut self, usage: Option<(i64, i64)>) -> String {
        let usage = usage.map(|(input, _)| json!({ "input_tokens": input, "output_tokens": 1 }));
        let message = json!({ "id": "msg_1", "type": "message", "role": "assistant", "model": "m", "content": [], "usage": usage });
        record(&json!({ "type": "message_start", "message": message })) + &record(&json!({ "type": "ping" }))
    }

    fn text(&mut self, text: &str) -> String {
        let mut written = String::new();
        if !self.text_is_open {
            written += &self.open(&json!({ "type": "text", "text": "" }));
            self.text_is_open = true;
        }
        written + &self.delta(&json!({ "type": "text_delta", "text": text }))
    }

    fn tool_calls(&mut self, calls: &[Call]) -> String {
        let mut written = self.close_text();
        for call in calls {
            self.has_calls = true;
            let block = json!({ "type": "tool_use", "id": call.id, "name": call.wire_name(), "input": {} });
            written += &self.open(&block);
            for piece in call.argument_pieces() {
                written += &self.delta(&json!({ "type": "input_json_delta", "partial_json": piece }));
            }
            written += &self.close();
        }
        written
    }

    fn finish(&mut self, reason: Option<&str>, usage: Option<(i64, i64)>) -> String {
        let natural = if self.has_calls { "tool_use" } else { "end_turn" };
        let usage = usage.map(|(_, output)| json!({ "output_tokens": output }));
        let delta = json!({ "stop_reason": reason.unwrap_or(natural), "stop_sequence": null });
        self.close_text()
            + &record(&json!({ "type": "message_delta", "delta": delta, "usage": usage }))
            + &record(&json!({ "type": "message_stop" }))
    }
}

pub(super) fn refusal(status: u16, message: &str) -> Value {
    let kind = match status {
        401 => "authentication_error",
        403 => "permission_error",
        404 => "not_found_error",
        429 => "rate_limit_error",
        529 => "overloaded_error",
        500.. => "api_error",
        _ => "invalid_request_error",
    };
    json!({ "type": "error", "error": { "type": kind, "message": message } })
}
