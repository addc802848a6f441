//! A node as this wire shows it.

use serde::Serialize;
use sophon_model::{NodeId, NodeScope, NodeStatus, UserId};
use utoipa::ToSchema;

use crate::time::Time;
use crate::words;

/// A machine that does what it is told within its scopes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Node {
    #[schema(value_type = String)]
    id: NodeId,
    name: String,
    /// The same as `name`.
    display_name: String,
    /// Its operating system: `linux`, `macos`, `windows`.
    platform: String,
    /// How far it has come.
    #[schema(schema_with = words::node_status)]
    status: NodeStatus,
    /// Whether it is connected, or was heard of within 90 seconds.
    online: bool,
    /// What it may be told to do.
    #[schema(schema_with = words::node_scopes)]
    scopes: Vec<NodeScope>,
    /// The code that it shows, for people to compare; null once it is paired.
    #[schema(required, example = "ABC-234")]
    pairing_code: Option<String>,
    #[schema(value_type = String)]
    registered_by: UserId,
    /// Who approved or rejected it.
    #[schema(required, value_type = Option<String>)]
    decided_by: Option<UserId>,
    /// The version of its program.
    #[schema(required)]
    version: Option<String>,
    #[schema(required)]
    last_seen_at: Option<Time>,
    /// How long the machine has been up, in seconds.
    #[schema(required)]
    uptime: Option<i64>,
    /// How busy its processors are, in per cent of all of them.
    #[schema(required)]
    cpu_percent: Option<i64>,
    /// The memory in use, in MiB.
    #[schema(required)]
    memory_mb: Option<i64>,
    created_at: Time,
    updated_at: Time,
}

impl From<sophon_model::Node> for Node {
    fn from(node: sophon_model::Node) -> Self {
        let is_paired = node.status == NodeStatus::Paired;
        Self {
            id: node.id,
            display_name: node.name.clone(),
            name: node.name,
            platform: node.platform,
            status: node.status,
            online: node.is_online,
            scopes: node.scopes,
            pairing_code: (!is_paired).then_some(node.pairing_code),
            registered_by: node.registered_by,
            decided_by: node.decided_by,
            version: node.version,
            last_seen_at: node.last_seen_at.map(Time),
            uptime: node.uptime_seconds,
            cpu_percent: node.cpu_percent,
            memory_mb: node.memory_mb,
            created_at: node.created_at.into(),
            updated_at: node.updated_at.into(),
        }
    }
}
