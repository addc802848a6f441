//! Discussions: several speakers argue in rounds, and a judge decides.

use serde::{Deserialize, Serialize};

use crate::ports::{Delete, Ends, Entity, Insert, Key, Order, Scoped, Table, Update};
use crate::words::text_enum;
use crate::{
    AgentId, DiscussionId, DiscussionRunId, Task, TaskId, TaskStatus, TenantId, Timestamp, Usage, UserId,
};

/// Whose voice somebody speaks with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "as", rename_all = "snake_case")]
pub enum Speaker {
    /// An agent's: its personality and its model.
    Agent {
        /// The agent.
        agent_id: AgentId,
    },
    /// One that is made up for the occasion.
    Persona {
        /// The persona.
        prompt: String,
        /// The model it prefers; the first model of the first provider if absent.
        model: Option<String>,
    },
}

/// Somebody in a discussion: a panelist, or the judge.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Panelist {
    /// A short name, unique in the discussion.
    pub id: String,
    /// What people read.
    pub name: String,
    /// Whose voice.
    pub speaker: Speaker,
}

/// A discussion, as it was planned. It can be run any number of times.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Discussion {
    /// Its id.
    pub id: DiscussionId,
    /// The tenant it belongs to.
    pub tenant_id: TenantId,
    /// Whose it is.
    pub owner_id: UserId,
    /// What is argued about.
    pub topic: String,
    /// The panelists: two to five.
    pub panelists: Vec<Panelist>,
    /// The judge.
    pub judge: Panelist,
    /// How often each speaks.
    pub rounds: i64,
    /// How long a round may take, in seconds.
    pub round_timeout_seconds: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Entity for Discussion {
    const TABLE: &'static Table = &Table::new("discussions", "discussion")
        .json(&["panelists", "judge"])
        .locked()
        .order(Order::newest_first(&["created_at", "id"]));
}

impl Insert for Discussion {}
impl Update for Discussion {}
impl Delete for Discussion {}

impl Key for DiscussionId {
    type Of = Discussion;
}

impl Scoped for Discussion {
    type Scope = UserId;
    const SCOPE: &'static str = "owner_id";
}

text_enum! {
    /// Where a run stands.
    pub enum DiscussionRunStatus {
        /// Nobody works on it yet.
        Queued = "queued",
        /// The panelists speak.
        Running = "running",
        /// The judge decides.
        Judging = "judging",
        /// There is a verdict.
        Completed = "completed",
        /// It ended with an error.
        Failed = "failed",
        /// Ended by someone.
        Cancelled = "cancelled",
    }
}

impl DiscussionRunStatus {
    /// Whether nothing more happens to it.
    pub const fn is_final(self) -> bool {
        matches!(
            self,
            DiscussionRunStatus::Completed | DiscussionRunStatus::Failed | DiscussionRunStatus::Cancelled
        )
    }
}

/// What the judge decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Verdict {
    /// What is to be done.
    pub recommendation: String,
    /// Why.
    pub reasoning: String,
    /// How sure the judge is, from 0 to 1.
    pub confidence: f64,
    /// What carried the decision.
    pub key_points: Vec<String>,
    /// What speaks against it.
    pub dissent: Vec<String>,
}

/// One run of a discussion, with the discussion as it was then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DiscussionRun {
    /// Its id.
    pub id: DiscussionRunId,
    /// The discussion; none if an agent called for the run alone.
    pub discussion_id: Option<DiscussionId>,
    /// The tenant it belongs to.
    pub tenant_id: TenantId,
    /// Whose it is.
    pub owner_id: UserId,
    /// Its task in the ledger, the parent of its turns' tasks.
    pub task_id: TaskId,
    /// What is argued about.
    pub topic: String,
    /// The panelists.
    pub panelists: Vec<Panelist>,
    /// The judge.
    pub judge: Panelist,
    /// How often each speaks.
    pub rounds: i64,
    /// How long a round may take, in seconds.
    pub round_timeout_seconds: i64,
    /// Where it stands.
    pub status: DiscussionRunStatus,
    /// What the judge decided.
    pub verdict: Option<Verdict>,
    /// SHA-256 of the verdict's JSON, in hex.
    pub verdict_hash: Option<String>,
    /// Why it failed, in words for people.
    pub error: Option<String>,
    /// The user who cancelled it.
    pub cancelled_by: Option<UserId>,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it began.
    pub started_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Entity for DiscussionRun {
    const TABLE: &'static Table = &Table::new("discussion_runs", "run of a discussion")
        .json(&["panelists", "judge", "verdict"])
        .order(Order::newest_first(&["created_at", "id"]));
}

