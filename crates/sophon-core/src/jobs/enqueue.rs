//! Putting jobs into the queue, in the transaction of the state that they follow from.

use serde::Serialize;
use serde::de::DeserializeOwned;
use sophon_model::{Error, Job, Priority, Queue, Result, Task, TaskId, TenantId, Timestamp, UserId};

use crate::database::Unit;

/// The payload of jobs of one kind, which also names the kind.
pub(crate) trait JobKind: Serialize + DeserializeOwned + Send + Sync + 'static {
    /// The kind, as it is stored. It never changes: jobs outlive releases.
    const NAME: &'static str;
    /// Where jobs of the kind wait.
    const QUEUE: Queue;
}

/// How a job is enqueued.
#[derive(Clone, Debug)]
pub(crate) struct JobOptions {
    /// When it is due; at once if absent.
    pub(crate) run_at: Option<Timestamp>,
    /// What goes first among jobs that are due.
    pub(crate) priority: Priority,
    /// Jobs with the same key run one after the other.
    pub(crate) serial_key: Option<String>,
    /// One unfinished job of the kind has this key.
    pub(crate) dedupe_key: Option<String>,
    /// The task that people see of it.
    pub(crate) task: Option<TaskId>,
    /// For whom it is done, where workers are shared fairly.
    pub(crate) owner: Option<(TenantId, UserId)>,
}

impl JobOptions {
    /// A job that does a task, for the task's user.
    pub(crate) fn of_task(task: &Task) -> Self {
        let owner = Some((task.tenant_id.clone(), task.user_id.clone()));
        Self { task: Some(task.id.clone()), owner, ..Self::default() }
    }
}

impl Default for JobOptions {
    fn default() -> Self {
        Self {
            run_at: None,
            priority: Priority::Normal,
            serial_key: None,
            dedupe_key: None,
            task: None,
            owner: None,
        }
    }
}

impl Unit<'_> {
    /// Puts a job into the queue, with the transaction. Its worker is woken when that is durable.
    pub(crate) fn enqueue<K: JobKind>(&mut self, payload: &K, options: JobOptions) -> Result<()> {
        let payload = serde_json::to_value(payload).map_err(Error::internal)?;
        let (tenant_id, owner_id) = options.owner.unzip();
        let job = Job {
            tenant_id,
            owner_id,
            priority: options.priority,
            serial_key: options.serial_key,
            dedupe_key: options.dedupe_key,
            task_id: options.task,
            run_at: options.run_at.unwrap_or_else(|| self.now()),
            ..Job::new(self.new_id(), K::NAME, K::QUEUE, payload, self.now())
        };
        self.enqueue_last(job);
        Ok(())
    }

    /// Lets a deadline that was enqueued under this key pass without effect.
    pub(crate) fn drop_job<K: JobKind>(&mut self, dedupe_key: &str) -> Result<()> {
        self.tx.delete_waiting_job(K::NAME, dedupe_key).map(drop)
    }

    /// Wakes the job behind a task, so that it looks again at what it waits for. Other rows that the job's worker writes
    /// are touched after this, or two transactions may wait for each other.
    pub(crate) fn wake(&mut self, task: &TaskId) -> Result<()> {
        let now = self.now();
        if self.tx.wake_job(task, now)? {
            self.ring_after_commit();
        }
        Ok(())
    }
}
