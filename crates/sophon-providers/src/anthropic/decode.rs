//! The records of a message.

use serde::Deserialize;
use serde_json::Value;
use sophon_model::Usage;
use sophon_model::ports::{ModelEvent, StopReason};

use crate::exchange::{Decoder, Progress};
use crate::failure::Failure;
use crate::names::ToolNames;
use crate::tool_calls::{PartialCall, check_count};

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Record {
    MessageStart {
        message: Start,
    },
    ContentBlockStart {
        index: usize,
        content_block: Block,
    },
    ContentBlockDelta {
        index: usize,
        delta: Delta,
    },
    ContentBlockStop {
        index: usize,
    },
    MessageDelta {
        delta: End,
        usage: Option<Counts>,
    },
    MessageStop,
    Error {
        error: Value,
    },
    /// Pings, and what may come to be.
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Start {
    usage: Option<Counts>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text {
        text: String,
    },
    ToolUse {
        id: String,
        name: String,
    },
    /// Thinking, and what may come to be.
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(tag = "type")]
enum Delta {
    #[serde(rename = "text_delta")]
    Text { text: String },
    #[serde(rename = "input_json_delta")]
    InputJson { partial_json: String },
    /// Thinking, signatures, citations, and what may come to be.
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct End {
    stop_reason: Option<String>,
}

/// Counts so far, not since the last record. What was read from a cache or written to one counts as read.
#[derive(Deserialize)]
struct Counts {
    #[serde(rename = "input_tokens")]
    fresh: Option<i64>,
    #[serde(rename = "cache_creation_input_tokens")]
    into_cache: Option<i64>,
    #[serde(rename = "cache_read_input_tokens")]
    from_cache: Option<i64>,
    #[serde(rename = "output_tokens")]
    written: Option<i64>,
}

/// Puts an answer together from its records.
pub(super) struct RecordDecoder {
    names: ToolNames,
    usage: Usage,
    calls: Vec<(usize, PartialCall)>,
    calls_begun: usize,
    stop: Option<StopReason>,
}

impl RecordDecoder {
    pub(super) fn new(provider: &str, model: &str, names: ToolNames) -> Self {
        let usage = Usage { provider: provider.to_owned(), model: model.to_owned(), ..Usage::default() };
        Self { names, usage, calls: Vec::new(), calls_begun: 0, stop: None }
    }

    fn count(&mut self, counts: Option<Counts>) {
        let Some(counts) = counts else { return };
        if let Some(fresh) = counts.fresh {
            let cached = counts.into_cache.unwrap_or(0) + counts.from_cache.unwrap_or(0);
            self.usage.input_tokens = fresh + cached;
        }
        self.usage.output_tokens = counts.written.unwrap_or(self.usage.output_tokens);
    }

    fn begin(&mut self, index: usize, block: Block, events: &mut Vec<ModelEvent>) -> Result<(), Failure> {
        match block {
            Block::Text { text } if !text.is_empty() => events.push(ModelEvent::Text(text)),
            Block::ToolUse { id, name } => {
                self.calls_begun += 1;
                check_count(self.calls_begun)?;
                self.calls.push((index, PartialCall::new(id, name)));
            }
            Block::Text { .. } | Block::Other => {}
        }
        Ok(())
    }

    fn go_on(&mut self, index: usize, delta: Delta, events: &mut Vec<ModelEvent>) -> Result<(), Failure> {
        match delta {
            Delta::Text { text } if !text.is_empty() => events.push(ModelEvent::Text(text)),
            Delta::InputJson { partial_json } => {
                if let Some((_, call)) = self.calls.iter_mut().find(|(other, _)| *other == index) {
                    call.append(&partial_json)?;
                }
            }
            Delta::Text { .. } | Delta::Other => {}
        }
        Ok(())
    }

    fn finish(&mut self, index: usize, events: &mut Vec<ModelEvent>) -> Result<(), Failure> {
        if let Some(place) = self.calls.iter().position(|(other, _)| *other == index) {
            let (_, call) = self.calls.remove(place);
            events.push(ModelEvent::ToolCall(call.finish(&self.names)?));
        }
        Ok(())
    }
}

impl Decoder for RecordDecoder {
    fn read(&mut self, data: &str, events: &mut Vec<ModelEvent>) -> Result<Progress, Failure> {
        let record = serde_json::from_str(data)
            .map_err(|error| Failure::malformed(format!("a record cannot be understood: {error}")))?;
        match record {
            Record::MessageStart { message } => self.count(message.usage),
            Record::ContentBlockStart { index, content_block } => self.begin(index, content_block, events)?,
            Record::ContentBlockDelta { index, delta } => self.go_on(index, delta, events)?,
            Record::ContentBlockStop { index } => self.finish(index, events)?,
            Record::MessageDelta { delta, usage } => {
                self.count(usage);
                self.stop = delta.stop_reason.as_deref().map(stop_reason).or(self.stop);
            }
            Record::MessageStop => return Ok(Progress::Complete),
            Record::Error { error } => return Err(Failure::reported(&error)),
            Record::Other => {}
        }
        Ok(Progress::More)
    }

    fn end(&mut self) -> Result<(Option<Usage>, StopReason), Failure> {
        let stop = self.stop.ok_or_else(|| Failure::malformed("the answer ended without a stop reason"))?;
        Ok((Some(self.usage.clone()), stop))
    }
}

fn stop_reason(name: &str) -> StopReason {
    match name {
        "tool_use" => StopReason::ToolCalls,
        "max_tokens" | "model_context_window_exceeded" => StopReason::Length,
        "refusal" => StopReason::ContentFilter,
        _ => StopReason::Stop,
    }
}
