//! A command as this wire shows it.

use serde::Serialize;
use serde_json::Value;
use sophon_model::{NodeCommandId, NodeCommandStatus, NodeId, TaskId, UserId};
use utoipa::ToSchema;

use crate::time::Time;
use crate::words;

/// A command to a node.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NodeCommand {
    #[schema(value_type = String)]
    command_id: NodeCommandId,
    #[schema(value_type = String)]
    node_id: NodeId,
    #[schema(example = "system.info")]
    command: String,
    #[schema(value_type = Object)]
    params: Value,
    /// `unknown`: the node took it and did not say in time what became of it; `expired`: the node did not take it;
    /// `cancelled`: nobody waited for it any more, and the node had not taken it.
    #[schema(schema_with = words::node_command_status)]
    status: NodeCommandStatus,
    /// Whether it was done; null as long as nobody knows.
    #[schema(required)]
    ok: Option<bool>,
    /// What the node returned.
    #[schema(required, value_type = Option<Object>)]
    result: Option<Value>,
    #[schema(required)]
    error: Option<NodeError>,
    #[schema(value_type = String)]
    requested_by: UserId,
    /// The task that waits for it, if an agent sent it.
    #[schema(required, value_type = Option<String>)]
    task_id: Option<TaskId>,
    created_at: Time,
    expires_at: Time,
    #[schema(required)]
    dispatched_at: Option<Time>,
    #[schema(required)]
    ended_at: Option<Time>,
}

/// Why a command was not done.
#[derive(Serialize, ToSchema)]
pub(super) struct NodeError {
    /// `scope_denied`, `consent_denied`, `unsupported`, `timeout`, `failed`, `interrupted`, `cancelled`,
    /// `node_deleted` or the node's own.
    #[schema(example = "consent_denied")]
    code: String,
    message: String,
}

impl From<sophon_model::NodeCommand> for NodeCommand {
    fn from(command: sophon_model::NodeCommand) -> Self {
        let message = command.error_message;
        Self {
            ok: command.status.was_done(),
            command_id: command.id,
            node_id: command.node_id,
            command: command.command,
            params: command.params,
            status: command.status,
            result: command.result,
            error: command.error_code.map(|code| NodeError { code, message: message.unwrap_or_default() }),
            requested_by: command.requested_by,
            task_id: command.task_id,
            created_at: command.created_at.into(),
            expires_at: command.expires_at.into(),
            dispatched_at: command.dispatched_at.map(Time),
            ended_at: command.ended_at.map(Time),
        }
    }
}
