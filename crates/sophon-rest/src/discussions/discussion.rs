//! A discussion as this wire shows it.

use serde::Serialize;
use sophon_model::{AgentId, DiscussionId, Speaker};
use utoipa::ToSchema;

use crate::time::Time;

/// Several who argue, and one who decides.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Discussion {
    #[schema(value_type = String)]
    id: DiscussionId,
    /// What is argued about.
    topic: String,
    /// Who argues: two to five.
    panelists: Vec<Panelist>,
    /// Who decides.
    judge: Panelist,
    /// How often each speaks.
    rounds: i64,
    /// How long a round may take, and likewise the judge.
    round_timeout_seconds: i64,
    created_at: Time,
    updated_at: Time,
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
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Panelist {
    /// A short name, unique in the discussion.
    id: String,
    name: String,
    /// The agent that speaks.
    #[schema(value_type = Option<String>)]
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_id: Option<AgentId>,
    /// Who is made up.
    #[serde(skip_serializing_if = "Option::is_none")]
    persona: Option<String>,
    /// The model that a persona prefers.
    #[serde(skip_serializing_if = "Option::is_none")]
    model: Option<String>,
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

/// Somebody who is to take part: either an agent or a persona. A bare string is an agent's id or slug.
#[derive(ToSchema)]
#[expect(dead_code, reason = "what is read is the core's type, which has no schema")]
#[serde(rename_all = "camelCase")]
pub(super) struct NewPanelist {
    /// A short name, unique in the discussion; made from the name if absent.
    id: Option<String>,
    /// The agent's name if absent.
    name: Option<String>,
    /// The agent that speaks, by id or slug.
    agent_id: Option<String>,
    /// Who is to be made up for the occasion; at most 10,000 characters.
    persona: Option<String>,
    /// The model that the persona prefers.
    model: Option<String>,
}
