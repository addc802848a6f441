//! *Sophon Node*: machines that do what they are told within their scopes.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sophon_model::{
    NodeCommandId, NodeCommandStatus, NodeId, NodeScope, NodeStatus, TaskId, Timestamp, UserId,
};

use crate::{Client, ClientError, List, time};

/// How long the gateway may take beyond the time of a command.
const TO_ANSWER: Duration = Duration::from_secs(15);

/// A machine.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Node {
    /// Its id.
    pub id: NodeId,
    /// What people call it.
    pub name: String,
    /// Its operating system.
    pub platform: String,
    /// How far it has come.
    pub status: NodeStatus,
    /// Whether it is there.
    pub online: bool,
    /// What it may be told to do.
    pub scopes: Vec<NodeScope>,
    /// The code that it shows until it is paired.
    pub pairing_code: Option<String>,
    /// The version of its program.
    pub version: Option<String>,
    /// When it was last heard of.
    #[serde(default, with = "time::optional")]
    pub last_seen_at: Option<Timestamp>,
    /// How long the machine has been up, in seconds.
    pub uptime: Option<i64>,
    /// How busy its processors are, in per cent of all of them.
    pub cpu_percent: Option<i64>,
    /// The memory in use, in MiB.
    pub memory_mb: Option<i64>,
    /// When it was registered.
    #[serde(with = "time::rfc3339")]
    pub created_at: Timestamp,
}

/// A machine that was just registered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RegisteredNode {
    /// The machine.
    #[serde(flatten)]
    pub node: Node,
    /// What its program pairs with. It is shown this once.
    pub pairing_secret: String,
    /// Until when it can be paired.
    #[serde(with = "time::rfc3339")]
    pub expires_at: Timestamp,
}

/// What a machine was told to do, and what came of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeCommand {
    /// Its id.
    pub command_id: NodeCommandId,
    /// The machine.
    pub node_id: NodeId,
    /// What to do.
    pub command: String,
    /// With which parameters.
    pub params: Value,
    /// Where it stands.
    pub status: NodeCommandStatus,
    /// Whether it was done, if that is known.
    pub ok: Option<bool>,
    /// What the machine returned.
    pub result: Option<Value>,
    /// Why it was not done.
    pub error: Option<NodeError>,
    /// In whose name.
    pub requested_by: UserId,
    /// The task that waited for it, if an agent sent it.
    pub task_id: Option<TaskId>,
    /// When it was sent.
    #[serde(with = "time::rfc3339")]
    pub created_at: Timestamp,
    /// When it ended.
    #[serde(default, with = "time::optional")]
    pub ended_at: Option<Timestamp>,
}

/// Why a command was not done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeError {
    /// For programs.
    pub code: String,
    /// For people.
    pub message: String,
}

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
        let new = json!({ "displayName": name, "platform": platform, "scopes": scopes });
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
        self.fetch(request.json(&json!({ "pairingCode": code, "scopes": scopes }))).await
    }

    /// `POST /api/nodes/{id}/reject`.
    pub async fn reject_node(&self, id: &NodeId) -> Result<Node, ClientError> {
        self.fetch(self.post(&["api", "nodes", id.as_str(), "reject"])?).await
    }

    /// `POST /api/nodes/{id}/scopes`: all that it may, in place of what it might before.
    pub async fn set_node_scopes(&self, id: &NodeId, scopes: &[NodeScope]) -> Result<Node, ClientError> {
        let request = self.post(&["api", "nodes", id.as_str(), "scopes"])?;
        self.fetch(request.json(&json!({ "scopes": scopes }))).await
    }

    /// `POST /api/nodes/{id}/command`. Returns when the command has ended or its time is over.
    pub async fn command_node(
        &self,
        id: &NodeId,
        command: &str,
        params: &Value,
        limit: Duration,
    ) -> Result<NodeCommand, ClientError> {
        let body = json!({ "command": command, "params": params, "timeoutMs": limit.as_millis() as u64 });
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
        self.tell(self.delete(&["api", "nodes", id.as_str()])?).await
    }
}
