//! How a turn is shown: text for people, or one JSON object a line for programs.

use std::io;

use console::Term;
use serde::Serialize;
use sophon_api::hubs::{AgentStatus, ChatEvent, HubEvent, TaskCompleted, ToolCallCompleted};
use sophon_api::{Accepted, Message};
use sophon_model::{Activity, FinishReason, MessageRole};

use super::super::screen::{self, Screen, document, one_line, piece};
use super::super::when::span_ms;
use super::answer::Answer;
use super::asking::Prompt;
use super::editor::INDICATOR;
use super::status::Status;
use super::turn::Ending;

/// One turn, as it is shown.
pub enum View {
    /// For people.
    Text(Box<TextView>),
    /// For programs.
    Json(Screen),
}

/// A line that is no event of the hub.
#[derive(Serialize)]
#[serde(tag = "event")]
enum Line<'a> {
    /// The message was stored and will be answered.
    MessageAccepted(&'a Accepted),
    /// The connection was lost and another is there. The text so far stands in place of all chunks before.
    Reconnected { content: &'a str },
}

/// An event of the hub: its name beside its payload.
#[derive(Serialize)]
struct NamedEvent<'a> {
    event: &'static str,
    #[serde(flatten)]
    payload: &'a ChatEvent,
}

impl View {
    /// The view that the screen calls for.
    pub fn new(screen: Screen) -> Self {
        if screen.json { View::Json(screen) } else { View::Text(Box::new(TextView::new(screen))) }
    }

    /// The message was stored.
    pub fn accepted(&mut self, accepted: &Accepted) -> io::Result<()> {
        match self {
            View::Text(text) => {
                text.wait("waiting");
                Ok(())
            }
            View::Json(_) => document(&Line::MessageAccepted(accepted)),
        }
    }

    /// Something happened in the turn.
    pub fn event(&mut self, event: &ChatEvent) -> io::Result<()> {
        match self {
            View::Text(text) => text.event(event),
            View::Json(_) => document(&NamedEvent { event: event.name(), payload: event }),
        }
    }

    /// What the answer says so far, after some of it was missed.
    pub fn text_so_far(&mut self, content: &str) -> io::Result<()> {
        match self {
            View::Text(text) => text.bring_to(content),
            View::Json(_) => document(&Line::Reconnected { content }),
        }
    }

    /// Asks the person something.
    pub fn ask(&mut self, asked: &Prompt) -> io::Result<()> {
        match self {
            View::Text(text) => text.ask(asked),
            View::Json(_) => Ok(()),
        }
    }

    /// Whether what was asked last still stands there, without an answer.
    pub fn is_asking(&self) -> bool {
        matches!(self, View::Text(text) if text.asked.is_some())
    }

    /// Shows what the person types.
    pub fn typing(&mut self, text: &str) {
        if let View::Text(view) = self {
            view.typing(text);
        }
    }

    /// What was asked last is asked no more: the person answered with `line`, or it is overtaken.
    pub fn was_answered(&mut self, line: &str) {
        if let View::Text(text) = self {
            text.was_answered(line);
        }
    }

    /// Says something beside the answer.
    pub fn remark(&mut self, remark: &str) {
        match self {
            View::Text(text) => text.remark(remark),
            View::Json(screen) => screen.remark(remark),
        }
    }

    /// Nothing more comes: what was held back is written as it is.
    pub fn abandon(&mut self) -> io::Result<()> {
        match self {
            View::Text(text) => text.complete(),
            View::Json(_) => Ok(()),
        }
    }

    /// The turn is over.
    pub fn end(&mut self, ending: &Ending) -> io::Result<()> {
        match self {
            View::Text(text) => text.end(ending),
            View::Json(_) => Ok(()),
        }
    }
}

/// Text as it comes, tools as remarks, and what is done below, while nothing else is to be seen.
pub struct TextView {
    screen: Screen,
    answer: Answer,
    status: Option<Status>,
    /// What is asked of the person: the label of the line in which the answer is typed.
    asked: Option<String>,
}

impl TextView {
    fn new(screen: Screen) -> Self {
        let status = screen.is_watched.then(|| Status::new(Term::stderr()));
        Self { screen, answer: Answer::new(screen), status, asked: None }
    }

    fn event(&mut self, event: &ChatEvent) -> io::Result<()> {
        match event {
            ChatEvent::StreamChunk(chunk) => self.push(&chunk.delta),
            ChatEvent::ReceiveMessage(received) => self.finish(&received.message),
            ChatEvent::AgentStatus(status) if status.status == Activity::Resuming => self.begin_again(),
            ChatEvent::AgentStatus(status) => {
                self.wait(&activity(status));
                Ok(())
            }
            ChatEvent::ToolCallStarted(call) => {
                self.wait(&one_line(&call.tool_name));
                Ok(())
            }
            ChatEvent::ToolCallCompleted(call) => self.tool(call),
            ChatEvent::TaskCompleted(task) => self.figures(task),
            _ => Ok(()),
        }
    }

    fn push(&mut self, text: &str) -> io::Result<()> {
        let shown = self.answer.push(text);
        self.write(&shown)?;
        if let Some(status) = &mut self.status {
            status.preview(self.answer.pending());
        }
        Ok(())
    }

