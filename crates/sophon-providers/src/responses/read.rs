//! The events of a response.

use serde_json::Value;
use sophon_model::ports::StopReason;

use crate::answer::{Answer, MOST_PARTS, Piece, Reader};
use crate::failure::Failure;
use crate::json::{number, text_of, tool_name, word};

/// Reads the events of a stream, and a response that comes as a whole.
#[derive(Default)]
pub(super) struct EventReader {
    /// Items of reasoning, to be sent back before the results of the calls that followed from them.
    reasoning: Vec<Value>,
}

impl Reader for EventReader {
    fn read(&mut self, name: &str, event: &Value, answer: &mut Answer) -> Result<(), Failure> {
        let index = number(&event["output_index"]).unwrap_or(0);
        match word(&event["type"]).unwrap_or(name) {
            "response.output_text.delta" | "response.refusal.delta" => answer.text(&text_of(&event["delta"])),
            "response.reasoning_summary_text.delta" | "response.reasoning_text.delta" => {
                answer.thoughts.push_str(&text_of(&event["delta"]));
            }
            "response.output_item.added" => call(index, &event["item"], false, answer)?,
            "response.function_call_arguments.delta" => {
                let arguments = event.get("delta");
                answer.calls.add(Piece { index: Some(index), arguments, ..Piece::default() })?;
            }
            "response.function_call_arguments.done" => {
                if let Some(whole) = word(&event["arguments"]) {
                    answer.calls.set_arguments(index, whole);
                }
                answer.calls.close(index);
            }
            "response.output_item.done" => self.item(index, &event["item"], answer)?,
            "response.completed" | "response.incomplete" | "response.failed" | "response.cancelled" => {
                self.response(&event["response"], answer)?;
            }
            "" if event["object"] == "response" => self.response(event, answer)?,
            // The beginning, parts, annotations, and what may come to be.
            _ => {}
        }
        Ok(())
    }

    fn reasoning(&mut self, _: &Answer) -> Option<Value> {
        (!self.reasoning.is_empty()).then(|| Value::Array(std::mem::take(&mut self.reasoning)))
    }
}

impl EventReader {
    /// An item that is complete.
    fn item(&mut self, index: i64, item: &Value, answer: &mut Answer) -> Result<(), Failure> {
        if item["type"] == "reasoning" && self.reasoning.len() < MOST_PARTS {
            self.reasoning.push(item.clone());
        }
        call(index, item, true, answer)
    }

    /// The end: how it ended, and once more everything that was said.
    fn response(&mut self, response: &Value, answer: &mut Answer) -> Result<(), Failure> {
        answer.count(&response["usage"]["input_tokens"], &response["usage"]["output_tokens"]);
        if let Some(failure) = Failure::in_record(response) {
            return Err(failure);
        }
        if answer.is_blank() {
            self.reasoning.clear();
            for (index, item) in (0..).zip(response["output"].as_array().into_iter().flatten()) {
                self.item(index, item, answer)?;
                for part in
                    item["content"].as_array().into_iter().flatten().filter(|_| item["type"] == "message")
                {
                    answer.text(&text_of(&part["text"]));
                    answer.text(&text_of(&part["refusal"]));
                }
            }
        }
        let why = word(&response["incomplete_details"]["reason"]);
        let word = why.or(word(&response["status"])).unwrap_or("completed");
        answer.stop(
            word,
            match word {
                "completed" => StopReason::Stop,
                "max_output_tokens" | "max_tokens" => StopReason::Length,
                "content_filter" => StopReason::ContentFilter,
                "failed" => return Err(Failure::reported(response)),
                _ => StopReason::Incomplete,
            },
        );
        answer.is_complete();
        Ok(())
    }
}

fn call(index: i64, item: &Value, is_whole: bool, answer: &mut Answer) -> Result<(), Failure> {
    if item["type"] != "function_call" {
        return Ok(());
    }
    let (id, name) = (word(&item["call_id"]).or(word(&item["id"])), tool_name(&item["name"]));
    answer.calls.add(Piece { index: Some(index), id, name, arguments: None })?;
    if let Some(arguments) = word(&item["arguments"]) {
        answer.calls.set_arguments(index, arguments);
    }
    if is_whole && item["status"] != "incomplete" {
        answer.calls.close(index);
    }
    Ok(())
}
