//! One call of the model, streamed.

use futures_util::StreamExt;
use sophon_model::event::Activity;
use sophon_model::ports::{ModelEvent, ModelStream, ModelToolCall, StopReason};
use sophon_model::{Error, Kind, ModelUse, TaskEvent, ToolCallId, Usage};

use tokio::time::Instant;

use super::context::Context;
use super::step::Step;
use super::{Stop, Turn};
use crate::models::count_tokens;

/// Events that are taken at a time: text that has come together is told together.
const TOGETHER: usize = 64;
/// How often an answer that breaks off is asked for again.
const BROKEN_ANSWERS: u32 = 1;
/// Tool calls in one answer; more are cut off.
const MOST_TOOL_CALLS: usize = 16;

impl Turn {
    /// Asks the model and streams what it says. An answer that breaks off is asked for again once.
    pub(super) async fn ask(&mut self, context: &Context, number: u32) -> Result<Step, Stop> {
        let mut broken = 0;
        loop {
            self.progress(Activity::Thinking, None);
            let preferred = self.session.model.clone().or_else(|| self.agent.model.clone());
            let request = self.request(context);
            let began = tokio::select! {
                biased;
                () = self.held.cancel().cancelled() => return Err(Stop::Cancelled),
                began = self.with.models.stream(preferred.as_deref(), request) => began?,
            };
            self.writer.begin_step();
            match self.read(began).await {
                Ok(step) => {
                    self.writer.end_step();
                    self.account(&step.usage, number).await?;
                    return Ok(step);
                }
                Err(Stop::Failed(error)) if error.kind() == Kind::UpstreamUnavailable => {
                    if broken == BROKEN_ANSWERS {
                        return Err(Stop::Failed(error));
                    }
                    broken += 1;
                    tracing::warn!(task.id = %self.task.id, %error, "an answer broke off and is asked for again");
                    self.reset().await?;
                }
                Err(ended) => return Err(ended),
            }
        }
    }

    async fn read(&mut self, stream: ModelStream) -> Result<Step, Stop> {
        let mut chunks = stream.ready_chunks(TOGETHER);
        let mut step = Step::default();
        let mut is_writing = false;
        loop {
            let chunk = tokio::select! {
                biased;
                () = self.held.cancel().cancelled() => return Err(Stop::Cancelled),
                chunk = chunks.next() => chunk,
                () = at(self.writer.due()) => {
                    self.writer.tell();
                    continue;
                }
            };
            let Some(events) = chunk else {
                let text = "The model's answer ended without saying so.";
                return Err(Stop::Failed(Error::new(Kind::UpstreamUnavailable, text)));
            };
            let (mut text, mut stop, mut failure) = (String::new(), None, None);
            for event in events {
                match event {
                    Ok(ModelEvent::Text(piece)) => text.push_str(&piece),
                    Ok(ModelEvent::Reasoning(reasoning)) => step.reasoning = Some(reasoning),
                    Ok(ModelEvent::ToolCall(call)) => self.note_call(&mut step, call),
                    Ok(ModelEvent::Usage(usage)) => step.usage = usage,
                    Ok(ModelEvent::Stop(reason)) => stop = Some(reason),
                    Err(error) => failure = Some(error),
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
            if let Some(error) = failure {
                return Err(Stop::Failed(error.into()));
            }
            if let Some(reason) = stop {
                return finished(step, reason);
            }
        }
    }

    fn note_call(&self, step: &mut Step, call: ModelToolCall) {
        if step.tool_calls.len() < MOST_TOOL_CALLS {
            let id: ToolCallId = self.held.new_id();
            step.tool_calls.push(ModelToolCall { id: id.to_string(), ..call });
        }
    }

    /// Counts what a call consumed and tells of it.
    async fn account(&mut self, usage: &Usage, number: u32) -> Result<(), Stop> {
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

/// Resolves at that time; never if there is none.
async fn at(time: Option<Instant>) {
    match time {
        Some(time) => tokio::time::sleep_until(time).await,
        None => std::future::pending().await,
    }
}

fn finished(step: Step, reason: StopReason) -> Result<Step, Stop> {
    if reason == StopReason::ContentFilter && step.text.is_empty() && step.tool_calls.is_empty() {
        let text = "The model's provider refused to answer this.";
        return Err(Stop::Failed(Error::new(Kind::Conflict, text)));
    }
    Ok(step)
}
