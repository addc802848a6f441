//! The chunks of a chat completion.

use serde::Deserialize;
use serde_json::Value;
use sophon_model::Usage;
use sophon_model::ports::{ModelEvent, StopReason};

use crate::exchange::{Decoder, Progress};
use crate::failure::Failure;
use crate::names::ToolNames;
use crate::tool_calls::{PartialCall, check_count};

/// The record after the last chunk.
const DONE: &str = "[DONE]";

#[derive(Deserialize)]
struct Chunk {
    choices: Option<Vec<Choice>>,
    usage: Option<Tokens>,
    error: Option<Value>,
}

#[derive(Deserialize)]
struct Choice {
    delta: Option<Delta>,
    finish_reason: Option<String>,
}

#[derive(Deserialize)]
struct Delta {
    content: Option<String>,
    refusal: Option<String>,
    tool_calls: Option<Vec<CallDelta>>,
}

#[derive(Deserialize)]
struct CallDelta {
    index: Option<usize>,
    id: Option<String>,
    function: Option<FunctionDelta>,
}

#[derive(Deserialize)]
struct FunctionDelta {
    name: Option<String>,
    arguments: Option<String>,
}

#[derive(Deserialize)]
struct Tokens {
    #[serde(default)]
    prompt_tokens: i64,
    #[serde(default)]
    completion_tokens: i64,
}

/// Puts an answer together from its chunks.
pub(super) struct ChunkDecoder {
    provider: String,
    model: String,
    names: ToolNames,
    tokens: Option<Tokens>,
    calls: Vec<(Option<usize>, PartialCall)>,
    stop: Option<StopReason>,
}

impl ChunkDecoder {
    pub(super) fn new(provider: &str, model: &str, names: ToolNames) -> Self {
        let (provider, model) = (provider.to_owned(), model.to_owned());
        Self { provider, model, names, tokens: None, calls: Vec::new(), stop: None }
    }

    fn text(delta: &mut Delta, events: &mut Vec<ModelEvent>) {
        let texts = [delta.content.take(), delta.refusal.take()].into_iter().flatten();
        events.extend(texts.filter(|text| !text.is_empty()).map(ModelEvent::Text));
    }

    fn call(&mut self, delta: CallDelta) -> Result<(), Failure> {
        let partial = self.partial(delta.index, delta.id.as_deref())?;
        if let Some(id) = delta.id {
            partial.id = id;
        }
        let Some(function) = delta.function else { return Ok(()) };
        partial.name.push_str(function.name.as_deref().unwrap_or_default());
        partial.append(function.arguments.as_deref().unwrap_or_default())
    }

    /// The call that a piece belongs to. Some providers give every call the same index, or none, and a new id: a new id
    /// begins a new call.
    fn partial(&mut self, index: Option<usize>, id: Option<&str>) -> Result<&mut PartialCall, Failure> {
        let id = id.filter(|id| !id.is_empty());
        let belongs = |(other, call): &(Option<usize>, PartialCall)| {
            *other == index && id.is_none_or(|id| call.id.is_empty() || call.id == id)
        };
        let known = self.calls.iter().rposition(belongs);
        let place = known.unwrap_or(self.calls.len());
        if known.is_none() {
            check_count(self.calls.len() + 1)?;
            self.calls.push((index, PartialCall::default()));
        }
        Ok(&mut self.calls[place].1)
    }

    /// The calls are complete when the model says why it stopped.
    fn finish(&mut self, reason: &str, events: &mut Vec<ModelEvent>) -> Result<(), Failure> {
        let has_calls = !self.calls.is_empty();
        for (place, (_, mut call)) in std::mem::take(&mut self.calls).into_iter().enumerate() {
            if call.id.is_empty() {
                call.id = format!("call_{place}");
            }
            events.push(ModelEvent::ToolCall(call.finish(&self.names)?));
        }
        self.stop = Some(match reason {
            "length" => StopReason::Length,
            "content_filter" => StopReason::ContentFilter,
            _ if has_calls => StopReason::ToolCalls,
            _ => StopReason::Stop,
        });
        Ok(())
    }
}

impl Decoder for ChunkDecoder {
    fn read(&mut self, data: &str, events: &mut Vec<ModelEvent>) -> Result<Progress, Failure> {
        if data.trim() == DONE {
            return Ok(Progress::Complete);
        }
        let chunk: Chunk = serde_json::from_str(data)
            .map_err(|error| Failure::malformed(format!("a chunk cannot be understood: {error}")))?;
        if let Some(error) = chunk.error {
            return Err(Failure::reported(&error));
        }
        self.tokens = chunk.usage.or(self.tokens.take());
        let Some(choice) = chunk.choices.into_iter().flatten().next() else { return Ok(Progress::More) };
        if let Some(mut delta) = choice.delta {
            Self::text(&mut delta, events);
            for call in delta.tool_calls.into_iter().flatten() {
                self.call(call)?;
            }
        }
        if let Some(reason) = choice.finish_reason.filter(|_| self.stop.is_none()) {
            self.finish(&reason, events)?;
        }
        Ok(Progress::More)
    }

    fn end(&mut self) -> Result<(Option<Usage>, StopReason), Failure> {
        let stop = self.stop.ok_or_else(|| Failure::malformed("the answer ended without a finish"))?;
        let usage = self.tokens.as_ref().map(|tokens| Usage {
            input_tokens: tokens.prompt_tokens,
            output_tokens: tokens.completion_tokens,
            model: self.model.clone(),
            provider: self.provider.clone(),
        });
        Ok((usage, stop))
    }
}
