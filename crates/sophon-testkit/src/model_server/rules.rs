//! Scripts out of a file, for tests in other languages.
//!
//! The file is a JSON list of rules. The first rule whose `when` is found in the last message (a person's words or the
//! result of a tool) is played; one without `when` fits everything.
//!
//! ```json
//! [
//!   { "when": "weather", "answer": [{ "tool_calls": [{ "id": "c1", "name": "clock.now", "arguments": {} }] }] },
//!   { "when": "slow", "answer": [{ "text": "one " }, { "gate": "g" }, { "text": "two" }], "usage": [10, 2] },
//!   { "when": "limit", "refuse": { "status": 429, "message": "slow down", "retry_after": "1" } },
//!   { "when": "break", "answer": [{ "text": "half an ans" }], "end": "cut" },
//!   { "answer": [{ "text": "Hello " }, { "pause_ms": 20 }, { "text": "you" }] }
//! ]
//! ```

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use parking_lot::Mutex;
use serde::Deserialize;

use super::{Call, RecordedRequest, Script};
use crate::Gate;

/// Gates by name. A gate exists from the moment that either side names it.
#[derive(Clone, Debug, Default)]
pub struct Gates(Arc<Mutex<HashMap<String, Gate>>>);

impl Gates {
    /// The gate of this name.
    pub fn named(&self, name: &str) -> Gate {
        self.0.lock().entry(name.to_owned()).or_default().clone()
    }
}

/// The rules of a file.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Rules(Vec<Rule>);

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rule {
    #[serde(default)]
    when: String,
    #[serde(default)]
    answer: Vec<Part>,
    refuse: Option<Refusal>,
    usage: Option<(i64, i64)>,
    stopping_for: Option<String>,
    in_pieces_of: Option<usize>,
    #[serde(default)]
    end: Ending,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Part {
    Text(String),
    ToolCalls(Vec<Call>),
    Raw(String),
    Gate(String),
    PauseMs(u64),
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    status: u16,
    message: String,
    retry_after: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ending {
    #[default]
    Finish,
    Nothing,
    Cut,
    Silence,
}

impl Rules {
    /// The script for `request`: 500 if no rule fits.
    pub fn script_for(&self, request: &RecordedRequest, gates: &Gates) -> Script {
        let text = request.last_text();
        match self.0.iter().find(|rule| text.contains(&rule.when)) {
            Some(rule) => rule.script(gates),
            None => Script::refuse(500, "No rule fits the last message."),
        }
    }
}

impl Rule {
    fn script(&self, gates: &Gates) -> Script {
        if let Some(Refusal { status, message, retry_after }) = &self.refuse {
            let refusal = Script::refuse(*status, message);
            return retry_after.iter().fold(refusal, |refusal, value| refusal.retry_after(value));
        }
        let script = self.answer.iter().fold(Script::answer(), |script, part| match part {
            Part::Text(text) => script.text(text),
            Part::ToolCalls(calls) => script.tool_calls(calls.clone()),
            Part::Raw(text) => script.raw(text),
            Part::Gate(name) => script.wait(&gates.named(name)),
            Part::PauseMs(millis) => script.pause(Duration::from_millis(*millis)),
        });
        let script = self.usage.iter().fold(script, |script, (input, output)| script.usage(*input, *output));
        let script = self.in_pieces_of.iter().fold(script, |script, bytes| script.in_pieces_of(*bytes));
        match self.end {
            Ending::Finish => {
                self.stopping_for.iter().fold(script, |script, reason| script.stopping_for(reason))
            }
            Ending::Nothing => script.then_nothing(),
            Ending::Cut => script.then_cut(),
            Ending::Silence => script.then_silence(),
        }
    }
}