impl Insert for DiscussionRun {}
impl Update for DiscussionRun {}

impl Ends for DiscussionRun {
    const ENDED: &'static str = "ended_at";
}

impl Key for DiscussionRunId {
    type Of = DiscussionRun;
}

impl Scoped for DiscussionRun {
    type Scope = DiscussionId;
    const SCOPE: &'static str = "discussion_id";
}

impl DiscussionRun {
    /// Takes over what its task says of it: where it stands, since when, and why it failed or who cancelled it. These
    /// fields are a copy, for lists and for those who follow runs; nothing else sets them, but for the judge's time.
    pub fn follow(&mut self, task: &Task) {
        self.status = match task.status {
            TaskStatus::Queued => DiscussionRunStatus::Queued,
            TaskStatus::Running if self.status == DiscussionRunStatus::Judging => self.status,
            TaskStatus::Running => DiscussionRunStatus::Running,
            TaskStatus::Completed => DiscussionRunStatus::Completed,
            TaskStatus::Failed => DiscussionRunStatus::Failed,
            TaskStatus::Cancelled => DiscussionRunStatus::Cancelled,
        };
        self.error = task.error.clone().or_else(|| task.cancel_reason.clone());
        self.cancelled_by.clone_from(&task.cancelled_by);
        self.started_at = task.started_at;
        self.ended_at = task.ended_at;
    }

    /// Milliseconds from start to end; 0 before that.
    pub fn duration_ms(&self) -> i64 {
        let (Some(started), Some(ended)) = (self.started_at, self.ended_at) else { return 0 };
        i64::try_from(ended.since(started).as_millis()).unwrap_or(i64::MAX)
    }
}

text_enum! {
    /// Where a panelist's turn stands.
    pub enum DiscussionTurnStatus {
        /// The panelist thinks.
        Running = "running",
        /// It has spoken.
        Completed = "completed",
        /// Its model did not answer.
        Failed = "failed",
        /// It did not finish within the round.
        TimedOut = "timeOut",
        /// Somebody ended it.
        Cancelled = "cancelled",
    }
}

/// One panelist's turn in a round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DiscussionTurn {
    /// The run.
    pub run_id: DiscussionRunId,
    /// The round, from 1.
    pub round: i64,
    /// The panelist that speaks.
    pub panelist_id: String,
    /// Its task in the ledger.
    pub task_id: TaskId,
    /// Where it stands.
    pub status: DiscussionTurnStatus,
    /// What was said.
    pub content: String,
    /// SHA-256 of what was said, in hex.
    pub content_hash: String,
    /// Why nothing was said, in words for people.
    pub error: Option<String>,
    /// What it consumed.
    pub usage: Option<Usage>,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Entity for DiscussionTurn {
    const TABLE: &'static Table = &Table::new("discussion_turns", "turn in a discussion")
        .key(&["run_id", "round", "panelist_id"])
        .json(&["usage"])
        .order(Order::oldest_first(&["round", "started_at", "panelist_id"]));
}

impl Insert for DiscussionTurn {}
impl Update for DiscussionTurn {}

impl Scoped for DiscussionTurn {
    type Scope = DiscussionRunId;
    const SCOPE: &'static str = "run_id";
}

impl DiscussionTurn {
    /// Milliseconds from start to end; 0 while it runs.
    pub fn duration_ms(&self) -> i64 {
        let ended = self.ended_at.unwrap_or(self.started_at);
        i64::try_from(ended.since(self.started_at).as_millis()).unwrap_or(i64::MAX)
    }
}
