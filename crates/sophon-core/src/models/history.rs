//! A conversation as every model server accepts it, and no longer than fits.
//!
//! Many servers apply a template that refuses anything but this: it begins with a person, roles alternate, each call has
//! its result, and a result stands after its call.

use std::collections::HashMap;

use sophon_model::LeftOut;
use sophon_model::ports::{ModelMessage, ModelToolCall, ToolSpec};

use crate::untrusted::without_fenced;

/// What stands in for the result of a call that has none.
const NO_RESULT: &str = "There is no result: the turn was stopped before this returned.";
/// What stands in for the answer of a turn that was stopped after its tools had returned.
const NO_ANSWER: &str = "(This answer was stopped before it began.)";
/// What stands in for a result that was left out.
const LEFT_OUT: &str = "[This result was left out: the conversation is longer than the model can read.]";
/// What stands in for the content of a file that was left out.
const FILE_LEFT_OUT: &str = "[This file was left out: the conversation is longer than the model can read.]";
/// Bytes of text that count as a token. Fewer than most texts need, so that what is estimated to fit does.
pub(super) const BYTES_A_TOKEN: usize = 3;
/// Tokens that a message needs beside its text.
const TOKENS_A_MESSAGE: usize = 8;

/// The same conversation in a form that the strictest server accepts: it begins with a person and ends with a person or
/// the results of tools, roles alternate, and the results of an answer's calls follow it, all of them and in their
/// order. What says nothing is left out.
pub(crate) fn well_formed(messages: Vec<ModelMessage>) -> Vec<ModelMessage> {
    let mut formed = Formed::default();
    for message in messages {
        match message {
            ModelMessage::User { content } => formed.person(content),
            ModelMessage::Tool { call_id, content, .. } => drop(formed.results.insert(call_id, content)),
            ModelMessage::Assistant { .. } => formed.answer(message),
        }
    }
    formed.close_calls();
    while matches!(formed.messages.last(), Some(ModelMessage::Assistant { .. })) {
        formed.messages.pop();
    }
    formed.messages
}

#[derive(Default)]
struct Formed {
    messages: Vec<ModelMessage>,
    /// The calls of the last answer, whose results are still to come.
    open: Vec<ModelToolCall>,
    results: HashMap<String, String>,
}

impl Formed {
    fn person(&mut self, content: String) {
        if content.trim().is_empty() {
            return;
        }
        self.close_calls();
        match self.messages.last_mut() {
            Some(ModelMessage::User { content: before }) => {
                before.push_str("\n\n");
                before.push_str(&content);
                return;
            }
            Some(ModelMessage::Tool { .. }) => self.messages.push(said(NO_ANSWER)),
            Some(ModelMessage::Assistant { .. }) | None => {}
        }
        self.messages.push(ModelMessage::User { content });
    }

    fn answer(&mut self, message: ModelMessage) {
        self.close_calls();
        let ModelMessage::Assistant { content, tool_calls, reasoning } = message else { return };
        let is_blank = content.trim().is_empty() && tool_calls.is_empty();
        if is_blank || self.messages.is_empty() {
            return;
        }
        self.open.clone_from(&tool_calls);
        if let Some(ModelMessage::Assistant { content: before, tool_calls: calls, reasoning: thought }) =
            self.messages.last_mut()
        {
            if !before.is_empty() && !content.is_empty() {
                before.push_str("\n\n");
            }
            before.push_str(&content);
            *calls = tool_calls;
            *thought = reasoning;
            return;
        }
        self.messages.push(ModelMessage::Assistant { content, tool_calls, reasoning });
    }

    /// Puts the results of the calls after them. What answers no call is dropped.
    fn close_calls(&mut self) {
        let mut results = std::mem::take(&mut self.results);
        for call in std::mem::take(&mut self.open) {
            let content = results.remove(&call.id).unwrap_or_else(|| NO_RESULT.to_owned());
            self.messages.push(ModelMessage::Tool { call_id: call.id, name: call.name, content });
        }
    }
}