    /// Writes to standard output, above the status.
    fn write(&mut self, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        match &self.status {
            Some(status) => status.above(|| piece(text)),
            None => piece(text),
        }
    }

    /// Writes what is still missing of the whole answer, and says if it was cut.
    fn finish(&mut self, message: &Message) -> io::Result<()> {
        if message.role != MessageRole::Agent {
            return Ok(());
        }
        self.bring_to(&message.content)?;
        if let Some(fallback) = message.details.as_ref().and_then(|details| details.fallback.as_ref()) {
            self.end_line()?;
            let (model, requested) = (one_line(&fallback.model), one_line(&fallback.requested));
            self.remark(&format!("answered by {model}, because {requested} was not available"));
        }
        if let Some(cut) = message.details.as_ref().and_then(|details| details.cut.as_ref()) {
            self.end_line()?;
            self.remark(&format!("the first {} bytes were kept: {}", cut.kept_bytes, one_line(&cut.reason)));
        } else if let Some(cut) = message.finish_reason.and_then(cut) {
            self.end_line()?;
            self.remark(cut);
        }
        Ok(())
    }

    /// Writes what is missing of `content`; all of it if what was written is something else.
    fn bring_to(&mut self, content: &str) -> io::Result<()> {
        if let Some(missing) = content.strip_prefix(self.answer.text()) {
            let missing = missing.to_owned();
            return self.push(&missing);
        }
        if content.trim_end() == self.answer.text().trim_end() {
            return Ok(());
        }
        self.begin_again()?;
        self.push(content)
    }

    /// What came so far is void.
    fn begin_again(&mut self) -> io::Result<()> {
        if self.answer.text().is_empty() {
            return Ok(());
        }
        self.end_line()?;
        self.answer.begin_again();
        self.remark(if self.answer.is_held() {
            "the answer starts again"
        } else {
            "Ignore the text above; the answer starts again."
        });
        Ok(())
    }

    fn tool(&mut self, call: &ToolCallCompleted) -> io::Result<()> {
        self.end_line()?;
        let mark = if call.ok { "✓" } else { "✗" };
        self.remark(&format!("{mark} {} ({})", one_line(&call.tool_name), span_ms(call.duration_ms)));
        Ok(())
    }

    fn figures(&mut self, task: &TaskCompleted) -> io::Result<()> {
        self.end_line()?;
        if self.screen.is_watched {
            self.remark(&format!("{} · {} tokens", span_ms(task.duration_ms), task.tokens_used));
        }
        Ok(())
    }

    fn end(&mut self, ending: &Ending) -> io::Result<()> {
        self.complete()?;
        match ending {
            Ending::Cancelled(None) => self.remark("stopped"),
            Ending::Cancelled(Some(reason)) => self.remark(&format!("stopped: {reason}")),
            Ending::Left => self.remark("left; the gateway goes on: `sophon chat --last` comes back to it"),
            Ending::Completed | Ending::CutOff(_) | Ending::Failed(_) => {}
        }
        Ok(())
    }

    fn complete(&mut self) -> io::Result<()> {
        let missing = self.answer.complete();
        self.write(&missing)
    }

    fn end_line(&mut self) -> io::Result<()> {
        let missing = self.answer.end_line();
        self.write(&missing)
    }

    fn remark(&self, remark: &str) {
        match &self.status {
            Some(status) => status.above(|| self.screen.remark(remark)),
            None => self.screen.remark(remark),
        }
    }

    fn ask(&mut self, asked: &Prompt) -> io::Result<()> {
        self.end_line()?;
        let Some(status) = &mut self.status else { return Ok(()) };
        status.above(|| screen::to_stderr(&asked.text))?;
        status.doing("waiting for your answer");
        status.typing(&asked.hint, "");
        self.asked = Some(asked.hint.clone());
        Ok(())
    }

    fn typing(&mut self, text: &str) {
        if let Some(status) = &mut self.status {
            status.typing(self.asked.as_deref().unwrap_or(INDICATOR), text);
        }
    }

    /// Shows what was typed as an answer, and asks no more.
    fn was_answered(&mut self, line: &str) {
        let Some(hint) = self.asked.take() else { return };
        self.remark(&format!("{hint}{line}"));
        if let Some(status) = &mut self.status {
            status.stop_typing();
        }
    }

    /// Shows that work goes on.
    fn wait(&mut self, doing: &str) {
        if let Some(status) = &mut self.status
            && self.asked.is_none()
        {
            status.doing(doing);
        }
    }
}

fn activity(status: &AgentStatus) -> String {
    let doing = status.status.as_str().replace('_', " ");
    match &status.detail {
        Some(detail) => format!("{} · {}", one_line(&doing), one_line(detail)),
        None => one_line(&doing),
    }
}

/// What a person is told of an answer that ends before its end.
pub fn cut(reason: FinishReason) -> Option<&'static str> {
    match reason {
        FinishReason::Length => {
            Some("the answer was cut off at the model's output limit; send \"continue\" for the rest")
        }
        FinishReason::ContentFilter => Some("the provider's content filter cut the answer off"),
        FinishReason::Incomplete => Some("the provider broke the answer off; send \"continue\" for the rest"),
        FinishReason::Stop | FinishReason::Cancelled | FinishReason::Error => None,
    }
}
