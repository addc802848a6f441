//! Waking a task's job from a transaction that must not touch it.

use serde::{Deserialize, Serialize};
use sophon_model::{Priority, Queue, Result, TaskId};

use super::enqueue::{JobKind, JobOptions};
use super::handler::{Chore, Next};
use crate::database::Unit;

/// The payload of the job that wakes another one.
#[derive(Serialize, Deserialize)]
pub(super) struct WakeTask {
    task: TaskId,
}

impl JobKind for WakeTask {
    const NAME: &'static str = "task.wake";
    const QUEUE: Queue = Queue::Maintenance;
}

/// Wakes the jobs of tasks.
pub(super) struct WakeTasks;

impl Chore for WakeTasks {
    type Kind = WakeTask;

    fn run_in(&self, unit: &mut Unit<'_>, WakeTask { task }: WakeTask) -> Result<Next> {
        unit.wake(&task)?;
        Ok(Next::Done)
    }
}

impl Unit<'_> {
    /// Wakes the job behind a task in a transaction of its own, right after this one: for a transaction that has already
    /// touched rows which the job's worker writes, see [`wake`](Self::wake).
    pub(crate) fn wake_afterwards(&mut self, task: &TaskId) -> Result<()> {
        let options = JobOptions { priority: Priority::High, ..JobOptions::default() };
        self.enqueue(&WakeTask { task: task.clone() }, options)
    }
}
