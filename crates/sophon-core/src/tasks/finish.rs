//! The end of a task: the only way to end one, for every cause.

use sophon_model::text::clean;
use sophon_model::{Error, Result, Task, TaskEvent, TaskStatus};

use crate::database::Unit;

/// How a task ended.
#[derive(Clone, Debug)]
pub(crate) struct Outcome {
    status: TaskStatus,
    error: Option<String>,
    error_code: Option<&'static str>,
}

impl Outcome {
    /// It is done.
    pub(crate) fn completed() -> Self {
        Self { status: TaskStatus::Completed, error: None, error_code: None }
    }

    /// Somebody cancelled it.
    pub(crate) fn cancelled() -> Self {
        Self { status: TaskStatus::Cancelled, error: None, error_code: None }
    }

    /// It failed, for a reason in words for people.
    pub(crate) fn failed(reason: impl Into<String>) -> Self {
        Self { status: TaskStatus::Failed, error: Some(clean(reason.into())), error_code: None }
    }

    /// It failed with an error, whose code is kept for programs.
    pub(crate) fn failed_with(error: &Error) -> Self {
        Self { error_code: Some(error.code()), ..Self::failed(error.message()) }
    }

    /// The status that the task ends with.
    pub(crate) fn status(&self) -> TaskStatus {
        self.status
    }
}

/// A subject whose things end with the task that they belong to.
pub(crate) trait TaskEndHook: Send + Sync {
    /// Finishes what a task leaves behind that has just ended, in the same transaction.
    fn task_ended(&self, unit: &mut Unit<'_>, task: &Task) -> Result<()>;
}

/// The subjects that take part, in this order.
pub(crate) type TaskEndHooks = Vec<Box<dyn TaskEndHook>>;

/// Ends a task with all that belongs to it: its parts, what each subject keeps for it, and its job, also when another
/// worker holds it. `false` if it had ended before.
pub(crate) fn finish_in(unit: &mut Unit<'_>, task: Task, outcome: Outcome) -> Result<bool> {
    let Outcome { status, error, error_code } = outcome;
    let mut task = Task { status, error, ended_at: Some(unit.now()), ..task };
    if let Some(code) = error_code {
        task.details.get_or_insert_default().error_code = Some(code.to_owned());
    }
    if !unit.tx.update_open_task(&task)? {
        return Ok(false);
    }
    // As it is stored: others may have noted meanwhile who cancels it.
    let task = unit.tx.get(&task.id)?.unwrap_or(task);
    for part in unit.tx.child_tasks(&task.id)?.into_iter().filter(|part| !part.status.is_final()) {
        finish_in(unit, part.cancelled_with(&task), Outcome::cancelled())?;
    }
    for hook in unit.task_end_hooks() {
        hook.task_ended(unit, &task)?;
    }
    if unit.tx.delete_job_of(&task.id)? {
        unit.ring_after_commit();
    }
    let kind = task.kind;
    unit.emit(ended(task));
    unit.after_commit(move || {
        let labels = [("kind", kind.as_str()), ("status", status.as_str())];
        metrics::counter!("sophon_tasks_total", &labels).increment(1);
    });
    Ok(true)
}

/// The event of a task that has ended.
fn ended(task: Task) -> TaskEvent {
    match task.status {
        TaskStatus::Completed => TaskEvent::Completed(Box::new(task)),
        TaskStatus::Cancelled => TaskEvent::Cancelled(Box::new(task)),
        TaskStatus::Failed | TaskStatus::Queued | TaskStatus::Running => TaskEvent::Failed(Box::new(task)),
    }
}
