//! The lines of an answer.

use serde_json::{Value, json};
use sophon_model::ports::StopReason;

use crate::answer::{Answer, Piece, Reader};
use crate::failure::Failure;
use crate::json::{text_of, tool_name, word};

/// Reads lines, each of which has the form of a whole answer.
pub(super) struct LineReader;

impl Reader for LineReader {
    fn read(&mut self, _: &str, line: &Value, answer: &mut Answer) -> Result<(), Failure> {
        answer.count(&line["prompt_eval_count"], &line["eval_count"]);
        let message = &line["message"];
        answer.thoughts.push_str(&text_of(&message["thinking"]));
        answer.text(&text_of(&message["content"]));
        // A call comes whole, and what the server calls its index repeats.
        for call in message["tool_calls"].as_array().into_iter().flatten() {
            let function = &call["function"];
            let (id, name) = (word(&call["id"]), tool_name(&function["name"]));
            answer.calls.add(Piece { index: None, id, name, arguments: function.get("arguments") })?;
        }
        if line["done"] == true {
            let word = word(&line["done_reason"]).unwrap_or("stop");
            answer.stop(
                word,
                match word {
                    "stop" => StopReason::Stop,
                    "length" => StopReason::Length,
                    // The model was loaded or unloaded and said nothing; or something new.
                    _ => StopReason::Incomplete,
                },
            );
            answer.is_complete();
        }
        Ok(())
    }

    fn reasoning(&mut self, answer: &Answer) -> Option<Value> {
        (!answer.thoughts.is_empty()).then(|| json!({ "thinking": answer.thoughts }))
    }
}
