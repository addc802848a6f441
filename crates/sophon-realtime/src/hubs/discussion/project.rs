//! How `/hubs/discussion` tells events: seed 000, with fields added that it leaves room for.

use serde::Serialize;
use signalr::Invocation;
use sophon_model::{
    DiscussionEvent, DiscussionRun, DiscussionRunStatus, DiscussionTurn, DiscussionTurnStatus, Panelist,
    Speaker, Verdict,
};

use crate::hubs::project::told;

/// The nine events.
pub(super) fn discussion(seq: u64, event: &DiscussionEvent) -> Invocation<'_> {
    match event {
        DiscussionEvent::Started { run } => told("DiscussionStarted", DiscussionStarted::new(run, seq)),
        DiscussionEvent::RoundStarted { run_id, round } => {
            told("RoundStarted", RoundStarted { run_id: run_id.as_str(), round_number: *round, seq })
        }
        DiscussionEvent::TurnStarted { turn } => told(
            "TurnStarted",
            TurnStarted {
                run_id: turn.run_id.as_str(),
                panelist_id: &turn.panelist_id,
                round_number: turn.round,
                task_id: turn.task_id.as_str(),
                seq,
            },
        ),
        DiscussionEvent::TurnEnded { turn } => told("TurnCompleted", TurnCompleted::new(turn, seq)),
        DiscussionEvent::JudgeStarted { run_id } => {
            told("JudgeStarted", JudgeStarted { run_id: run_id.as_str(), seq })
        }
        DiscussionEvent::Decided { run_id, verdict } => {
            told("Verdict", Decided { run_id: run_id.as_str(), verdict, seq })
        }
        DiscussionEvent::Ended { run } => ended(seq, run),
    }
}

fn ended(seq: u64, run: &DiscussionRun) -> Invocation<'_> {
    let run_id = run.id.as_str();
    match run.status {
        DiscussionRunStatus::Completed => told(
            "DiscussionCompleted",
            DiscussionCompleted {
                run_id,
                verdict_hash: run.verdict_hash.as_deref(),
                duration_ms: run.duration_ms(),
                seq,
            },
        ),
        DiscussionRunStatus::Cancelled => told(
            "DiscussionCancelled",
            DiscussionCancelled {
                run_id,
                cancelled_by: run.cancelled_by.as_ref().map(sophon_model::UserId::as_str),
                seq,
            },
        ),
        _ => told("DiscussionFailed", DiscussionFailed { run_id, error: run.error.as_deref(), seq }),
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DiscussionStarted<'a> {
    run_id: &'a str,
    discussion_id: Option<&'a str>,
    task_id: &'a str,
    topic: &'a str,
    panelists: Vec<PanelistPayload<'a>>,
    judge: PanelistPayload<'a>,
    rounds: i64,
    round_timeout_seconds: i64,
    seq: u64,
}

impl<'a> DiscussionStarted<'a> {
    fn new(run: &'a DiscussionRun, seq: u64) -> Self {
        Self {
            run_id: run.id.as_str(),
            discussion_id: run.discussion_id.as_ref().map(sophon_model::DiscussionId::as_str),
            task_id: run.task_id.as_str(),
            topic: &run.topic,
            panelists: run.panelists.iter().map(PanelistPayload::new).collect(),
            judge: PanelistPayload::new(&run.judge),
            rounds: run.rounds,
            round_timeout_seconds: run.round_timeout_seconds,
            seq,
        }
    }
}

/// The same shape as REST's.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PanelistPayload<'a> {
    id: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    persona: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<&'a str>,
}

impl<'a> PanelistPayload<'a> {
    fn new(panelist: &'a Panelist) -> Self {
        let (agent_id, persona, model) = match &panelist.speaker {
            Speaker::Agent { agent_id } => (Some(agent_id.as_str()), None, None),
            Speaker::Persona { prompt, model } => (None, Some(prompt.as_str()), model.as_deref()),
        };
        Self { id: &panelist.id, name: &panelist.name, agent_id, persona, model }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RoundStarted<'a> {
    run_id: &'a str,
    round_number: i64,
    seq: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TurnStarted<'a> {
    run_id: &'a str,
    panelist_id: &'a str,
    round_number: i64,
    task_id: &'a str,
    seq: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TurnCompleted<'a> {
    run_id: &'a str,
    panelist_id: &'a str,
    round_number: i64,
    task_id: &'a str,
    status: DiscussionTurnStatus,
    content_hash: &'a str,
    error: Option<&'a str>,
    duration_ms: i64,
    seq: u64,
}

impl<'a> TurnCompleted<'a> {
    fn new(turn: &'a DiscussionTurn, seq: u64) -> Self {
        Self {
            run_id: turn.run_id.as_str(),
            panelist_id: &turn.panelist_id,
            round_number: turn.round,
            task_id: turn.task_id.as_str(),
            status: turn.status,
            content_hash: &turn.content_hash,
            error: turn.error.as_deref(),
            duration_ms: turn.duration_ms(),
            seq,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JudgeStarted<'a> {
    run_id: &'a str,
    seq: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Decided<'a> {
    run_id: &'a str,
    verdict: &'a Verdict,
    seq: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DiscussionCompleted<'a> {
    run_id: &'a str,
    verdict_hash: Option<&'a str>,
    duration_ms: i64,
    seq: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DiscussionFailed<'a> {
    run_id: &'a str,
    error: Option<&'a str>,
    seq: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DiscussionCancelled<'a> {
    run_id: &'a str,
    cancelled_by: Option<&'a str>,
    seq: u64,
}
