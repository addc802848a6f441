//! Writes chat completions.

use serde_json::{Value, json};

use super::playback::Writer;
use super::script::Call;

/// Writes one answer.
#[derive(Default)]
pub(super) struct OpenAiWriter {
    calls: usize,
}

fn record(value: &Value) -> String {
    format!("data: {value}\n\n")
}

fn chunk(delta: &Value, finish_reason: Option<&str>) -> String {
    let choice = json!({ "index": 0, "delta": delta, "finish_reason": finish_reason });
    record(
        &json!({ "id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "m", "choices": [choice] }),
    )
}

impl Writer for OpenAiWriter {
    fn begin(&mut self, _usage: Option<(i64, i64)>) -> String {
        chunk(&json!({ "role": "assistant", "content": "" }), None)
    }

    fn text(&mut self, text: &str) -> String {
        chunk(&json!({ "content": text }), None)
    }

    fn tool_calls(&mut self, calls: &[Call]) -> String {
        let first = self.calls;
        self.calls += calls.len();
        let heads = calls.iter().zip(first..).map(|(call, index)| {
            let function = json!({ "name": call.wire_name(), "arguments": "" });
            json!({ "index": index, "id": call.id, "type": "function", "function": function })
        });
        let pieces = (0..2).flat_map(|half| {
            calls.iter().zip(first..).map(move |(call, index)| {
                json!({ "index": index, "function": { "arguments": call.argument_pieces()[half] } })
            })
        });
        heads.chain(pieces).map(|delta| chunk(&json!({ "tool_calls": [delta] }), None)).collect()
    }

    fn finish(&mut self, reason: Option<&str>, usage: Option<(i64, i64)>) -> String {
        let natural = if self.calls > 0 { "tool_calls" } else { "stop" };
        let mut text = chunk(&json!({}), Some(reason.unwrap_or(natural)));
        if let Some((input, output)) = usage {
            let usage = json!({ "prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output });
            text += &record(&json!({ "id": "chatcmpl-1", "choices": [], "usage": usage }));
        }
        text + "data: [DONE]\n\n"
    }
}

pub(super) fn refusal(status: u16, message: &str) -> Value {
    let kind = if status == 401 { "invalid_api_key" } else { "some_error" };
    json!({ "error": { "message": message, "type": kind, "code": null, "param": null } })
}
