//! A run of a discussion as this wire shows it.

use serde::Serialize;
use sophon_core::discussions::RunDetail;
use sophon_model::{
    DiscussionId, DiscussionRunId, DiscussionRunStatus, DiscussionTurnStatus, TaskId, UserId, Verdict,
};
use utoipa::ToSchema;

use super::discussion::Panelist;
use crate::sessions::Usage;
use crate::time::Time;
use crate::words;

/// One run of a discussion, with the discussion as it was then.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DiscussionRun {
    #[schema(value_type = String)]
    id: DiscussionRunId,
    /// The same, as the discussion hub calls it.
    #[schema(value_type = String)]
    run_id: DiscussionRunId,
    /// Null if an agent called for the run alone.
    #[schema(required, value_type = Option<String>)]
    discussion_id: Option<DiscussionId>,
    /// Its task in the ledger; the turns and the judge's work are its children.
    #[schema(value_type = String)]
    task_id: TaskId,
    topic: String,
    panelists: Vec<Panelist>,
    judge: Panelist,
    rounds: i64,
    round_timeout_seconds: i64,
    #[schema(schema_with = words::discussion_run_status)]
    status: DiscussionRunStatus,
    #[schema(required)]
    verdict: Option<DiscussionVerdict>,
    /// SHA-256 of the verdict's JSON, in hex.
    #[schema(required)]
    verdict_hash: Option<String>,
    /// Why it failed, in words for people.
    #[schema(required)]
    error: Option<String>,
    #[schema(required, value_type = Option<String>)]
    cancelled_by: Option<UserId>,
    created_at: Time,
    #[schema(required)]
    started_at: Option<Time>,
    #[schema(required)]
    ended_at: Option<Time>,
    /// From start to end; 0 before that.
    duration_ms: i64,
}

impl From<sophon_model::DiscussionRun> for DiscussionRun {
    fn from(run: sophon_model::DiscussionRun) -> Self {
        Self {
            duration_ms: run.duration_ms(),
            run_id: run.id.clone(),
            id: run.id,
            discussion_id: run.discussion_id,
            task_id: run.task_id,
            topic: run.topic,
            panelists: run.panelists.into_iter().map(Panelist::from).collect(),
            judge: run.judge.into(),
            rounds: run.rounds,
            round_timeout_seconds: run.round_timeout_seconds,
            status: run.status,
            verdict: run.verdict.map(DiscussionVerdict::from),
            verdict_hash: run.verdict_hash,
            error: run.error,
            cancelled_by: run.cancelled_by,
            created_at: run.created_at.into(),
            started_at: run.started_at.map(Time),
            ended_at: run.ended_at.map(Time),
        }
    }
}

/// A run with its turns.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DiscussionRunDetail {
    #[serde(flatten)]
    run: DiscussionRun,
    /// By round, and within one in order of start.
    turns: Vec<DiscussionTurn>,
}

impl From<RunDetail> for DiscussionRunDetail {
    fn from(detail: RunDetail) -> Self {
        Self { run: detail.run.into(), turns: detail.turns.into_iter().map(DiscussionTurn::from).collect() }
    }
}

/// One panelist's turn in a round.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DiscussionTurn {
    panelist_id: String,
    /// From 1.
    round: i64,
    /// Its task in the ledger, which can be cancelled alone.
    #[schema(value_type = String)]
    task_id: TaskId,
    #[schema(schema_with = words::discussion_turn_status)]
    status: DiscussionTurnStatus,
    /// What was said.
    content: String,
    /// SHA-256 of it, in hex; empty while the panelist thinks.
    content_hash: String,
    /// Why nothing was said, in words for people.
    #[schema(required)]
    error: Option<String>,
    #[schema(required)]
    usage: Option<Usage>,
    started_at: Time,
    #[schema(required)]
    ended_at: Option<Time>,
    /// From start to end; 0 before that.
    duration_ms: i64,
}

impl From<sophon_model::DiscussionTurn> for DiscussionTurn {
    fn from(turn: sophon_model::DiscussionTurn) -> Self {
        Self {
            duration_ms: turn.duration_ms(),
            panelist_id: turn.panelist_id,
            round: turn.round,
            task_id: turn.task_id,
            status: turn.status,
            content: turn.content,
            content_hash: turn.content_hash,
            error: turn.error,
            usage: turn.usage.map(Usage::from),
            started_at: turn.started_at.into(),
            ended_at: turn.ended_at.map(Time),
        }
    }
}

/// What the judge decided.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DiscussionVerdict {
    /// What is to be done.
    recommendation: String,
    /// Why.
    reasoning: String,
    /// How sure the judge is.
    #[schema(minimum = 0, maximum = 1)]
    confidence: f64,
    /// What carried the decision.
    key_points: Vec<String>,
    /// What speaks against it.
    dissent: Vec<String>,
}

impl From<Verdict> for DiscussionVerdict {
    fn from(verdict: Verdict) -> Self {
        let Verdict { recommendation, reasoning, confidence, key_points, dissent } = verdict;
        Self { recommendation, reasoning, confidence, key_points, dissent }
    }
}
