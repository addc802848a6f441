//! Commands to nodes.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::ports::{Ends, Entity, Insert, Key, Order, Scoped, Table};
use crate::words::text_enum;
use crate::{NodeCommandId, NodeId, TaskId, TenantId, Timestamp, UserId};

text_enum! {
    /// Where a command stands. It is handed to its node once, so that it never runs twice.
    pub enum NodeCommandStatus {
        /// It waits for the node to take it.
        Queued = "queued",
        /// It was handed to the node.
        Dispatched = "dispatched",
        /// The node did it.
        Completed = "completed",
        /// The node did not do it, and said why.
        Failed = "failed",
        /// It was handed to the node, which did not say in time what became of it: it may have run.
        Unknown = "unknown",
        /// The node did not take it in time: it did not run.
        Expired = "expired",
        /// Called back before the node took it: it did not run.
        Cancelled = "cancelled",
    }
}

impl NodeCommandStatus {
    /// Whether the caller has its answer. The node may still tell the truth about an [`Unknown`](Self::Unknown) one.
    pub const fn is_final(self) -> bool {
        !matches!(self, NodeCommandStatus::Queued | NodeCommandStatus::Dispatched)
    }

    /// Whether the node did it; nothing as long as nobody knows.
    pub const fn was_done(self) -> Option<bool> {
        match self {
            NodeCommandStatus::Completed => Some(true),
            NodeCommandStatus::Failed | NodeCommandStatus::Expired | NodeCommandStatus::Cancelled => {
                Some(false)
            }
            NodeCommandStatus::Queued | NodeCommandStatus::Dispatched | NodeCommandStatus::Unknown => None,
        }
    }
}

/// A command to a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeCommand {
    /// Its id. A node runs each id at most once.
    pub id: NodeCommandId,
    /// The node.
    pub node_id: NodeId,
    /// The tenant it belongs to.
    pub tenant_id: TenantId,
    /// What to do, for example `system.info`.
    pub command: String,
    /// With which parameters.
    pub params: Value,
    /// Where it stands.
    pub status: NodeCommandStatus,
    /// What the node returned.
    pub result: Option<Value>,
    /// Why it was not done, for programs: `consent_denied`, `unsupported`, `timeout`, `failed`, …
    pub error_code: Option<String>,
    /// The same for people.
    pub error_message: Option<String>,
    /// In whose name.
    pub requested_by: UserId,
    /// The task that waits for it, if an agent sent it.
    pub task_id: Option<TaskId>,
    /// When it was sent.
    pub created_at: Timestamp,
    /// Until when its answer is waited for.
    pub expires_at: Timestamp,
    /// When the node took it.
    pub dispatched_at: Option<Timestamp>,
    /// When it ended.
    pub ended_at: Option<Timestamp>,
}

impl Entity for NodeCommand {
    const TABLE: &'static Table = &Table::new("node_commands", "command")
        .json(&["params", "result"])
        .order(Order::newest_first(&["created_at", "id"]));
}

impl Insert for NodeCommand {}

impl Ends for NodeCommand {
    const ENDED: &'static str = "ended_at";
}

impl Key for NodeCommandId {
    type Of = NodeCommand;
}

impl Scoped for NodeCommand {
    type Scope = NodeId;
    const SCOPE: &'static str = "node_id";
}
