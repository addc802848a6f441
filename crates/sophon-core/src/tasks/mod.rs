//! The ledger of work: what people see of it, and how it is cancelled and ended. Jobs do the work.

mod finish;
mod running;
mod waiting;

pub(crate) use finish::{Outcome, TaskEndHook, TaskEndHooks, finish_in};
pub use running::Running;
pub(crate) use running::RunningTask;

use std::sync::Arc;
use std::time::Duration;

use sophon_model::ports::TaskFilter;
use sophon_model::{
    Caller, Error, JobStatus, Kind, Page, Paged, Result, Task, TaskId, TaskKind, TaskStatus, TenantId,
    ToolCall, UserId,
};

use crate::database::{Database, Unit};
use crate::gateway::Shared;
use crate::limits::MOST_QUEUED_TASKS;
use crate::nodes;
use crate::policy::{Cancel, Granted, Read, grant, visible};

/// Characters of what is asked that describe its task.
const DESCRIPTION_LENGTH: usize = 100;

/// A task with its tool calls.
#[derive(Clone, Debug)]
pub struct TaskDetail {
    /// The task.
    pub task: Task,
    /// Its calls, in order of start.
    pub tool_calls: Vec<ToolCall>,
    /// Its parts, oldest first.
    pub children: Vec<Task>,
}

/// The service.
#[derive(Clone)]
pub struct Tasks {
    db: Database,
    running: Arc<Running>,
}

impl Tasks {
    pub(crate) fn open(shared: &Shared) -> Self {
        Self { db: shared.db.clone(), running: shared.running.clone() }
    }

    /// The caller's tasks that wait or run, newest first.
    pub async fn active(&self, caller: &Caller, page: Page) -> Result<Paged<Task>> {
        let statuses = vec![TaskStatus::Queued, TaskStatus::Running];
        self.history(caller, TaskFilter { statuses, ..TaskFilter::default() }, page).await
    }

    /// The caller's tasks that match, newest first. The filter's user is not looked at.
    pub async fn history(&self, caller: &Caller, filter: TaskFilter, page: Page) -> Result<Paged<Task>> {
        let visible = visible::<Task>(caller)?;
        let filter = TaskFilter { user: Some(visible.own().clone()), ..filter };
        self.db.read(move |tx| tx.page(visible.tenant(), &filter, &page)).await
    }

    /// One, with its tool calls.
    pub async fn get(&self, caller: &Caller, id: &TaskId) -> Result<TaskDetail> {
        let (caller, wanted) = (caller.clone(), id.clone());
        self.db
            .read(move |tx| {
                let task: Granted<Task, Read> = grant(tx, &caller, tx.get_in(&caller.tenant, &wanted)?)?;
                let tool_calls = tx.tool_calls(&task.id)?;
                let children = tx.child_tasks(&task.id)?;
                Ok(TaskDetail { task: task.into_inner(), tool_calls, children })
            })
            .await
    }

    /// Cancels one. A task that waits has ended when this returns; one that runs is notified, and ends within seconds:
    /// the tool that works is waited for, the others are not begun. A task that has ended is a conflict.
    pub async fn cancel(&self, caller: &Caller, id: &TaskId) -> Result<Task> {
        let (known, wanted, running) = (caller.clone(), id.clone(), self.running.clone());
        self.db
            .write_once(caller, move |unit| {
                let task = grant(unit.tx, &known, unit.tx.get_in(&known.tenant, &wanted)?)?;
                cancel_in(unit, &known.user, &task, running)
            })
            .await
    }
}

/// A task that is asked for now and waits. What is particular to its kind is for the caller to fill in.
pub(crate) fn queued(
    unit: &Unit<'_>,
    (tenant, user): (&TenantId, &UserId),
    kind: TaskKind,
    asked: &str,
) -> Task {
    Task {
        id: unit.new_id(),
        tenant_id: tenant.clone(),
        user_id: user.clone(),
        parent_id: None,
        session_id: None,
        agent_id: None,
        kind,
        description: first_line_truncated(asked, DESCRIPTION_LENGTH),
        status: TaskStatus::Queued,
        request_message_id: None,
        reply_message_id: None,
        is_streaming: false,
        error: None,
        usage: None,
        cancelled_by: None,
        cancel_requested_at: None,
        attempt: 0,
        created_at: unit.now(),
        started_at: None,
        ended_at: None,
    }
}

/// Refuses more work while too much of it waits.
pub(crate) fn require_room(unit: &Unit<'_>) -> Result<()> {
    if unit.tx.queued_tasks()? < MOST_QUEUED_TASKS {
        return Ok(());
    }
    let text = "Too much work is waiting. Try again in a moment.";
    Err(Error::new(Kind::ServiceUnavailable, text).with_retry_after(Duration::from_secs(5)))
}

/// The first line of a text, cut at `most` characters.
pub(crate) fn first_line_truncated(text: &str, most: usize) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    let mut cut: String = line.chars().take(most).collect();
    if cut.len() < line.len() {
        cut.pop();
        cut.push('…');
    }
    cut
}

/// Cancels a task in the name of `by`: ends it if nobody works on it, and notifies its worker otherwise.
pub(crate) fn cancel_in(
    unit: &mut Unit<'_>,
    by: &UserId,
    task: &Granted<Task, Cancel>,
    running: Arc<Running>,
) -> Result<Task> {
    let stopped = stop_in(unit, by, &task.id, running)?;
    stopped.ok_or_else(|| {
        Error::conflict(format!("The task has ended already: it is {}.", task.status.as_str()))
    })
}

/// Stops a task by a rule of what it belongs to: ends it if nobody works on it, and notifies its worker otherwise.
/// Nothing if it has ended.
pub(crate) fn stop_in(
    unit: &mut Unit<'_>,
    by: &UserId,
    id: &TaskId,
    running: Arc<Running>,
) -> Result<Option<Task>> {
    let (id, now) = (id.clone(), unit.now());
    // First, so that no worker parks the job or takes it up while this goes on.
    unit.wake(&id)?;
    let Some(task) = unit.tx.request_cancel(&id, by, now)? else { return Ok(None) };
    // A part has no job; the worker of the whole ends it.
    let is_worked_on = match unit.tx.job_of(&id)? {
        Some(job) => job.status == JobStatus::Running,
        None => task.parent_id.is_some(),
    };
    if is_worked_on {
        nodes::call_back_in(unit, &id)?;
        unit.after_commit(move || running.cancel(&id));
        return Ok(Some(task));
    }
    finish_in(unit, task, Outcome::cancelled())?;
    unit.tx.get(&id)
}
