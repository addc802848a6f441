//! Writes responses.

use serde_json::{Value, json};

use super::playback::Writer;
use super::script::Call;

/// Writes one answer.
#[derive(Default)]
pub(super) struct ResponsesWriter {
    /// The index of the next item.
    next: usize,
    /// Whether the item before it is a message and still open.
    text_is_open: bool,
}

fn record(value: &Value) -> String {
    format!("event: {}\ndata: {value}\n\n", value["type"].as_str().unwrap_or_default())
}

impl ResponsesWriter {
    fn item(&mut self, item: &Value) -> String {
        self.next += 1;
        record(&json!({ "type": "response.output_item.added", "output_index": self.next - 1, "item": item }))
    }

    fn done(&self, item: &Value) -> String {
        record(&json!({ "type": "response.output_item.done", "output_index": self.next - 1, "item": item }))
    }
}

impl Writer for ResponsesWriter {
    fn begin(&mut self, _usage: Option<(i64, i64)>) -> String {
        let response =
            json!({ "id": "resp_1", "object": "response", "status": "in_progress", "error": null });
        record(&json!({ "type": "response.created", "response": response }))
    }

    fn text(&mut self, text: &str) -> String {
        let mut written = String::new();
        if !std::mem::replace(&mut self.text_is_open, true) {
            written += &self.item(&json!({ "type": "message", "role": "assistant", "content": [] }));
        }
        let index = self.next - 1;
        written
            + &record(&json!({ "type": "response.output_text.delta", "output_index": index, "delta": text }))
    }

    fn tool_calls(&mut self, calls: &[Call]) -> String {
        self.text_is_open = false;
        let mut written = String::new();
        for call in calls {
            let item = |arguments: &str| json!({ "type": "function_call", "call_id": call.id, "name": call.wire_name(), "arguments": arguments });
            written += &self.item(&item(""));
            let (index, pieces) = (self.next - 1, call.argument_pieces());
            for piece in &pieces {
                let kind = "response.function_call_arguments.delta";
                written += &record(&json!({ "type": kind, "output_index": index, "delta": piece }));
            }
            written += &self.done(&item(&pieces.concat()));
        }
        written
    }

    fn finish(&mut self, reason: Option<&str>, usage: Option<(i64, i64)>) -> String {
        let usage = usage.map(|(input, output)| json!({ "input_tokens": input, "output_tokens": output }));
        let (status, details) = match reason {
            Some(reason) => ("incomplete", json!({ "reason": reason })),
            None => ("completed", Value::Null),
        };
        let response =
            json!({ "object": "response", "status": status, "usage": usage, "incomplete_details": details });
        record(&json!({ "type": format!("response.{status}"), "response": response }))
    }
}
