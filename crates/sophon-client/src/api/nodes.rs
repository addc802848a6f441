//! *Sophon Node*: machines that run commands within their scopes.

use std::time::Duration;

use serde_json::Value;
use sophon_api::{ApproveNode, List, NewNode, Node, NodeCommand, NodeScopes, RegisteredNode, SendCommand};
use sophon_model::{NodeId, NodeScope};

use crate::{Client, ClientError};

/// How long the gateway may take beyond the time of a command.
const TO_ANSWER: Duration = Duration::from_secs(15);

impl Client {
    /// `GET /api/nodes`, one page, oldest first.
    pub async fn nodes(&self, limit: usize, cursor: Option<String>) -> Result<List<Node>, ClientError> {
        let request = self.get(&["api", "nodes"])?;
        self.fetch(request.query([("limit", Some(limit.to_string())), ("cursor", cursor)])).await
    }

    /// `POST /api/nodes`.
    pub async fn register_node(
        &self,
        name: &str,
        platform: &str,
        scopes: &[NodeScope],
    ) -> Result<RegisteredNode, ClientError> {
        let new =
            NewNode { display_name: name.to_owned(), platform: platform.to_owned(), scopes: scopes.to_vec() };
        self.fetch(self.post(&["api", "nodes"])?.json(&new)).await
    }

    /// `GET /api/nodes/{id}`.
    pub async fn node(&self, id: &NodeId) -> Result<Node, ClientError> {
        self.fetch(self.get(&["api", "nodes", id.as_str()])?).await
    }

    /// `POST /api/nodes/{id}/approve`. A code that is given must be the one that the machine shows.
    pub async fn approve_node(
        &self,
        id: &NodeId,
        code: Option<&str>,
        scopes: Option<&[NodeScope]>,
    ) -> Result<Node, ClientError> {
        let request = self.post(&["api", "nodes", id.as_str(), "approve"])?;
        let approve =
            ApproveNode { scopes: scopes.map(<[NodeScope]>::to_vec), pairing_code: code.map(str::to_owned) };
        self.fetch(request.json(&approve)).await
    }

    /// `POST /api/nodes/{id}/reject`.
    pub async fn reject_node(&self, id: &NodeId) -> Result<Node, ClientError> {
        self.fetch(self.post(&["api", "nodes", id.as_str(), "reject"])?).await
    }

    /// `POST /api/nodes/{id}/scopes`: all that it may, in place of what it might before.
    pub async fn set_node_scopes(&self, id: &NodeId, scopes: &[NodeScope]) -> Result<Node, ClientError> {
        let request = self.post(&["api", "nodes", id.as_str(), "scopes"])?;
        self.fetch(request.json(&NodeScopes { scopes: scopes.to_vec() })).await
    }

    /// `POST /api/nodes/{id}/command`. Returns when the command has ended or its time is over.
    pub async fn command_node(
        &self,
        id: &NodeId,
        command: &str,
        params: &Value,
        limit: Duration,
    ) -> Result<NodeCommand, ClientError> {
        let body = SendCommand {
            command: command.to_owned(),
            params: params.clone(),
            timeout_ms: Some(limit.as_millis() as u64),
        };
        let request = self.post(&["api", "nodes", id.as_str(), "command"])?;
        self.fetch(request.json(&body).within(limit + TO_ANSWER)).await
    }

    /// `GET /api/nodes/{id}/commands`, one page, newest first.
    pub async fn node_commands(
        &self,
        id: &NodeId,
        limit: usize,
        cursor: Option<String>,
    ) -> Result<List<NodeCommand>, ClientError> {
        let request = self.get(&["api", "nodes", id.as_str(), "commands"])?;
        self.fetch(request.query([("limit", Some(limit.to_string())), ("cursor", cursor)])).await
    }

    /// `DELETE /api/nodes/{id}`: its token is void from then on.
    pub async fn delete_node(&self, id: &NodeId) -> Result<(), ClientError> {
        self.execute(self.delete(&["api", "nodes", id.as_str()])?).await
    }
}
