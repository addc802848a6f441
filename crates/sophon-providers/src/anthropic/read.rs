//! The records of a message.

use serde_json::{Value, json};
use sophon_model::ports::{ModelErrorKind, StopReason};

use crate::answer::{Answer, MOST_PARTS, Piece, Reader};
use crate::failure::Failure;
use crate::json::{number, text_of, tool_name, word};

/// Reads the records of a stream, and a message that comes as a whole.
#[derive(Default)]
pub(super) struct RecordReader {
    /// Blocks of thinking by their index, to be sent back unchanged.
    thinking: Vec<(i64, Value)>,
}

impl Reader for RecordReader {
    fn read(&mut self, name: &str, record: &Value, answer: &mut Answer) -> Result<(), Failure> {
        let index = number(&record["index"]).unwrap_or(0);
        match word(&record["type"]).unwrap_or(name) {
            "message_start" => self.message(&record["message"], answer)?,
            "message" => {
                self.message(record, answer)?;
                answer.is_complete();
            }
            "content_block_start" => self.begin(index, &record["content_block"], answer)?,
            "content_block_delta" => self.go_on(index, &record["delta"], answer)?,
            "content_block_stop" => answer.calls.close(index),
            "message_delta" => {
                count(&record["usage"], answer);
                stop(&record["delta"], answer);
            }
            "message_stop" => answer.is_complete(),
            // Pings, and what may come to be.
            _ => {}
        }
        Ok(())
    }

    fn reasoning(&mut self, _: &Answer) -> Option<Value> {
        let blocks: Vec<Value> = self.thinking.drain(..).map(|(_, block)| block).collect();
        (!blocks.is_empty()).then_some(Value::Array(blocks))
    }
}

impl RecordReader {
    /// The head of a stream, which is a message without content, or a whole message.
    fn message(&mut self, message: &Value, answer: &mut Answer) -> Result<(), Failure> {
        count(&message["usage"], answer);
        for (index, block) in (0..).zip(message["content"].as_array().into_iter().flatten()) {
            self.begin(index, block, answer)?;
            answer.calls.close(index);
        }
        stop(message, answer);
        Ok(())
    }

    fn begin(&mut self, index: i64, block: &Value, answer: &mut Answer) -> Result<(), Failure> {
        match word(&block["type"]).unwrap_or_default() {
            "text" => answer.text(&text_of(&block["text"])),
            "tool_use" => {
                let input = block
                    .get("input")
                    .filter(|input| input.as_object().is_some_and(|input| !input.is_empty()));
                let (id, name) = (word(&block["id"]), tool_name(&block["name"]));
                answer.calls.add(Piece { index: Some(index), id, name, arguments: input })?;
            }
            "thinking" => {
                answer.thoughts.push_str(&text_of(&block["thinking"]));
                self.think(index, block.clone());
            }
            "redacted_thinking" => self.think(index, block.clone()),
            _ => {}
        }
        Ok(())
    }

    fn go_on(&mut self, index: i64, delta: &Value, answer: &mut Answer) -> Result<(), Failure> {
        match word(&delta["type"]).unwrap_or_default() {
            "text_delta" => answer.text(&text_of(&delta["text"])),
            "input_json_delta" => {
                let arguments = delta.get("partial_json");
                answer.calls.add(Piece { index: Some(index), arguments, ..Piece::default() })?;
            }
            "thinking_delta" => {
                let thought = text_of(&delta["thinking"]);
                answer.thoughts.push_str(&thought);
                self.extend(index, "thinking", &thought);
            }
            "signature_delta" => self.extend(index, "signature", &text_of(&delta["signature"])),
            "error" => return Err(Failure::new(ModelErrorKind::ServerError, text_of(&delta["message"]))),
            // Citations, and what may come to be.
            _ => {}
        }
        Ok(())
    }

    /// Adds to a field of a block of thinking; one whose start was left out begins here.
    fn extend(&mut self, index: i64, field: &str, piece: &str) {
        if !self.thinking.iter().any(|(known, _)| *known == index) {
            self.think(index, json!({ "type": "thinking", "thinking": "", "signature": "" }));
        }
        let block = self.thinking.iter_mut().find(|(known, _)| *known == index);
        let Some(block) = block.and_then(|(_, block)| block.as_object_mut()) else { return };
        match block.entry(field).or_insert(Value::Null) {
            Value::String(text) => text.push_str(piece),
            absent => *absent = piece.into(),
        }
    }

    fn think(&mut self, index: i64, block: Value) {
        if self.thinking.len() < MOST_PARTS {
            self.thinking.push((index, block));
        }
    }
}

/// Counts are of the whole message, not since the last record. What was read from a cache or written to one counts as
/// read.
fn count(usage: &Value, answer: &mut Answer) {
    let input = number(&usage["input_tokens"]).map(|fresh| {
        let cached = |name: &str| number(&usage[name]).unwrap_or(0);
        fresh + cached("cache_creation_input_tokens") + cached("cache_read_input_tokens")
    });
    // Some servers report nothing read at the end.
    let input = input.filter(|input| *input > 0).map_or(Value::Null, Value::from);
    answer.count(&input, &usage["output_tokens"]);
}

fn stop(said: &Value, answer: &mut Answer) {
    let Some(word) = word(&said["stop_reason"]) else { return };
    answer.stop(
        word,
        match word {
            "end_turn" | "stop_sequence" | "stop" => StopReason::Stop,
            "tool_use" | "tool_calls" => StopReason::ToolCalls,
            "max_tokens" | "model_context_window_exceeded" | "length" => StopReason::Length,
            "refusal" | "content_filter" => StopReason::ContentFilter,
            _ => StopReason::Incomplete,
        },
    );
}
