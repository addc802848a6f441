//! The chunks of generated content.

use serde_json::Value;
use sophon_model::ports::StopReason;

use crate::answer::{Answer, Piece, Reader};
use crate::failure::Failure;
use crate::json::{number, text_of, tool_name, word};

/// Reads chunks, each of which has the form of a whole response.
#[derive(Default)]
pub(super) struct ChunkReader {
    /// For each call, the signature of the thought that it followed from: it is to be sent back with the call.
    signatures: Vec<Value>,
}

impl Reader for ChunkReader {
    fn read(&mut self, _: &str, chunk: &Value, answer: &mut Answer) -> Result<(), Failure> {
        let usage = &chunk["usageMetadata"];
        let written = [&usage["candidatesTokenCount"], &usage["thoughtsTokenCount"]].map(number);
        let output = written.into_iter().flatten().reduce(|a, b| a + b).map_or(Value::Null, Value::from);
        answer.count(&usage["promptTokenCount"], &output);
        if let Some(reason) = word(&chunk["promptFeedback"]["blockReason"]) {
            answer.stop(reason, StopReason::ContentFilter);
        }
        let Some(candidate) = chunk["candidates"].get(0) else { return Ok(()) };
        for part in candidate["content"]["parts"].as_array().into_iter().flatten() {
            self.part(part, answer)?;
        }
        let Some(word) = word(&candidate["finishReason"]) else { return Ok(()) };
        answer.stop(
            word,
            match word {
                "FINISH_REASON_UNSPECIFIED" => return Ok(()),
                "STOP" => StopReason::Stop,
                "MAX_TOKENS" => StopReason::Length,
                "SAFETY" | "RECITATION" | "BLOCKLIST" | "PROHIBITED_CONTENT" | "SPII" | "LANGUAGE"
                | "IMAGE_SAFETY" => StopReason::ContentFilter,
                "MALFORMED_FUNCTION_CALL" | "UNEXPECTED_TOOL_CALL" | "TOO_MANY_TOOL_CALLS" => {
                    let text = text_of(&candidate["finishMessage"]);
                    return Err(Failure::malformed(format!(
                        "the model made a wrong tool call ({word}) {text}"
                    )));
                }
                _ => StopReason::Incomplete,
            },
        );
        Ok(())
    }

    fn reasoning(&mut self, _: &Answer) -> Option<Value> {
        let is_signed = self.signatures.iter().any(|signature| !signature.is_null());
        is_signed.then(|| Value::Array(std::mem::take(&mut self.signatures)))
    }
}

impl ChunkReader {
    fn part(&mut self, part: &Value, answer: &mut Answer) -> Result<(), Failure> {
        if part["thought"] == true {
            answer.thoughts.push_str(&text_of(&part["text"]));
        } else {
            answer.text(&text_of(&part["text"]));
        }
        let call = &part["functionCall"];
        if !call.is_object() {
            return Ok(());
        }
        // A call comes whole, in one part.
        let index = self.signatures.len() as i64;
        self.signatures.push(part["thoughtSignature"].clone());
        let arguments = call.get("args");
        answer.calls.add(Piece {
            index: Some(index),
            id: word(&call["id"]),
            name: tool_name(&call["name"]),
            arguments,
        })?;
        answer.calls.close(index);
        Ok(())
    }
}