fn said(content: &str) -> ModelMessage {
    ModelMessage::Assistant { content: content.to_owned(), tool_calls: Vec::new(), reasoning: None }
}

/// Shortens a well-formed conversation to about `room` tokens: first results of tools and files in earlier exchanges
/// are left out, then the oldest exchanges, then the older results of the current one, then its files. The last person's
/// words stay. What is left is well-formed.
pub(crate) fn shorten(messages: &mut Vec<ModelMessage>, room: usize) -> LeftOut {
    let mut left_out = LeftOut::default();
    let mut size: usize = messages.iter().map(tokens).sum();
    let last_question = messages.iter().rposition(is_person).unwrap_or(0);
    for message in &mut messages[..last_question] {
        if size <= room {
            return left_out;
        }
        left_out.results += usize::from(leave_out_result(message, &mut size));
        left_out.files += leave_out_files(message, &mut size);
    }
    let mut first = 0;
    while size > room && first < last_question {
        // An exchange: from a person to the next.
        let next = messages[first + 1..=last_question].iter().position(is_person);
        let next = next.map_or(last_question, |offset| first + 1 + offset);
        size -= messages[first..next].iter().map(tokens).sum::<usize>();
        first = next;
    }
    messages.drain(..first);
    left_out.messages = first;
    // The newest results are what the model works with.
    let newest =
        messages.iter().rposition(|message| !matches!(message, ModelMessage::Tool { .. })).unwrap_or(0);
    for message in &mut messages[..newest] {
        if size <= room {
            break;
        }
        left_out.results += usize::from(leave_out_result(message, &mut size));
    }
    if size > room
        && let Some(question) = messages.iter_mut().rfind(|message| is_person(message))
    {
        left_out.files += leave_out_files(question, &mut size);
    }
    left_out
}

fn is_person(message: &ModelMessage) -> bool {
    matches!(message, ModelMessage::User { .. })
}

fn leave_out_result(message: &mut ModelMessage, size: &mut usize) -> bool {
    let ModelMessage::Tool { content, .. } = message else { return false };
    if content.len() <= LEFT_OUT.len() {
        return false;
    }
    *size -= text_tokens(content) - text_tokens(LEFT_OUT);
    LEFT_OUT.clone_into(content);
    true
}

/// Leaves out the contents of the files that go with a person's words; their names stay. Returns how many.
fn leave_out_files(message: &mut ModelMessage, size: &mut usize) -> usize {
    let ModelMessage::User { content } = message else { return 0 };
    let (shorter, count) = without_fenced(content, FILE_LEFT_OUT);
    *size = *size + text_tokens(&shorter) - text_tokens(content);
    *content = shorter;
    count
}

fn tokens(message: &ModelMessage) -> usize {
    let text = match message {
        ModelMessage::User { content } | ModelMessage::Tool { content, .. } => text_tokens(content),
        ModelMessage::Assistant { content, tool_calls, reasoning } => {
            let calls =
                tool_calls.iter().map(|call| text_tokens(&call.arguments.to_string()) + TOKENS_A_MESSAGE);
            let thought = reasoning.as_ref().map_or(0, |reasoning| text_tokens(&reasoning.data.to_string()));
            text_tokens(content) + calls.sum::<usize>() + thought
        }
    };
    text + TOKENS_A_MESSAGE
}

/// About how many tokens a text has.
pub(crate) fn text_tokens(text: &str) -> usize {
    text.len().div_ceil(BYTES_A_TOKEN)
}

/// About how many tokens the descriptions of tools have.
pub(crate) fn tool_tokens(tools: &[ToolSpec]) -> usize {
    let of =
        |tool: &ToolSpec| text_tokens(&tool.description) + text_tokens(&tool.parameters.to_string()) + 16;
    tools.iter().map(of).sum()
}

#[cfg(test)]
mod tests;
