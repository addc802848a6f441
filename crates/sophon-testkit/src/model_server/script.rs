//! What the server does with one request.

use std::time::Duration;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;

use crate::Gate;

/// A tool call that a script makes.
#[derive(Clone, Debug, Deserialize)]
pub struct Call {
    /// The id.
    pub id: String,
    /// The tool; dots become `__`, as a model would have been told.
    pub name: String,
    /// The arguments. A string is sent as it is, so that it can be broken.
    pub arguments: Value,
}

impl Call {
    /// A call of `name` with `arguments`.
    pub fn new(id: &str, name: &str, arguments: Value) -> Self {
        Self { id: id.to_owned(), name: name.to_owned(), arguments }
    }

    pub(super) fn wire_name(&self) -> String {
        self.name.replace('.', "__")
    }

    /// The arguments as text, in two pieces.
    pub(super) fn argument_pieces(&self) -> [String; 2] {
        let text = self.arguments.as_str().map_or_else(|| self.arguments.to_string(), str::to_owned);
        let middle = text.char_indices().nth(text.chars().count() / 2).map_or(0, |(place, _)| place);
        let (first, second) = text.split_at(middle);
        [first.to_owned(), second.to_owned()]
    }
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    Text(String),
    ToolCalls(Vec<Call>),
    Raw(String),
    Bytes(Bytes),
    Wait(Gate),
    Pause(Duration),
}

/// How the answer begins.
#[derive(Clone, Debug)]
pub(super) enum Head {
    Answer,
    Refusal {
        status: u16,
        message: String,
        retry_after: Option<String>,
    },
    /// A status and headers; the body is what the steps write, and nothing else.
    Recorded {
        status: u16,
        headers: Vec<(String, String)>,
    },
    Silence,
    /// A list of models.
    Models(Vec<String>),
}

/// How the answer ends.
#[derive(Clone, Debug)]
pub(super) enum End {
    /// As the format wants it, with this reason or the natural one.
    Finish(Option<String>),
    /// The body ends in good order, but the answer does not.
    Missing,
    /// The connection breaks.
    Cut,
    /// Nothing more comes, and the connection stays.
    Silence,
}

/// What the server does with one request: written like a sentence, `Script::say("Hello").wait(&gate).text(" world")`.
#[derive(Clone, Debug)]
pub struct Script {
    pub(super) head: Head,
    pub(super) steps: Vec<Step>,
    pub(super) usage: Option<(i64, i64)>,
    pub(super) end: End,
    pub(super) piece_bytes: Option<usize>,
}

impl Script {
    fn with_head(head: Head) -> Self {
        Self { head, steps: Vec::new(), usage: Some((10, 5)), end: End::Finish(None), piece_bytes: None }
    }

    /// An answer that says nothing yet, and reports 10 tokens read and 5 written by default.
    pub fn answer() -> Self {
        Self::with_head(Head::Answer)
    }

    /// An answer of one piece of text.
    pub fn say(text: &str) -> Self {
        Self::answer().text(text)
    }

    /// An answer of `chunks` pieces of text, as even as can be.
    pub fn say_in(chunks: usize, text: &str) -> Self {
        let letters: Vec<char> = text.chars().collect();
        let size = letters.len().div_ceil(chunks.max(1)).max(1);
        letters
            .chunks(size)
            .fold(Self::answer(), |script, piece| script.text(&piece.iter().collect::<String>()))
    }

    /// A refusal with this status and the format's error body.
    pub fn refuse(status: u16, message: &str) -> Self {
        Self::with_head(Head::Refusal { status, message: message.to_owned(), retry_after: None })
    }

    /// An answer as it was recorded: status, headers and the bytes of the body.
    pub fn recorded(status: u16, headers: &[(&str, &str)], body: impl Into<Bytes>) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self::with_head(Head::Recorded { status, headers }).step(Step::Bytes(body.into())).then_nothing()
    }

    /// Takes the request and never answers.
    pub fn silence() -> Self {
        Self::with_head(Head::Silence)
    }

    /// A list of these models, for [`ModelServer::list`](super::ModelServer::list).
    pub fn models(names: &[&str]) -> Self {
        Self::with_head(Head::Models(names.iter().map(|name| (*name).to_owned()).collect()))
    }

    /// With a `Retry-After` header; only a refusal has one.
    pub fn retry_after(mut self, value: &str) -> Self {
        if let Head::Refusal { retry_after, .. } = &mut self.head {
            *retry_after = Some(value.to_owned());
        }
        self
    }

    fn step(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }

    /// Says more, in one piece.
    pub fn text(self, text: &str) -> Self {
        self.step(Step::Text(text.to_owned()))
    }

    /// Calls a tool.
    pub fn tool_call(self, id: &str, name: &str, arguments: Value) -> Self {
        self.tool_calls([Call::new(id, name, arguments)])
    }

    /// Calls several tools at once; where the format allows it, the pieces of their arguments come interleaved.
    pub fn tool_calls(self, calls: impl IntoIterator<Item = Call>) -> Self {
        self.step(Step::ToolCalls(calls.into_iter().collect()))
    }

    /// Writes something as it is, garbage for instance.
    pub fn raw(self, text: &str) -> Self {
        self.step(Step::Raw(text.to_owned()))
    }

    /// Waits at `gate`. What was said before has been sent by then.
    pub fn wait(self, gate: &Gate) -> Self {
        self.step(Step::Wait(gate.clone()))
    }

    /// Waits for a while. For people who watch; tests wait at gates.
    pub fn pause(self, pause: Duration) -> Self {
        self.step(Step::Pause(pause))
    }

    /// Waits for a while after each step so far.
    pub fn paced(mut self, pause: Duration) -> Self {
        self.steps = self.steps.into_iter().flat_map(|step| [step, Step::Pause(pause)]).collect();
        self
    }

    /// Reports these tokens read and written.
    pub fn usage(mut self, input: i64, output: i64) -> Self {
        self.usage = Some((input, output));
        self
    }

    /// Reports no tokens.
    pub fn without_usage(mut self) -> Self {
        self.usage = None;
        self
    }

    /// Ends with the format's own word for why, `length` or `max_tokens` for instance.
    pub fn stopping_for(mut self, reason: &str) -> Self {
        self.end = End::Finish(Some(reason.to_owned()));
        self
    }

    /// Ends the body without ending the answer.
    pub fn then_nothing(mut self) -> Self {
        self.end = End::Missing;
        self
    }

    /// Breaks the connection. Wait at a gate first if what was said before must arrive.
    pub fn then_cut(mut self) -> Self {
        self.end = End::Cut;
        self
    }

    /// Goes silent with the connection open.
    pub fn then_silence(mut self) -> Self {
        self.end = End::Silence;
        self
    }

    /// Writes everything in pieces of `bytes` bytes, through the middle of characters and lines.
    pub fn in_pieces_of(mut self, bytes: usize) -> Self {
        self.piece_bytes = Some(bytes.max(1));
        self
    }
}
