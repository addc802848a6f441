//! One call of the model, streamed.

use futures_util::StreamExt;
use sophon_model::event::Activity;
use sophon_model::ports::{ModelError, ModelErrorKind, ModelEvent, ModelStream, ModelToolCall, StopReason};
use sophon_model::{Cut, LeftOut, ModelUse, TaskEvent, ToolCallId, Usage};

use tokio::time::Instant;

use super::context::Context;
use super::step::Step;
use super::{Stop, Turn};
use crate::models::{Asking, count_tokens};

/// Events that are taken at a time: text that has come together is published together.
const TOGETHER: usize = 64;

/// How the reading of an answer ended.
enum Answered {
    /// It is whole, or as whole as its stop reason says.
    Whole,
    /// It came to nothing.
    Failed(ModelError),
    /// It ended without an end, or empty.
    Nothing,
}

impl Turn {
    /// Asks the model and streams what it says. An answer that breaks off is asked for again, here or elsewhere: what
    /// was shown of it is void then, which is announced once, when the next one begins.
    pub(super) async fn ask(&mut self, context: &Context, number: u32) -> Result<Step, Stop> {
        let mut asking = self.with.models.current().asking(self.preferred_model(), self.request(context));
        let mut is_void = false;
        self.progress(Activity::Thinking, None);
        loop {
            let began = tokio::select! {
                biased;
                () = self.held.cancel().cancelled() => return Err(Stop::Cancelled),
                began = asking.begin() => began?,
            };
            self.note_left_out(asking.left_out());
            self.publish_unchecked(&asking);
            if std::mem::take(&mut is_void) {
                self.reset().await?;
            }
            self.writer.begin_step();
            let mut step = Step::default();
            let answered = self.read(began, &mut step).await?;
            self.writer.publish_new();
            self.account(&step.usage, number).await?;
            match answered {
                Answered::Failed(error) if is_worth_keeping(&error, &step) => {
                    asking.succeeded();
                    self.writer.end_step();
                    step.stop = StopReason::Length;
                    let cut = Cut { kept_bytes: step.text.len(), reason: error.to_string() };
                    self.reply.details.get_or_insert_default().cut = Some(cut);
                    return Ok(step);
                }
                Answered::Whole => {
                    asking.succeeded();
                    step.fallback = asking.fallback();
                    self.note_fallback(&step);
                    self.writer.end_step();
                    return Ok(step);
                }
                // After its tools a model may have nothing to add.
                Answered::Failed(error) if error.kind == ModelErrorKind::Empty && self.has_written() => {
                    return Ok(step);
                }
                Answered::Failed(error) => {
                    tracing::warn!(task.id = %self.task.id, %error, "an answer came to nothing");
                    asking.failed(error);
                }
                Answered::Nothing => asking.came_to_nothing(),
            }
            is_void = !step.text.is_empty();
        }
    }

    /// The model that is asked for first, if one was chosen.
    pub(super) fn preferred_model(&self) -> Option<&str> {
        self.session.model.as_deref().or(self.agent.model.as_deref())
    }

    /// Whether an earlier step of the turn has said something.
    fn has_written(&self) -> bool {
        !self.writer.text().trim().is_empty()
    }

    /// Notes for the answer that another model wrote it than the one that was asked for.
    pub(super) fn note_fallback(&mut self, step: &Step) {
        if step.fallback.is_some() {
            self.reply.details.get_or_insert_default().fallback.clone_from(&step.fallback);
        }
    }

    /// Tells people that nobody knows whether the model is there that is asked for.
    fn publish_unchecked(&self, asking: &Asking) {
        if let Some(model) = self.preferred_model().filter(|_| asking.is_unchecked()) {
            let text = format!(
                "Whether '{model}' is offered is not known: a provider's list of models cannot be read."
            );
            self.progress(Activity::Thinking, Some(text));
        }
    }

    /// Notes in the task, and publishes, that the model does not see everything.
    fn note_left_out(&mut self, left_out: LeftOut) {
        let left_out = Some(left_out).filter(|left_out| *left_out != LeftOut::default());
        if left_out.is_some() || self.task.details.is_some() {
            self.task.details.get_or_insert_default().left_out = left_out;
        }
        let Some(left_out) = left_out else { return };
        let text = format!(
            "The conversation is longer than the model can read: {} older messages, {} results of tools and {} files \
             were left out.",
            left_out.messages, left_out.results, left_out.files
        );
        self.progress(Activity::Thinking, Some(text));
    }

    async fn read(&mut self, stream: ModelStream, step: &mut Step) -> Result<Answered, Stop> {
        let mut chunks = stream.ready_chunks(TOGETHER);
        let mut is_writing = false;
        loop {
            let chunk = tokio::select! {
                biased;
                () = self.held.cancel().cancelled() => return Err(Stop::Cancelled),
                chunk = chunks.next() => chunk,
                () = at(self.writer.due()) => {
                    self.writer.publish_new();
                    continue;
                }
            };
            let Some(events) = chunk else { return Ok(Answered::Nothing) };
            let (mut text, mut answered) = (String::new(), None);
            for event in events {
                match event {
                    Ok(ModelEvent::Text(piece)) => text.push_str(&piece),
                    Ok(ModelEvent::Reasoning(reasoning)) => step.reasoning = Some(reasoning),
                    Ok(ModelEvent::ToolCall(call)) => {
                        let id: ToolCallId = self.held.new_id();
                        step.tool_calls.push(ModelToolCall { id: id.to_string(), ..call });
                    }
                    Ok(ModelEvent::Usage(usage)) => step.usage = usage,
                    Ok(ModelEvent::Stop(reason)) => {
                        step.stop = reason;
                        answered = Some(Answered::Whole);
                    }
                    Err(error) => answered = Some(Answered::Failed(error)),
                }
            }
            if !text.is_empty() {
                if !is_writing {
                    is_writing = true;
                    self.progress(Activity::Writing, None);
                }
                step.text.push_str(&text);
                self.writer.write(&text);
            }
            if let Some(answered) = answered {
                let is_empty = step.text.trim().is_empty() && step.tool_calls.is_empty();
                return Ok(match answered {
                    Answered::Whole if is_empty && !self.has_written() => Answered::Nothing,
                    answered => answered,
                });
            }
        }
    }

    /// Counts what a call consumed and publishes it.
    async fn account(&mut self, usage: &Usage, number: u32) -> Result<(), Stop> {
        if usage.provider.is_empty() {
            return Ok(());
        }
        self.usage.add(usage);
        count_tokens(usage);
        let event = TaskEvent::ModelUsed(ModelUse {
            task_id: self.task.id.clone(),
            session_id: self.session.id.clone(),
            agent_id: self.agent.id.clone(),
            message_id: self.reply.id.clone(),
            usage: usage.clone(),
            call_sequence: number + 1,
        });
        self.task.usage = Some(self.usage.clone());
        let task = self.task.clone();
        self.held
            .write(move |unit| {
                if unit.tx.update_open_task(&task)? {
                    unit.emit(event);
                }
                Ok(())
            })
            .await?;
        Ok(())
    }
}

/// Whether an answer that is longer than the operator allows is kept as far as it came: it has text, which was paid
/// for, and no calls, which might lack others that belong to them.
fn is_worth_keeping(error: &ModelError, step: &Step) -> bool {
    error.kind == ModelErrorKind::AnswerTooLong && !step.text.trim().is_empty() && step.tool_calls.is_empty()
}

/// Resolves at that time; never if there is none.
async fn at(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}
