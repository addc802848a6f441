//! How a turn is shown: text for people, or one JSON object a line for programs.

use std::io::{self, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;
use sophon_api::hubs::{AgentStatus, ChatEvent, HubEvent, TaskCompleted, ToolCallCompleted};
use sophon_api::{Accepted, Message};
use sophon_model::{Activity, FinishReason, MessageRole};

use super::super::screen::{Screen, document, one_line};
use super::super::when::span_ms;
use super::turn::Ending;

/// How often the spinner moves.
const SPIN_EVERY: Duration = Duration::from_millis(120);

/// One turn, as it is shown.
pub enum View {
    /// For people.
    Text(TextView),
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
        if screen.json { View::Json(screen) } else { View::Text(TextView::new(screen)) }
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

    /// Asks the person something and leaves the rest of the line to the answer.
    pub fn ask(&mut self, prompt: &str) -> io::Result<()> {
        match self {
            View::Text(text) => text.ask(prompt),
            View::Json(_) => Ok(()),
        }
    }

    /// Whether what was asked last still stands there, without an answer.
    pub fn is_asking(&self) -> bool {
        matches!(self, View::Text(text) if text.is_asking)
    }

    /// The person has written a line, and with it ended that of the prompt.
    pub fn was_answered(&mut self) {
        if let View::Text(text) = self {
            text.is_asking = false;
        }
    }

    /// Says something beside the answer.
    pub fn remark(&mut self, remark: &str) {
        match self {
            View::Text(text) => text.remark(remark),
            View::Json(screen) => screen.remark(remark),
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

/// Text as it comes, tools as remarks, and a spinner while there is nothing to see.
pub struct TextView {
    screen: Screen,
    /// The answer as far as it has been written.
    written: String,
    /// Whether what was written last ended a line. On a terminal all writing shares one cursor.
    is_at_line_start: bool,
    /// Whether a prompt waits for the person, at the end of its line.
    is_asking: bool,
    spinner: Option<ProgressBar>,
}

impl TextView {
    fn new(screen: Screen) -> Self {
        Self { screen, written: String::new(), is_at_line_start: true, is_asking: false, spinner: None }
    }

    fn event(&mut self, event: &ChatEvent) -> io::Result<()> {
        match event {
            ChatEvent::StreamChunk(chunk) => self.write(&chunk.delta),
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

    fn write(&mut self, text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        self.still();
        self.screen.piece(text)?;
        self.written.push_str(text);
        self.is_at_line_start = text.ends_with('\n');
        Ok(())
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
        if let Some(missing) = content.strip_prefix(&self.written) {
            let missing = missing.to_owned();
            return self.write(&missing);
        }
        if content.trim_end() == self.written.trim_end() {
            return Ok(());
        }
        self.begin_again()?;
        self.write(content)
    }

    /// What was written is void.
    fn begin_again(&mut self) -> io::Result<()> {
        if self.written.is_empty() {
            return Ok(());
        }
        self.end_line()?;
        self.written.clear();
        self.remark("the answer begins again; what stands above is void");
        Ok(())
    }

    fn tool(&mut self, call: &ToolCallCompleted) -> io::Result<()> {
        if self.screen.width.is_some() {
            self.end_line()?;
        }
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
        self.end_line()?;
        match ending {
            Ending::Cancelled(None) => self.remark("stopped"),
            Ending::Cancelled(Some(reason)) => self.remark(&format!("stopped: {reason}")),
            Ending::Left => self.remark("left; the gateway goes on: `sophon chat --last` comes back to it"),
            Ending::Completed | Ending::Failed(_) => {}
        }
        Ok(())
    }

    fn end_line(&mut self) -> io::Result<()> {
        self.still();
        if !self.is_at_line_start {
            self.screen.piece("\n")?;
            self.is_at_line_start = true;
        }
        Ok(())
    }

    fn remark(&mut self, remark: &str) {
        self.still();
        self.screen.remark(remark);
    }

    fn ask(&mut self, prompt: &str) -> io::Result<()> {
        self.end_line()?;
        let mut stderr = io::stderr();
        stderr.write_all(prompt.as_bytes())?;
        stderr.flush()?;
        self.is_asking = true;
        Ok(())
    }

    /// Takes the spinner away, and leaves the line of a prompt, before anything else is written.
    fn still(&mut self) {
        if let Some(spinner) = self.spinner.take() {
            spinner.finish_and_clear();
        }
        if std::mem::take(&mut self.is_asking) {
            self.screen.remark("");
        }
    }

    /// Shows that work goes on, where a spinner would not write over text.
    fn wait(&mut self, doing: &str) {
        if !self.screen.is_watched || !self.is_at_line_start || self.is_asking {
            return;
        }
        let spinner = self.spinner.get_or_insert_with(|| {
            let style = ProgressStyle::with_template("{spinner:.dim} {msg:.dim}");
            let style = style.unwrap_or_else(|_| ProgressStyle::default_spinner());
            let spinner = ProgressBar::new_spinner().with_style(style);
            spinner.enable_steady_tick(SPIN_EVERY);
            spinner
        });
        spinner.set_message(doing.to_owned());
    }
}

/// The spinner leaves no trace.
impl Drop for TextView {
    fn drop(&mut self) {
        self.still();
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
fn cut(reason: FinishReason) -> Option<&'static str> {
    match reason {
        FinishReason::Length => {
            Some("the answer was cut off at the model's output limit; send \"continue\" for the rest")
        }
        FinishReason::ContentFilter => Some("the provider's content filter cut the answer off"),
        FinishReason::Incomplete => Some("the provider broke the answer off; send \"continue\" for the rest"),
        FinishReason::Stop | FinishReason::Cancelled | FinishReason::Error => None,
    }
}
