//! Tasks go on.

use serde::{Deserialize, Serialize};

use super::Audience;
use crate::words::text_enum;
use crate::{AgentId, MessageId, SessionId, Task, TaskId, Timestamp, Usage};

/// What happened to a task. It concerns the members of its session, if it is in one, and who watches the task; its
/// place in the ledger also who watches that.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "task_event", rename_all = "snake_case")]
pub enum TaskEvent {
    /// It was accepted.
    Queued(Box<Task>),
    /// A worker took it up for the first time.
    Started(Box<Task>),
    /// It is done.
    Completed(Box<Task>),
    /// It ended with an error.
    Failed(Box<Task>),
    /// It was ended by someone.
    Cancelled(Box<Task>),
    /// What it is doing. Never stored.
    Progress(TaskProgress),
    /// What one model call consumed.
    ModelUsed(ModelUse),
}

/// A checkpoint of a running task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskProgress {
    /// The task.
    pub task_id: TaskId,
    /// Its session.
    pub session_id: SessionId,
    /// The agent that works.
    pub agent_id: AgentId,
    /// What it does.
    pub activity: Activity,
    /// More about it, for people: a tool's name, for example.
    pub detail: Option<String>,
    /// When.
    pub at: Timestamp,
}

text_enum! {
    /// What an agent is doing.
    pub enum Activity {
        /// Waiting for a free worker.
        Queued = "queued",
        /// Waiting for the model.
        Thinking = "thinking",
        /// Writing text.
        Writing = "writing",
        /// Waiting for a tool.
        CallingTool = "calling_tool",
        /// Waiting for a person's approval, or answer.
        WaitingApproval = "waiting_approval",
        /// Beginning again after an interruption.
        Resuming = "resuming",
    }
}

/// A call of a model, and what it consumed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ModelUse {
    /// The task it was made for.
    pub task_id: TaskId,
    /// The session of the task.
    pub session_id: SessionId,
    /// The agent.
    pub agent_id: AgentId,
    /// The message being written.
    pub message_id: MessageId,
    /// The consumption.
    pub usage: Usage,
    /// Which call of the turn, from 1.
    pub call_sequence: u32,
}

impl TaskEvent {
    /// The ledger row, as it is after the change, if the event is about that.
    pub fn ledger_row(&self) -> Option<&Task> {
        match self {
            TaskEvent::Queued(task)
            | TaskEvent::Started(task)
            | TaskEvent::Completed(task)
            | TaskEvent::Failed(task)
            | TaskEvent::Cancelled(task) => Some(task),
            TaskEvent::Progress(_) | TaskEvent::ModelUsed(_) => None,
        }
    }

    pub(super) fn audience(&self) -> Vec<Audience<'_>> {
        match self {
            TaskEvent::Queued(task)
            | TaskEvent::Started(task)
            | TaskEvent::Completed(task)
            | TaskEvent::Failed(task)
            | TaskEvent::Cancelled(task) => {
                let members = task.session_id.as_ref().map(Audience::Members);
                let watchers = [Audience::Task(&task.id), Audience::Ledger(&task.tenant_id, &task.user_id)];
                members.into_iter().chain(watchers).collect()
            }
            TaskEvent::Progress(progress) => {
                vec![Audience::Members(&progress.session_id), Audience::Task(&progress.task_id)]
            }
            TaskEvent::ModelUsed(call) => vec![Audience::Members(&call.session_id)],
        }
    }

    pub(super) fn is_durable(&self) -> bool {
        match self {
            TaskEvent::Queued(_)
            | TaskEvent::Started(_)
            | TaskEvent::Completed(_)
            | TaskEvent::Failed(_)
            | TaskEvent::Cancelled(_)
            | TaskEvent::ModelUsed(_) => true,
            TaskEvent::Progress(_) => false,
        }
    }
}
