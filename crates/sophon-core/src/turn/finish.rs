//! The end of a turn, stored in one transaction.

use sophon_model::ports::StopReason;
use sophon_model::{
    FinishReason, MessageEvent, MessageStatus, Task, TaskKind, TaskStatus, ToolCall, ToolCallEvent,
    ToolCallStatus,
};

use super::{Stop, Turn};
use crate::database::Unit;
use crate::jobs::{HeldError, Released};
use crate::sessions::touch_in;
use crate::tasks::{Outcome, TaskEndHook, finish_in};

impl Turn {
    /// Stores how the turn ended. A parked turn has not ended, and who has lost the job writes nothing.
    pub(super) async fn finish(mut self, outcome: Result<StopReason, Stop>) -> Result<Released, HeldError> {
        let (mut task, mut message) = (self.task, self.reply);
        let outcome = match outcome {
            Ok(stop) => {
                message.finish_reason = Some(finish_reason(stop));
                Outcome::completed()
            }
            Err(Stop::Cancelled) => Outcome::cancelled(),
            Err(Stop::RightsEnded(reason)) => {
                task.cancel_reason = Some(reason.to_owned());
                Outcome::cancelled()
            }
            Err(Stop::Failed(error)) => {
                tracing::warn!(task.id = %task.id, %error, "a turn failed");
                Outcome::failed_with(&error)
            }
            Err(Stop::Parked(released)) => return Ok(released),
            Err(Stop::Lost) => return Err(HeldError::Lost),
        };
        self.writer.complete();
        self.writer.text().clone_into(&mut message.content);
        task.usage = (self.usage.total() > 0).then(|| self.usage.clone());
        message.usage.clone_from(&task.usage);
        let released = self.held.finish(move |unit| {
            message.updated_at = unit.now();
            // A cancel that was accepted is not lost, even in the last moment.
            let stored = unit.tx.get(&task.id)?;
            let is_cancelled = stored.is_some_and(|stored| stored.cancel_requested_at.is_some());
            let outcome = if is_cancelled && outcome.status() == TaskStatus::Completed {
                message.finish_reason = Some(FinishReason::Cancelled);
                Outcome::cancelled()
            } else {
                outcome
            };
            unit.tx.update(&message)?;
            finish_in(unit, task, outcome).map(drop)
        });
        let released = released.await;
        // Only now: until it is stored, the text is found nowhere else.
        drop(self.writer);
        released
    }
}

fn finish_reason(stop: StopReason) -> FinishReason {
    match stop {
        StopReason::Stop | StopReason::ToolCalls => FinishReason::Stop,
        StopReason::Length => FinishReason::Length,
        StopReason::ContentFilter => FinishReason::ContentFilter,
        StopReason::Incomplete => FinishReason::Incomplete,
    }
}

/// What a turn leaves behind ends with its task: its answer, its steps, and the calls that are still open.
pub(super) struct TurnsEnd;

impl TaskEndHook for TurnsEnd {
    fn task_ended(&self, unit: &mut Unit<'_>, task: &Task) -> sophon_model::Result<()> {
        if task.kind != TaskKind::Chat {
            return Ok(());
        }
        unit.tx.delete_steps(&task.id)?;
        let tool_calls = end_open_calls(unit, task)?;
        let is_answered = end_reply(unit, task, tool_calls)?;
        let session = task.session_id.as_ref().map(|session| unit.tx.get(session)).transpose()?.flatten();
        if let Some(mut session) = session {
            session.message_count += i64::from(is_answered);
            session.last_outcome = Some(task.status);
            touch_in(unit, &mut session)?;
        }
        Ok(())
    }
}

/// Ends the answer of a task if it is open. `false` if it has none that is.
fn end_reply(unit: &mut Unit<'_>, task: &Task, tool_calls: Vec<ToolCall>) -> sophon_model::Result<bool> {
    let Some(reply) = &task.reply_message_id else { return Ok(false) };
    let pending = unit.tx.get(reply)?.filter(|message| message.status == MessageStatus::Pending);
    let Some(mut message) = pending else { return Ok(false) };
    let is_complete = task.status == TaskStatus::Completed;
    message.status = if is_complete { MessageStatus::Delivered } else { MessageStatus::Failed };
    message.finish_reason = message.finish_reason.or(match task.status {
        TaskStatus::Completed => Some(FinishReason::Stop),
        TaskStatus::Cancelled => Some(FinishReason::Cancelled),
        TaskStatus::Failed | TaskStatus::Queued | TaskStatus::Running => Some(FinishReason::Error),
    });
    message.updated_at = unit.now();
    unit.tx.update(&message)?;
    unit.emit(MessageEvent::Finished { message: Box::new(message), tool_calls });
    Ok(true)
}

/// Ends the calls of a task that are still noted as running, and returns all of them.
fn end_open_calls(unit: &mut Unit<'_>, task: &Task) -> sophon_model::Result<Vec<ToolCall>> {
    let mut calls = unit.tx.tool_calls(&task.id)?;
    for call in calls.iter_mut().filter(|call| call.status == ToolCallStatus::Running) {
        call.status = ToolCallStatus::Cancelled;
        call.ended_at = Some(unit.now());
        unit.tx.update(call)?;
        unit.emit(ToolCallEvent::Ended { call: Box::new(call.clone()) });
    }
    Ok(calls)
}
