//! Plays a script in a format.

use std::io;

use async_stream::stream;
use bytes::Bytes;
use futures_util::Stream;
use serde_json::Value;

use super::script::{Call, End, Head, Script, Step};
use super::{Wire, anthropic, gemini, ollama, openai, responses};

/// Writes one answer in a format.
pub(super) trait Writer: Send {
    /// What comes before everything else.
    fn begin(&mut self, usage: Option<(i64, i64)>) -> String;
    /// A piece of text.
    fn text(&mut self, text: &str) -> String;
    /// Calls made at once.
    fn tool_calls(&mut self, calls: &[Call]) -> String;
    /// The end in good order, for `reason` or the natural one.
    fn finish(&mut self, reason: Option<&str>, usage: Option<(i64, i64)>) -> String;
}

fn writer(wire: Wire) -> Box<dyn Writer> {
    match wire {
        Wire::OpenAi => Box::new(openai::OpenAiWriter::default()),
        Wire::Responses => Box::new(responses::ResponsesWriter::default()),
        Wire::Anthropic => Box::new(anthropic::AnthropicWriter::default()),
        Wire::Gemini => Box::new(gemini::GeminiWriter),
        Wire::Ollama => Box::new(ollama::OllamaWriter),
    }
}

/// The body of a refusal.
pub(super) fn refusal(wire: Wire, status: u16, message: &str) -> Value {
    match wire {
        Wire::OpenAi | Wire::Responses => openai::refusal(status, message),
        Wire::Anthropic => anthropic::refusal(status, message),
        Wire::Gemini => gemini::refusal(status, message),
        Wire::Ollama => ollama::refusal(message),
    }
}

/// The bytes of an answer. Holds `guard` until the last of them is taken or nobody wants more.
pub(super) fn play(
    script: Script,
    wire: Wire,
    guard: impl Send,
) -> impl Stream<Item = io::Result<Bytes>> + Send {
    let Script { head, steps, usage, end, piece_bytes } = script;
    let pieces = move |text: &str| {
        let size = piece_bytes.unwrap_or(usize::MAX);
        text.as_bytes().chunks(size).map(Bytes::copy_from_slice).collect::<Vec<_>>()
    };
    stream! {
        let _guard = guard;
        let mut writer = writer(wire);
        if let Head::Answer = head {
            for piece in pieces(&writer.begin(usage)) {
                yield Ok(piece);
            }
        }
        for step in steps {
            let text = match step {
                Step::Text(text) => writer.text(&text),
                Step::ToolCalls(calls) => writer.tool_calls(&calls),
                Step::Raw(text) => text,
                Step::Bytes(bytes) => {
                    yield Ok(bytes);
                    continue;
                }
                Step::Wait(gate) => {
                    gate.pass().await;
                    continue;
                }
                Step::Pause(pause) => {
                    tokio::time::sleep(pause).await;
                    continue;
                }
            };
            for piece in pieces(&text) {
                yield Ok(piece);
            }
        }
        match end {
            End::Finish(reason) => {
                for piece in pieces(&writer.finish(reason.as_deref(), usage)) {
                    yield Ok(piece);
                }
            }
            End::Missing => {}
            End::Cut => yield Err(io::ErrorKind::ConnectionReset.into()),
            End::Silence => std::future::pending().await,
        }
    }
}
