//! *Agents*, and the models they may use.

use sophon_api::{Agent, List, Model};

use crate::{Client, ClientError};

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
