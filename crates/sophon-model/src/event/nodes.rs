//! Nodes come and go, and run commands.

use serde::{Deserialize, Serialize};

use super::Audience;
use crate::{Node, NodeCommand, NodeId, Permission, TenantId};

/// What became of a node. It concerns who watches the node; its coming, going and settings also those who manage nodes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "node_event", rename_all = "snake_case")]
pub enum NodeEvent {
    /// It was registered, decided on, paired, renamed or given other scopes.
    Changed {
        /// The node, as it is now.
        node: Box<Node>,
    },
    /// It was deleted: its token is void.
    Removed {
        /// The node, as it was.
        node: Box<Node>,
    },
    /// It was heard of after a silence.
    Online {
        /// The node.
        node: Box<Node>,
    },
    /// It has not been heard of for too long.
    Offline {
        /// The node.
        node: Box<Node>,
    },
    /// A heartbeat. Never stored.
    Heard {
        /// The node.
        node: Box<Node>,
    },
    /// A command was sent, taken or ended.
    Command {
        /// The command, as it is now.
        command: Box<NodeCommand>,
    },
}

impl NodeEvent {
    pub(super) fn audience(&self) -> Vec<Audience<'_>> {
        let (node, tenant) = self.about();
        match self {
            NodeEvent::Changed { .. }
            | NodeEvent::Removed { .. }
            | NodeEvent::Online { .. }
            | NodeEvent::Offline { .. } => {
                vec![Audience::Node(node), Audience::Holders(tenant, Permission::ManageNodes)]
            }
            NodeEvent::Heard { .. } | NodeEvent::Command { .. } => vec![Audience::Node(node)],
        }
    }

    pub(super) fn is_durable(&self) -> bool {
        match self {
            NodeEvent::Changed { .. }
            | NodeEvent::Removed { .. }
            | NodeEvent::Online { .. }
            | NodeEvent::Offline { .. }
            | NodeEvent::Command { .. } => true,
            NodeEvent::Heard { .. } => false,
        }
    }

    fn about(&self) -> (&NodeId, &TenantId) {
        match self {
            NodeEvent::Changed { node }
            | NodeEvent::Removed { node }
            | NodeEvent::Online { node }
            | NodeEvent::Offline { node }
            | NodeEvent::Heard { node } => (&node.id, &node.tenant_id),
            NodeEvent::Command { command } => (&command.node_id, &command.tenant_id),
        }
    }
}
