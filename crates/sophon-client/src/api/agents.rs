//! *Agents*, and the models they may use.

use serde::{Deserialize, Serialize};
use sophon_model::{AgentId, Timestamp};

use crate::{Client, ClientError, List, time};

/// An agent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Agent {
    /// Its id.
    pub id: AgentId,
    /// Its short name, accepted wherever its id is.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// Where its turns run: `model`, `bridge` or `external`.
    pub runtime: String,
    /// The model it prefers.
    pub model: Option<String>,
    /// The tools it may use: names, or prefixes ending in `*`.
    pub tools: Vec<String>,
    /// When it was made.
    #[serde(with = "time::rfc3339")]
    pub created_at: Timestamp,
    /// When it last changed.
    #[serde(with = "time::rfc3339")]
    pub updated_at: Timestamp,
}

/// A model that the gateway can call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Model {
    /// Its id; `offline` is the agent that needs no model.
    pub id: String,
    /// The provider's id; `sophon` for the gateway itself.
    pub provider: String,
}

impl Client {
    /// `GET /api/agents`, one page.
    pub async fn agents(&self, limit: usize, cursor: Option<String>) -> Result<List<Agent>, ClientError> {
        let request = self.get(&["api", "agents"])?;
        self.fetch(request.query([("limit", Some(limit.to_string())), ("cursor", cursor)])).await
    }

    /// `GET /api/agents/{id}`, by id or slug.
    pub async fn agent(&self, id: &str) -> Result<Agent, ClientError> {
        self.fetch(self.get(&["api", "agents", id])?).await
    }

    /// `GET /api/models`.
    pub async fn models(&self) -> Result<List<Model>, ClientError> {
        self.fetch(self.get(&["api", "models"])?).await
    }
}
