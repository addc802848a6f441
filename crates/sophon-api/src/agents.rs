//! Agents.

use serde::{Deserialize, Serialize};
use sophon_model::{AgentFile, AgentId, Runtime};
use utoipa::ToSchema;

use crate::change::not_null;
use crate::{Change, Time};

/// An agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// A short name, accepted wherever the id is.
    #[schema(example = "sophon")]
    pub slug: String,
    /// What people call it.
    #[schema(example = "Sophon")]
    pub name: String,
    /// What it is for.
    #[schema(example = "Plans journeys by train")]
    pub description: String,
    /// Where its turns run.
    pub runtime: Runtime,
    /// The model it prefers.
    #[schema(required)]
    pub model: Option<String>,
    /// The tools it may use: names, or prefixes that end in `*`.
    #[schema(example = json!(["memory.*", "datetime.now"]))]
    pub tools: Vec<String>,
    /// When it was made.
    pub created_at: Time,
    /// When it last changed.
    pub updated_at: Time,
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

/// An agent to be made. What is absent gets the value that the first agent of a gateway has.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAgent {
    /// What people call it: 1 to 200 characters.
    #[schema(min_length = 1, max_length = 200, example = "Travel agent")]
    pub name: String,
    /// Lower-case letters, digits, `-` and `_`; made from the name if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// At most 2,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2_000)]
    pub description: Option<String>,
    /// The model it prefers; the first model of the first provider if absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Names, or prefixes that end in `*`; at most 200.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 200)]
    pub tools: Option<Vec<String>>,
    /// SOUL.md, at most 100,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100_000)]
    pub soul: Option<String>,
    /// BOOT.md, at most 100,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100_000)]
    pub boot: Option<String>,
    /// HEARTBEAT.md, at most 100,000 characters.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100_000)]
    pub heartbeat: Option<String>,
}

/// What is to change of an agent; what is absent stays.
#[derive(Clone, Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentPatch {
    /// What people call it: 1 to 200 characters.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, min_length = 1, max_length = 200, example = "Travel agent")]
    pub name: Option<String>,
    /// Lower-case letters, digits, `-` and `_`.
    #[serde(default, deserialize_with = "not_null", skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "travel")]
    pub slug: Option<String>,
    /// At most 2,000 characters; null takes it away.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>, max_length = 2_000)]
    pub description: Change<String>,
    /// Null clears it: then the first model of the first provider answers.
    #[serde(default, skip_serializing_if = "Change::is_keep")]
    #[schema(value_type = Option<String>)]
    pub model: Change<String>,
}

/// A file of an agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AgentFileContent {
    /// Its text, in Markdown.
    #[schema(example = "You help people to travel.")]
    pub content: String,
    /// When the agent last changed.
    pub updated_at: Time,
}

impl AgentFileContent {
    /// One of the files of an agent.
    pub fn of(agent: &sophon_model::Agent, file: AgentFile) -> Self {
        Self { content: agent.file(file).to_owned(), updated_at: agent.updated_at.into() }
    }
}

/// A file's new text.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewAgentFileContent {
    /// In Markdown, at most 100,000 characters.
    #[schema(max_length = 100_000, example = "You help people to travel.")]
    pub content: String,
}

/// The tools that an agent may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AgentTools {
    /// Names, or prefixes that end in `*`; at most 200.
    #[schema(max_items = 200, example = json!(["memory.*", "datetime.now"]))]
    pub allowlist: Vec<String>,
}

#[cfg(feature = "core")]
mod core {
    use sophon_core::agents;

    use super::{AgentPatch, NewAgent};

    impl From<NewAgent> for agents::NewAgent {
        fn from(new: NewAgent) -> Self {
            Self {
                name: new.name,
                slug: new.slug,
                description: new.description,
                model: new.model,
                tools: new.tools,
                soul: new.soul,
                boot: new.boot,
                heartbeat: new.heartbeat,
            }
        }
    }

    impl From<AgentPatch> for agents::AgentChange {
        fn from(patch: AgentPatch) -> Self {
            Self {
                name: patch.name,
                slug: patch.slug,
                description: patch.description.or_cleared(String::new()),
                model: patch.model.into(),
                ..Self::default()
            }
        }
    }
}
