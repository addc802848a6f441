//! The chunks of a chat completion.

use serde_json::{Map, Value, json};
use sophon_model::ports::StopReason;

use crate::answer::{Answer, MOST_PARTS, Piece, Reader};
use crate::failure::Failure;
use crate::json::{number, text_of, tool_name, word};

/// The names under which servers send what a model thinks.
const THOUGHTS: [&str; 2] = ["reasoning_content", "reasoning"];

/// Reads chunks, whole completions, and what lies between.
#[derive(Default)]
pub(super) struct ChunkReader {
    /// The name under which this server sends thoughts, which it wants back under the same name.
    thoughts: Option<&'static str>,
    /// Reasoning in parts, as routers send it.
    details: Vec<Map<String, Value>>,
}

impl Reader for ChunkReader {
    fn read(&mut self, _: &str, record: &Value, answer: &mut Answer) -> Result<(), Failure> {
        for usage in [&record["usage"], &record["x_groq"]["usage"]] {
            answer.count(&usage["prompt_tokens"], &usage["completion_tokens"]);
        }
        let choices = record["choices"].as_array();
        let first = |choice: &&Value| number(&choice["index"]).unwrap_or(0) == 0;
        let Some(choice) = choices.and_then(|choices| choices.iter().find(first)) else { return Ok(()) };
        if let Some(failure) = Failure::in_record(choice) {
            return Err(failure);
        }
        let delta = match (&choice["delta"], &choice["message"]) {
            (Value::Object(delta), _) if !delta.is_empty() => &choice["delta"],
            (Value::Array(deltas), _) if !deltas.is_empty() => &choice["delta"],
            // What is sent as a whole may have been sent in pieces before.
            (_, message) if answer.is_blank() => message,
            _ => &Value::Null,
        };
        for delta in delta.as_array().map_or(std::slice::from_ref(delta), Vec::as_slice) {
            self.delta(delta, answer)?;
        }
        if answer.is_blank() {
            // Servers of the completions that came before chat.
            answer.text(&text_of(&choice["text"]));
        }
        match word(&choice["finish_reason"]) {
            Some("error") => Err(Failure::broken_off("the provider ended the answer with an error")),
            Some(reason) => {
                answer.stop(reason, stop_reason(reason));
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn reasoning(&mut self, answer: &Answer) -> Option<Value> {
        if !self.details.is_empty() {
            return Some(json!({ "reasoning_details": self.details }));
        }
        self.thoughts.map(|name| json!({ name: answer.thoughts }))
    }
}

impl ChunkReader {
    fn delta(&mut self, delta: &Value, answer: &mut Answer) -> Result<(), Failure> {
        for name in THOUGHTS {
            let thought = text_of(&delta[name]);
            if !thought.is_empty() && self.thoughts.is_none_or(|known| known == name) {
                self.thoughts = Some(name);
                answer.thoughts.push_str(&thought);
            }
        }
        for detail in delta["reasoning_details"].as_array().into_iter().flatten().filter_map(Value::as_object)
        {
            self.detail(detail);
        }
        for part in delta["content"].as_array().into_iter().flatten() {
            answer.thoughts.push_str(&text_of(&part["thinking"]));
        }
        answer.text(&text_of(&delta["content"]));
        answer.text(&text_of(&delta["refusal"]));
        let calls = match &delta["tool_calls"] {
            Value::Array(calls) => calls.as_slice(),
            call @ Value::Object(_) => std::slice::from_ref(call),
            _ => &[],
        };
        for call in calls {
            let function = if call["function"].is_object() { &call["function"] } else { call };
            answer.calls.add(Piece {
                index: number(&call["index"]),
                id: word(&call["id"]),
                name: tool_name(&function["name"]),
                arguments: function.get("arguments"),
            })?;
        }
        if let function @ Value::Object(_) = &delta["function_call"] {
            let (name, arguments) = (tool_name(&function["name"]), function.get("arguments"));
            answer.calls.add(Piece { index: Some(0), id: None, name, arguments })?;
        }
        Ok(())
    }

    /// Adds a piece of reasoning to the part that it belongs to.
    fn detail(&mut self, detail: &Map<String, Value>) {
        let same = |part: &&mut Map<String, Value>| {
            ["type", "index", "format"].into_iter().all(|key| part.get(key) == detail.get(key))
        };
        let Some(part) = self.details.last_mut().filter(|part| same(part)) else {
            if self.details.len() < MOST_PARTS {
                self.details.push(detail.clone());
            }
            return;
        };
        for (key, value) in detail.iter().filter(|(_, value)| !value.is_null()) {
            match (part.get_mut(key), value) {
                (Some(Value::String(text)), Value::String(more))
                    if matches!(key.as_str(), "text" | "summary" | "data") =>
                {
                    text.push_str(more);
                }
                _ => drop(part.insert(key.clone(), value.clone())),
            }
        }
    }
}

fn stop_reason(word: &str) -> StopReason {
    match word.to_ascii_lowercase().as_str() {
        "stop" | "eos" | "eos_token" | "end_turn" | "stop_sequence" | "end" | "completed" | "complete" => {
            StopReason::Stop
        }
        "tool_calls" | "tool_call" | "tool_use" | "function_call" => StopReason::ToolCalls,
        "length" | "max_tokens" | "model_length" | "max_output_tokens" => StopReason::Length,
        "content_filter" | "safety" | "refusal" | "sensitive" | "recitation" => StopReason::ContentFilter,
        _ => StopReason::Incomplete,
    }
}
