//! The ledger of work: what people see of it, and how it is cancelled and ended. Jobs do the work.

mod finish;
mod running;
mod waiting;

pub(crate) use finish::{Outcome, TaskEndHook, TaskEndHooks, finish_in};
pub use running::Running;
pub(crate) use running::RunningTask;

use std::sync::Arc;
use std::time::Duration;

use sophon_model::ports::{Canceller, TaskFilter};
use sophon_model::{
    ApiTokenId, AuditAction, Caller, Error, JobStatus, Kind, Page, Paged, Result, Task, TaskId, TaskKind,
    TaskStatus, TenantId, ToolCall, UserId,
};

use crate::database::{Database, Unit};
use crate::gateway::Shared;
use crate::limits::{MOST_QUEUED_TASKS, MOST_QUEUED_TASKS_OF_USER};
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
            .write_once(caller, AuditAction::TaskCancel, move |unit| {
                let task: Granted<Task, Cancel> =
                    grant(unit.tx, &known, unit.tx.get_in(&known.tenant, &wanted)?)?;
                unit.about(&*task);
                cancel_in(unit, &known.user, &task, running)
            })
            .await
    }
}

/// For whom a task is done, and with which rights.
#[derive(Clone, Copy)]
pub(crate) struct StartedBy<'a> {
    pub(crate) tenant: &'a TenantId,
    pub(crate) user: &'a UserId,
    /// The API token that the rights are limited to.
    pub(crate) api_token: Option<&'a ApiTokenId>,
}

impl<'a> From<&'a Caller> for StartedBy<'a> {
    fn from(caller: &'a Caller) -> Self {
        Self { tenant: &caller.tenant, user: &caller.user, api_token: caller.credential.api_token() }
    }
}

/// A part has what the whole has.
impl<'a> From<&'a Task> for StartedBy<'a> {
    fn from(whole: &'a Task) -> Self {
        Self { tenant: &whole.tenant_id, user: &whole.user_id, api_token: whole.api_token_id.as_ref() }
    }
}

/// A task that is asked for now and waits. What is particular to its kind is for the caller to fill in.
pub(crate) fn queued<'a>(
    unit: &Unit<'_>,
    started_by: impl Into<StartedBy<'a>>,
    kind: TaskKind,
    asked: &str,
) -> Task {
    let StartedBy { tenant, user, api_token } = started_by.into();
    Task {
        id: unit.new_id(),
        tenant_id: tenant.clone(),
        user_id: user.clone(),
        api_token_id: api_token.cloned(),
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
        details: None,
        cancelled_by: None,
        cancel_reason: None,
        cancel_requested_at: None,
        attempt: 0,
        created_at: unit.now(),
        started_at: None,
        ended_at: None,
    }
}

/// Refuses more work of a user while too much of the user's, or of all users', waits.
pub(crate) fn require_room(unit: &Unit<'_>, user: &UserId) -> Result<()> {
    let error = if unit.tx.queued_tasks_of(user)? >= MOST_QUEUED_TASKS_OF_USER {
        let text = format!(
            "{MOST_QUEUED_TASKS_OF_USER} of your tasks are waiting, and that is the most. Wait until some have ended, or \
             cancel some."
        );
        Error::new(Kind::RateLimited, text).with_code("too_many_tasks")
    } else if unit.tx.queued_tasks()? >= MOST_QUEUED_TASKS {
        Error::new(Kind::ServiceUnavailable, "Too much work is waiting. Try again in a moment.")
    } else {
        return Ok(());
    };
    Err(error.with_retry_after(Duration::from_secs(5)))
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
    let stopped = stop_in(unit, Canceller::User(by), &task.id, running)?;
    stopped.ok_or_else(|| {
        Error::conflict(format!("The task has ended already: it is {}.", task.status.as_str()))
    })
}

/// Stops a task by a rule of what it belongs to, or because its rights have ended: ends it if nobody works on it, and
/// notifies its worker otherwise. Nothing if it has ended.
pub(crate) fn stop_in(
    unit: &mut Unit<'_>,
    by: Canceller<'_>,
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
        unit.after_commit(move || running.cancel_everywhere(&id));
        return Ok(Some(task));
    }
    finish_in(unit, task, Outcome::cancelled())?;
    unit.tx.get(&id)
}
