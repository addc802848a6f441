//! `/hubs/notifications`: announcements, and what becomes of nodes.

use serde::{Deserialize, Serialize};
use sophon_model::{NodeId, NodeStatus};
use utoipa::ToSchema;

use super::{hub_events, numbered};
use crate::{Announcement, Node, NodeCommand, Time};

hub_events! {
    /// What `/hubs/notifications` sends.
    pub enum NotificationEvent {
        /// An administrator announced something.
        SystemAnnouncement(SystemAnnouncement),
        /// A node was heard of after a silence.
        NodeOnline(NodePresence),
        /// A node has not been heard of for too long.
        NodeOffline(NodePresence),
        /// A node was deleted.
        NodeRemoved(NodePresence),
        /// A node was registered, decided on, paired, renamed or given other scopes. To those who subscribed to it.
        NodeChanged(NodeChanged),
        /// A node said how it is. To those who subscribed to it.
        NodeHeartbeat(NodeHeard),
        /// A command was sent, taken or ended. To those who subscribed to its node.
        NodeCommand(NodeCommandChanged),
    }
}

numbered! {
    /// An administrator announced something.
    SystemAnnouncement(Announcement);
    /// A node is otherwise than before.
    NodeChanged(Node);
    /// A command to a node was sent, taken or ended.
    NodeCommandChanged(NodeCommand);
}

/// A node came or went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodePresence {
    /// The node.
    pub node_id: NodeId,
    /// What people call it.
    pub name: String,
    /// Its operating system.
    pub platform: String,
    /// How far it has come.
    pub status: NodeStatus,
    /// When it was last heard of.
    #[schema(required)]
    pub last_seen_at: Option<Time>,
    /// The event's number.
    pub seq: u64,
}

impl NodePresence {
    /// Of a node as it is, or was.
    pub fn new(node: &sophon_model::Node, seq: u64) -> Self {
        Self {
            node_id: node.id.clone(),
            name: node.name.clone(),
            platform: node.platform.clone(),
            status: node.status,
            last_seen_at: node.last_seen_at.map(Time),
            seq,
        }
    }
}

/// A node said how it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeHeard {
    /// The node.
    pub node_id: NodeId,
    /// When.
    #[schema(required)]
    pub last_seen_at: Option<Time>,
    /// How long the machine has been up, in seconds.
    #[schema(required)]
    pub uptime: Option<i64>,
    /// How busy its processors are, in per cent of all of them.
    #[schema(required)]
    pub cpu_percent: Option<i64>,
    /// The memory in use, in MiB.
    #[schema(required)]
    pub memory_mb: Option<i64>,
    /// The event's number.
    pub seq: u64,
}

impl NodeHeard {
    /// Of a node that was heard of.
    pub fn new(node: &sophon_model::Node, seq: u64) -> Self {
        Self {
            node_id: node.id.clone(),
            last_seen_at: node.last_seen_at.map(Time),
            uptime: node.uptime_seconds,
            cpu_percent: node.cpu_percent,
            memory_mb: node.memory_mb,
            seq,
        }
    }
}

/// A node as clients name it: its bare id, or an object with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeRef {
    /// The node.
    pub node_id: NodeId,
}

impl From<NodeId> for NodeRef {
    fn from(node_id: NodeId) -> Self {
        Self { node_id }
    }
}
