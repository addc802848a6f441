//! Durable work that the gateway does beside requests.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ports::{Entity, Key, Table};
use crate::words::text_enum;
use crate::{JobId, TaskId, TenantId, Timestamp, UserId};

text_enum! {
    /// A queue of jobs. Each has a number of workers of its own, so that none holds up another.
    pub enum Queue {
        /// Work of agents: turns in sessions and runs of discussions.
        Turns = "turns",
        /// Sending to the outside: webhooks, channels, push.
        Delivery = "delivery",
        /// Making things searchable.
        Indexing = "indexing",
        /// Deadlines and cleaning up.
        Maintenance = "maintenance",
    }
}

text_enum! {
    /// Where a job stands. A finished job is deleted.
    pub enum JobStatus {
        /// Waits for its time and a free worker.
        Ready = "ready",
        /// Waits for the job before it with the same serial key.
        Blocked = "blocked",
        /// A worker holds its lease.
        Running = "running",
        /// Sleeps until it is woken, or until its time.
        Parked = "parked",
        /// Failed for good, and is kept until an operator runs it again.
        Dead = "dead",
    }
}

/// What goes first among the jobs of a queue that are due. Stored as its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "i64", try_from = "i64")]
pub enum Priority {
    /// Somebody waits for it.
    High,
    /// Everything else.
    Normal,
    /// Whatever can wait until nothing else is due.
    Low,
}

impl Priority {
    /// All of them, the highest first.
    pub const ALL: [Priority; 3] = [Priority::High, Priority::Normal, Priority::Low];
}

impl From<Priority> for i64 {
    fn from(priority: Priority) -> Self {
        match priority {
            Priority::High => 0,
            Priority::Normal => 1,
            Priority::Low => 2,
        }
    }
}

impl TryFrom<i64> for Priority {
    type Error = String;

    fn try_from(number: i64) -> Result<Self, String> {
        let known = Priority::ALL.into_iter().find(|priority| i64::from(*priority) == number);
        known.ok_or_else(|| format!("there is no priority {number}"))
    }
}

/// A job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Its id.
    pub id: JobId,
    /// Which handler does it, for example `chat.turn`.
    pub kind: String,
    /// The queue that it waits in.
    pub queue: Queue,
    /// What the handler needs to know.
    pub payload: Value,
    /// What goes first among jobs that are due.
    pub priority: Priority,
    /// Of the jobs with the same key one is worked on at a time, by priority and then in the order in which they were
    /// enqueued. A parked job keeps the others waiting.
    pub serial_key: Option<String>,
    /// Of each kind there is one unfinished job with this key. Enqueuing another one replaces the payload; if the job
    /// runs at that moment, it runs once more afterwards, at the time of the other one.
    pub dedupe_key: Option<String>,
    /// The task that people see of it. The job goes when the task does.
    pub task_id: Option<TaskId>,
    /// The tenant of its owner.
    pub tenant_id: Option<TenantId>,
    /// The user for whom it is done. Workers are shared fairly among users where a queue says so.
    pub owner_id: Option<UserId>,
    /// Whether it is parked because as many jobs of its owner run as may at a time.
    pub is_throttled: bool,
    /// Where it stands.
    pub status: JobStatus,
    /// When it is due; of a parked job, when it is resumed unless it is woken before.
    pub run_at: Timestamp,
    /// How often a worker took it. This is the fencing token: a worker that holds an older one writes nothing.
    pub attempt: i64,
    /// How often its handler failed in a row.
    pub failures: i64,
    /// How often in a row its worker went away without a word: the process was killed, say.
    pub interruptions: i64,
    /// How often it was woken. A worker parks a job only if it has seen the last one.
    pub wakes: i64,
    /// If it is to run once more when it finishes: not before this time.
    pub again_at: Option<Timestamp>,
    /// The process whose worker holds it.
    pub holder: Option<String>,
    /// Until when, unless the worker renews it.
    pub lease_until: Option<Timestamp>,
    /// Why it failed last.
    pub error: Option<String>,
    /// When it was enqueued.
    pub created_at: Timestamp,
}

impl Entity for Job {
    const TABLE: &'static Table = &Table::new("jobs", "job").json(&["payload"]);
}

impl Key for JobId {
    type Of = Job;
}

impl Job {
    /// A job that is enqueued at `now` and due at once, of normal priority, behind no other and for no task.
    pub fn new(id: JobId, kind: impl Into<String>, queue: Queue, payload: Value, now: Timestamp) -> Self {
        Self {
            id,
            kind: kind.into(),
            queue,
            payload,
            priority: Priority::Normal,
            serial_key: None,
            dedupe_key: None,
            task_id: None,
            tenant_id: None,
            owner_id: None,
            is_throttled: false,
            status: JobStatus::Ready,
            run_at: now,
            attempt: 0,
            failures: 0,
            interruptions: 0,
            wakes: 0,
            again_at: None,
            holder: None,
            lease_until: None,
            error: None,
            created_at: now,
        }
    }
}
