//! An answer as it is put together from records, whatever the wire format.

mod calls;
mod play;

use serde_json::Value;
use sophon_model::Usage;
use sophon_model::ports::{ModelErrorKind, ModelEvent, Reasoning, StopReason};
use sophon_model::text::{is_invisible, is_too_deep};

use crate::failure::Failure;
use crate::json::{Joiner, number};
use crate::names::ToolNames;

pub(crate) use calls::{Calls, Piece};
pub(crate) use play::play;

/// The most parts of reasoning that are kept to be handed back; what is beyond them is left out.
pub(crate) const MOST_PARTS: usize = 256;
/// The most bytes of reasoning, as JSON, that are handed back. More than that is stored by nobody.
const MOST_REASONING_BYTES: usize = 4 * 1024 * 1024;

/// Understands the records of one wire format. What a record does not say is left as it is: servers add fields and
/// leave others out.
pub(crate) trait Reader: Send + 'static {
    /// Reads a record. `name` is the event's name, which most formats repeat in the record.
    fn read(&mut self, name: &str, record: &Value, answer: &mut Answer) -> Result<(), Failure>;

    /// What the service wants back with the results of the tools that were called: the model's reasoning, in the form
    /// of this wire format.
    fn reasoning(&mut self, _answer: &Answer) -> Option<Value> {
        None
    }
}

/// An answer so far.
pub(crate) struct Answer {
    events: Vec<ModelEvent>,
    text: Joiner,
    has_text: bool,
    /// What the model thought, as far as it is sent.
    pub(crate) thoughts: String,
    pub(crate) calls: Calls,
    usage: Usage,
    has_usage: bool,
    stop: Option<StopReason>,
    /// The provider's word for why it stopped.
    word: String,
    is_over: bool,
}

impl Answer {
    pub(crate) fn new(provider: &str, model: &str, names: ToolNames) -> Self {
        let usage = Usage { provider: provider.to_owned(), model: model.to_owned(), ..Usage::default() };
        Self {
            events: Vec::new(),
            text: Joiner::default(),
            has_text: false,
            thoughts: String::new(),
            calls: Calls::new(names),
            usage,
            has_usage: false,
            stop: None,
            word: String::new(),
            is_over: false,
        }
    }

    /// Adds text that a person reads.
    pub(crate) fn text(&mut self, piece: &str) {
        let joined = self.text.join(piece);
        if !joined.is_empty() {
            self.has_text |= !is_invisible(&joined);
            self.events.push(ModelEvent::Text(joined.into_owned()));
        }
    }

    /// Notes why the model stopped, in the provider's word and in ours. The first reason stands.
    pub(crate) fn stop(&mut self, word: &str, reason: StopReason) {
        if self.stop.is_none() {
            self.stop = Some(reason);
            word.clone_into(&mut self.word);
        }
    }

    /// Nothing more comes, so nothing more is waited for.
    pub(crate) fn is_complete(&mut self) {
        self.is_over = true;
    }

    /// Whether nothing has come yet that a person or a tool would see.
    pub(crate) fn is_blank(&self) -> bool {
        !self.has_text && self.calls.is_empty()
    }

    /// Notes consumption so far; what is not sent, or is no number, is left as it was.
    pub(crate) fn count(&mut self, input: &Value, output: &Value) {
        let (input, output) = (number(input), number(output));
        self.has_usage |= input.is_some() || output.is_some();
        self.usage.input_tokens = input.unwrap_or(self.usage.input_tokens).max(0);
        self.usage.output_tokens = output.unwrap_or(self.usage.output_tokens).max(0);
    }

    /// The end of the answer: the calls, the reasoning, the consumption, and why it stopped; or a failure if it is not
    /// whole or says nothing.
    fn end(&mut self, reader: &mut dyn Reader) -> Result<(), Failure> {
        if let Some(half) = self.text.finish() {
            self.events.push(ModelEvent::Text(half.into()));
        }
        let reasoning = reader.reasoning(self).filter(can_be_kept);
        if self.has_usage {
            self.events.push(ModelEvent::Usage(self.usage.clone()));
        }
        let stop = match self.stop {
            Some(stop) => stop,
            // Some servers end the stream as the format wants it, and never say why.
            None if self.is_over && !self.is_blank() && !self.calls.has_unfinished() => StopReason::Stop,
            None if self.calls.has_unfinished() => {
                return Err(Failure::broken_off("the answer ended in the middle of a tool call"));
            }
            None => return Err(Failure::broken_off("the answer ended without saying why")),
        };
        if self.is_blank() {
            return Err(self.empty(stop));
        }
        let calls = self.calls.finish(stop)?;
        let has_calls = !calls.is_empty();
        if has_calls && let Some(data) = reasoning {
            let provider = self.usage.provider.clone();
            self.events.push(ModelEvent::Reasoning(Reasoning { provider, data }));
        }
        self.events.extend(calls.into_iter().map(ModelEvent::ToolCall));
        self.events.push(ModelEvent::Stop(match stop {
            StopReason::Stop | StopReason::ToolCalls if has_calls => StopReason::ToolCalls,
            StopReason::ToolCalls => StopReason::Stop,
            stop => stop,
        }));
        Ok(())
    }

    fn empty(&self, stop: StopReason) -> Failure {
        let thought =
            if self.thoughts.trim().is_empty() { "" } else { " and wrote nothing but its reasoning" };
        let why = match stop {
            StopReason::Stop | StopReason::ToolCalls => format!("the model ended its answer ({})", self.word),
            StopReason::Length => format!("it reached the limit of output tokens ({})", self.word),
            StopReason::ContentFilter => format!("the provider's content filter stopped it ({})", self.word),
            StopReason::Incomplete => format!("the provider stopped it ({})", self.word),
        };
        Failure::new(ModelErrorKind::Empty, format!("{why}{thought}"))
    }
}

fn can_be_kept(reasoning: &Value) -> bool {
    !is_too_deep(reasoning) && reasoning.to_string().len() <= MOST_REASONING_BYTES
}

#[cfg(test)]
mod tests;
