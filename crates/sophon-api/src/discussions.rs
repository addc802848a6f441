//! Discussions and their runs.

use serde::{Deserialize, Serialize};
pub use sophon_model::NewPanelist;
use sophon_model::{
    AgentId, DiscussionId, DiscussionRunId, DiscussionRunStatus, DiscussionTurnStatus, Speaker, TaskId,
    UserId, Verdict,
};
use utoipa::ToSchema;

use crate::change::not_null;
use crate::{Time, Usage};

/// Several who argue, and one who decides.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Discussion {
    /// Its id.
    pub id: DiscussionId,
    /// What is argued about.
    #[schema(example = "Should we move to a monorepo?")]
    pub topic: String,
    /// The panelists: two to five.
    pub panelists: Vec<Panelist>,
    /// The judge.
    pub judge: Panelist,
    /// How often each speaks.
    #[schema(example = 2)]
    pub rounds: i64,
    /// How long a round may take, and likewise the judge.
    #[schema(example = 180)]
    pub round_timeout_seconds: i64,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
}

impl From<sophon_model::Discussion> for Discussion {
    fn from(discussion: sophon_model::Discussion) -> Self {
        Self {
            id: discussion.id,
            topic: discussion.topic,
            panelists: discussion.panelists.into_iter().map(Panelist::from).collect(),
            judge: discussion.judge.into(),
            rounds: discussion.rounds,
            round_timeout_seconds: discussion.round_timeout_seconds,
            created_at: discussion.created_at.into(),
            updated_at: discussion.updated_at.into(),
        }
    }
}

/// Somebody in a discussion: an agent, or one that is made up for the occasion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Panelist {
    /// A short name, unique in the discussion.
    #[schema(example = "optimist")]
    pub id: String,
    /// What people read.
    #[schema(example = "The optimist")]
    pub name: String,
    /// The agent that speaks.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub agent_id: Option<AgentId>,
    /// The persona.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "sceptic")]
    pub persona: Option<String>,
    /// The model that a persona prefers.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "llama3.2")]
    pub model: Option<String>,
}

impl From<sophon_model::Panelist> for Panelist {
    fn from(panelist: sophon_model::Panelist) -> Self {
        let (agent_id, persona, model) = match panelist.speaker {
            Speaker::Agent { agent_id } => (Some(agent_id), None, None),
            Speaker::Persona { prompt, model } => (None, Some(prompt), model),
        };
        Self { id: panelist.id, name: panelist.name, agent_id, persona, model }
    }
}

/// A discussion to be planned.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewDiscussion {
    /// What is argued about; at most 4,000 characters.
    #[schema(min_length = 1, max_length = 4_000, example = "Should we move to a monorepo?")]
    pub topic: String,
    /// The panelists: two to five.
    #[schema(min_items = 2, max_items = 5)]
    pub panelists: Vec<NewPanelist>,
    /// The judge; an impartial persona if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub judge: Option<NewPanelist>,
    /// How often each speaks; 2 if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 10)]
    pub rounds: Option<i64>,
    /// How long a round may take, and likewise the judge; 180 if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 5, maximum = 3_600)]
    pub round_timeout_seconds: Option<i64>,
}

/// What is to change of a discussion; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DiscussionPatch {
    /// At most 4,000 characters.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 4_000, example = "Train or flight to Lisbon?")]
    pub topic: Option<String>,
    /// All who argue from now on: two to five.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_items = 2, max_items = 5)]
    pub panelists: Option<Vec<NewPanelist>>,
    /// The judge from now on.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub judge: Option<NewPanelist>,
    /// How often each speaks.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 1, maximum = 10, example = 2)]
    pub rounds: Option<i64>,
    /// How long a round may take, and likewise the judge.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, minimum = 5, maximum = 3_600, example = 120)]
    pub round_timeout_seconds: Option<i64>,
}

