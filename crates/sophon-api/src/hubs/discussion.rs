//! `/hubs/discussion`: following runs of discussions.

use serde::{Deserialize, Serialize};
use sophon_model::{
    DiscussionId, DiscussionRunId, DiscussionRunStatus, DiscussionTurnStatus, TaskId, UserId, Verdict,
};
use utoipa::ToSchema;

use super::hub_events;
use crate::{DiscussionVerdict, Panelist};

hub_events! {
    /// What `/hubs/discussion` sends.
    pub enum DiscussionEvent {
        /// A run began.
        DiscussionStarted(DiscussionStarted),
        /// A round began.
        RoundStarted(RoundStarted),
        /// A panelist began to think.
        TurnStarted(TurnStarted),
        /// A panelist has spoken, or will not.
        TurnCompleted(TurnCompleted),
        /// All have spoken; the judge thinks.
        JudgeStarted(JudgeStarted),
        /// The judge has decided.
        Verdict(DiscussionDecided),
        /// A run ended with a verdict.
        DiscussionCompleted(DiscussionCompleted),
        /// A run ended with an error.
        DiscussionFailed(DiscussionFailed),
        /// A run was ended by somebody.
        DiscussionCancelled(DiscussionCancelled),
    }
}

/// A run began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DiscussionStarted {
    /// The run.
    pub run_id: DiscussionRunId,
    /// The discussion; null if an agent called for the run alone.
    #[schema(required)]
    pub discussion_id: Option<DiscussionId>,
    /// The run's task in the ledger.
    pub task_id: TaskId,
    /// What is argued about.
    pub topic: String,
    /// The panelists.
    pub panelists: Vec<Panelist>,
    /// The judge.
    pub judge: Panelist,
    /// How often each speaks.
    pub rounds: i64,
    /// How long a round may take, and likewise the judge.
    pub round_timeout_seconds: i64,
    /// The event's number.
    pub seq: u64,
}

impl DiscussionStarted {
    /// Of a run that began.
    pub fn new(run: sophon_model::DiscussionRun, seq: u64) -> Self {
        Self {
            run_id: run.id,
            discussion_id: run.discussion_id,
            task_id: run.task_id,
            topic: run.topic,
            panelists: run.panelists.into_iter().map(Panelist::from).collect(),
            judge: run.judge.into(),
            rounds: run.rounds,
            round_timeout_seconds: run.round_timeout_seconds,
            seq,
        }
    }
}

/// A round began.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoundStarted {
    /// The run.
    pub run_id: DiscussionRunId,
    /// Which round, from 1.
    pub round_number: i64,
    /// The event's number.
    pub seq: u64,
}

/// A panelist began to think.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TurnStarted {
    /// The run.
    pub run_id: DiscussionRunId,
    /// The panelist that thinks.
    pub panelist_id: String,
    /// In which round, from 1.
    pub round_number: i64,
    /// The turn's task in the ledger.
    pub task_id: TaskId,
    /// The event's number.
    pub seq: u64,
}

impl TurnStarted {
    /// Of a turn that began.
    pub fn new(turn: sophon_model::DiscussionTurn, seq: u64) -> Self {
        Self {
            run_id: turn.run_id,
            panelist_id: turn.panelist_id,
            round_number: turn.round,
            task_id: turn.task_id,
            seq,
        }
    }
}

/// A panelist has spoken, or will not.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TurnCompleted {
    /// The run.
    pub run_id: DiscussionRunId,
    /// The panelist that spoke.
    pub panelist_id: String,
    /// In which round, from 1.
    pub round_number: i64,
    /// The turn's task in the ledger.
    pub task_id: TaskId,
    /// What became of it.
    pub status: DiscussionTurnStatus,
    /// SHA-256 of what was said, in hex.
    pub content_hash: String,
    /// Why nothing was said, in words for people.
    #[schema(required)]
    pub error: Option<String>,
    /// From start to end, in milliseconds.
    pub duration_ms: i64,
    /// The event's number.
    pub seq: u64,
}

impl TurnCompleted {
    /// Of a turn that ended.
    pub fn new(turn: sophon_model::DiscussionTurn, seq: u64) -> Self {
        Self {
            duration_ms: turn.duration_ms(),
            run_id: turn.run_id,
            panelist_id: turn.panelist_id,
            round_number: turn.round,
            task_id: turn.task_id,
            status: turn.status,
            content_hash: turn.content_hash,
            error: turn.error,
            seq,
        }
    }
}

/// All have spoken; the judge thinks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct JudgeStarted {
    /// The run.
    pub run_id: DiscussionRunId,
    /// The event's number.
    pub seq: u64,
}

/// The judge has decided.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DiscussionDecided {
    /// The run.
    pub run_id: DiscussionRunId,
    /// The verdict.
    pub verdict: DiscussionVerdict,
    /// The event's number.
    pub seq: u64,
}

impl DiscussionDecided {
    /// Of a run with a verdict.
    pub fn new(run_id: DiscussionRunId, verdict: Verdict, seq: u64) -> Self {
        Self { run_id, verdict: verdict.into(), seq }
    }
}

/// A run ended with a verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DiscussionCompleted {
    /// The run.
    pub run_id: DiscussionRunId,
    /// SHA-256 of the verdict's JSON, in hex.
    #[schema(required)]
    pub verdict_hash: Option<String>,
    /// From start to end, in milliseconds.
    pub duration_ms: i64,
    /// The event's number.
    pub seq: u64,
}

/// A run ended with an error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DiscussionFailed {
    /// The run.
    pub run_id: DiscussionRunId,
    /// Why, in words for people.
    #[schema(required)]
    pub error: Option<String>,
    /// The event's number.
    pub seq: u64,
}

/// A run was ended by somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DiscussionCancelled {
    /// The run.
    pub run_id: DiscussionRunId,
    /// By whom.
    #[schema(required)]
    pub cancelled_by: Option<UserId>,
    /// The event's number.
    pub seq: u64,
}

impl DiscussionEvent {
    /// Of a run that ended, by its status.
    pub fn ended(run: sophon_model::DiscussionRun, seq: u64) -> Self {
        let duration_ms = run.duration_ms();
        let run_id = run.id;
        match run.status {
            DiscussionRunStatus::Completed => Self::DiscussionCompleted(DiscussionCompleted {
                run_id,
                verdict_hash: run.verdict_hash,
                duration_ms,
                seq,
            }),
            DiscussionRunStatus::Cancelled => {
                Self::DiscussionCancelled(DiscussionCancelled { run_id, cancelled_by: run.cancelled_by, seq })
            }
            DiscussionRunStatus::Queued
            | DiscussionRunStatus::Running
            | DiscussionRunStatus::Judging
            | DiscussionRunStatus::Failed => {
                Self::DiscussionFailed(DiscussionFailed { run_id, error: run.error, seq })
            }
        }
    }
}

/// A run as clients name it: its bare id, or an object with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RunRef {
    /// The run.
    pub run_id: DiscussionRunId,
    /// The number of the last event that the client has seen: what it missed since comes first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<u64>,
}

impl From<DiscussionRunId> for RunRef {
    fn from(run_id: DiscussionRunId) -> Self {
        Self { run_id, since: None }
    }
}

/// The answer to `Subscribe`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Subscribed {
    /// The run.
    pub run_id: DiscussionRunId,
    /// The number of the last event before. The status is that of this moment; what happens later comes as events.
    pub seq: u64,
    /// Whether nothing is missing. If something is, the run is to be read anew.
    pub complete: bool,
    /// Where the run stands.
    pub status: DiscussionRunStatus,
}
