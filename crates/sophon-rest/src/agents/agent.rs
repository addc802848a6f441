//! An agent as this wire shows it.

use serde::Serialize;
use sophon_model::{AgentId, Runtime};
use utoipa::ToSchema;

use crate::time::Time;
use crate::words;

/// An agent.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Agent {
    #[schema(value_type = String)]
    id: AgentId,
    /// A short name, accepted wherever the id is.
    slug: String,
    /// What people call it.
    name: String,
    /// What it is for.
    description: String,
    /// Where its turns run.
    #[schema(schema_with = words::runtime)]
    runtime: Runtime,
    /// The model it prefers.
    #[schema(required)]
    model: Option<String>,
    /// The tools it may use: names, or prefixes that end in `*`.
    tools: Vec<String>,
    created_at: Time,
    updated_at: Time,
}

impl From<sophon_model::Agent> for Agent {
    fn from(agent: sophon_model::Agent) -> Self {
        Self {
            id: agent.id,
            slug: agent.slug,
            name: agent.name,
            description: agent.description,
            runtime: agent.runtime,
            model: agent.model,
            tools: agent.tools,
            created_at: agent.created_at.into(),
            updated_at: agent.updated_at.into(),
        }
    }
}
