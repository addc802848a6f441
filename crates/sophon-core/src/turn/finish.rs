//! The end of a turn, stored in one transaction.

use sophon_model::{Event, MessageStatus, Result, TaskStatus};

use super::tool_calls::end_open_calls;
use super::{Ended, Turn};
use crate::sessions::save_in;
use crate::tasks::ended;
use crate::{awaited, discussions, nodes};

impl Turn {
    pub(super) async fn finish(mut self, outcome: Result<(), Ended>) -> Result<()> {
        let (mut task, mut message, session) = (self.task, self.reply, self.session.id);
        match outcome {
            Ok(()) => task.status = TaskStatus::Completed,
            Err(Ended::Cancelled) => task.status = TaskStatus::Cancelled,
            Err(Ended::Failed(error)) => {
                tracing::warn!(task.id = %task.id, %error, "a turn failed");
                task.status = TaskStatus::Failed;
                task.error = Some(error.message().to_owned());
            }
            Err(Ended::Lost) => {
                tracing::warn!(task.id = %task.id, "a turn was taken over by another worker");
                return Ok(());
            }
        }
        self.writer.complete();
        self.writer.text().clone_into(&mut message.content);
        let done = task.status == TaskStatus::Completed;
        message.status = if done { MessageStatus::Delivered } else { MessageStatus::Failed };
        task.usage = (self.usage.total() > 0).then(|| self.usage.clone());
        message.usage.clone_from(&task.usage);
        metrics::counter!("sophon_tasks_total", "status" => task.status.as_str()).increment(1);
        let written = self.with.db.write(move |unit| {
            let now = unit.now();
            task.ended_at = Some(now);
            task.lease_until = None;
            if task.status == TaskStatus::Cancelled
                && let Some(stored) = unit.tx.task(&task.tenant_id, &task.id)?
            {
                task.cancelled_by = stored.cancelled_by;
                task.cancel_requested_at = stored.cancel_requested_at;
                nodes::call_back_in(unit, &task.id)?;
            }
            if !unit.tx.update_running_task(&task)? {
                // Deleted with its session, or taken over.
                return Ok(());
            }
            message.updated_at = now;
            unit.tx.update_message(&message)?;
            unit.tx.delete_steps(&task.id)?;
            awaited::cancel_open_in(unit, &task)?;
            discussions::end_with(unit, &task)?;
            let tool_calls = end_open_calls(unit, &task)?;
            let owner = task.user_id.clone();
            unit.emit(&owner, Event::MessageFinished { message: Box::new(message), tool_calls });
            if let Some(mut session) = unit.tx.session(&session)? {
                session.message_count += 1;
                save_in(unit, &mut session)?;
            }
            unit.emit(&owner, ended(task));
            Ok(())
        });
        let outcome = written.await;
        // Only now: until it is stored, the text is found nowhere else.
        drop(self.writer);
        outcome
    }
}