/// One run of a discussion, with the discussion as it was then.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DiscussionRun {
    /// Its id.
    pub id: DiscussionRunId,
    /// The same, as the discussion hub calls it.
    pub run_id: DiscussionRunId,
    /// Null if an agent called for the run alone.
    #[schema(required)]
    pub discussion_id: Option<DiscussionId>,
    /// Its task in the ledger; the turns and the judge's work are its children.
    pub task_id: TaskId,
    /// What is argued about.
    #[schema(example = "Should we move to a monorepo?")]
    pub topic: String,
    /// The panelists.
    pub panelists: Vec<Panelist>,
    /// The judge.
    pub judge: Panelist,
    /// How often each speaks.
    #[schema(example = 2)]
    pub rounds: i64,
    /// How long a round may take, and likewise the judge.
    #[schema(example = 180)]
    pub round_timeout_seconds: i64,
    /// Where it stands.
    pub status: DiscussionRunStatus,
    /// What the judge decided.
    #[schema(required)]
    pub verdict: Option<DiscussionVerdict>,
    /// SHA-256 of the verdict's JSON, in hex.
    #[schema(required)]
    pub verdict_hash: Option<String>,
    /// Why it failed, in words for people.
    #[schema(required)]
    pub error: Option<String>,
    /// The user who cancelled it.
    #[schema(required)]
    pub cancelled_by: Option<UserId>,
    /// When it was asked for.
    pub created_at: Time,
    /// When it began.
    #[schema(required)]
    pub started_at: Option<Time>,
    /// When it ended.
    #[schema(required)]
    pub ended_at: Option<Time>,
    /// From start to end in milliseconds; 0 before that.
    #[schema(example = 42_000)]
    pub duration_ms: i64,
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DiscussionRunDetail {
    /// The run.
    #[serde(flatten)]
    pub run: DiscussionRun,
    /// By round, and within one in order of start.
    pub turns: Vec<DiscussionTurn>,
}

/// One panelist's turn in a round.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DiscussionTurn {
    /// The panelist that speaks.
    #[schema(example = "optimist")]
    pub panelist_id: String,
    /// From 1.
    #[schema(example = 1)]
    pub round: i64,
    /// Its task in the ledger, which can be cancelled alone.
    pub task_id: TaskId,
    /// Where it stands.
    pub status: DiscussionTurnStatus,
    /// What was said.
    #[schema(example = "I would take the night train.")]
    pub content: String,
    /// SHA-256 of it, in hex; empty while the panelist thinks.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub content_hash: String,
    /// Why nothing was said, in words for people.
    #[schema(required)]
    pub error: Option<String>,
    /// What it consumed.
    #[schema(required)]
    pub usage: Option<Usage>,
    /// When it began.
    pub started_at: Time,
    /// When it ended.
    #[schema(required)]
    pub ended_at: Option<Time>,
    /// From start to end in milliseconds; 0 before that.
    #[schema(example = 3_500)]
    pub duration_ms: i64,
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DiscussionVerdict {
    /// What is to be done.
    #[schema(example = "Move, one team at a time.")]
    pub recommendation: String,
    /// Why.
    #[schema(example = "The train costs less, and takes no longer from door to door.")]
    pub reasoning: String,
    /// How sure the judge is.
    #[schema(minimum = 0, maximum = 1, example = 0.8)]
    pub confidence: f64,
    /// What carried the decision.
    #[schema(example = json!(["Both arrive before noon."]))]
    pub key_points: Vec<String>,
    /// What speaks against it.
    #[schema(example = json!(["The night train is less reliable."]))]
    pub dissent: Vec<String>,
}

impl From<Verdict> for DiscussionVerdict {
    fn from(verdict: Verdict) -> Self {
        let Verdict { recommendation, reasoning, confidence, key_points, dissent } = verdict;
        Self { recommendation, reasoning, confidence, key_points, dissent }
    }
}

#[cfg(feature = "core")]
mod core {
    use sophon_core::discussions;

    use super::{DiscussionPatch, DiscussionRunDetail, DiscussionTurn, NewDiscussion};

    impl From<NewDiscussion> for discussions::NewDiscussion {
        fn from(new: NewDiscussion) -> Self {
            let NewDiscussion { topic, panelists, judge, rounds, round_timeout_seconds } = new;
            Self { topic, panelists, judge, rounds, round_timeout_seconds }
        }
    }

    impl From<DiscussionPatch> for discussions::ChangeDiscussion {
        fn from(patch: DiscussionPatch) -> Self {
            let DiscussionPatch { topic, panelists, judge, rounds, round_timeout_seconds } = patch;
            Self { topic, panelists, judge, rounds, round_timeout_seconds, ..Self::default() }
        }
    }

    impl From<discussions::RunDetail> for DiscussionRunDetail {
        fn from(detail: discussions::RunDetail) -> Self {
            let turns = detail.turns.into_iter().map(DiscussionTurn::from).collect();
            Self { run: detail.run.into(), turns }
        }
    }
}
