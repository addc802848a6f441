//! Nodes and the commands that they are to run.

use serde_json::json;
use sophon_model::{
    Node, NodeCommand, NodeCommandId, NodeCommandStatus, NodeId, NodeScope, NodeSecrets, NodeStatus,
};

use super::{LATER, NOW, TENANT, USER};

/// A paired node that is online and may tell about its system.
pub fn node(id: impl Into<NodeId>) -> Node {
    let id = id.into();
    Node {
        tenant_id: TENANT.into(),
        name: id.to_string(),
        pairing_code: id.to_string(),
        id,
        platform: "linux".into(),
        status: NodeStatus::Paired,
        scopes: vec![NodeScope::SystemInfo],
        registered_by: USER.into(),
        decided_by: Some(USER.into()),
        version: None,
        is_online: true,
        last_seen_at: Some(NOW),
        uptime_seconds: None,
        cpu_percent: None,
        memory_mb: None,
        created_at: NOW,
        updated_at: NOW,
    }
}

/// What the node with this id proves itself by. The hashes are those of no secret.
pub fn node_secrets(id: impl Into<NodeId>) -> NodeSecrets {
    let node_id = id.into();
    NodeSecrets {
        pairing_hash: format!("{node_id}-pairing"),
        node_id,
        pairing_expires_at: LATER,
        pairing_failures: 0,
        token_hash: None,
    }
}

/// A command to `node` that waits to be handed out.
pub fn node_command(id: impl Into<NodeCommandId>, node: impl Into<NodeId>) -> NodeCommand {
    NodeCommand {
        id: id.into(),
        node_id: node.into(),
        tenant_id: TENANT.into(),
        command: "system.info".into(),
        params: json!({}),
        status: NodeCommandStatus::Queued,
        result: None,
        error_code: None,
        error_message: None,
        requested_by: USER.into(),
        task_id: None,
        created_at: NOW,
        expires_at: LATER,
        dispatched_at: None,
        ended_at: None,
    }
}
