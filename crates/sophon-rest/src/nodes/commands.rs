//! Telling a node what to do.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use sophon_core::nodes;
use sophon_model::{NodeCommandId, NodeId};
use utoipa::ToSchema;

use super::command::NodeCommand;
use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id, Ids, Params};
use crate::list::{List, PageQuery};
use crate::words;

/// What a node is to do.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SendCommand {
    #[schema(schema_with = words::node_command, example = "system.info")]
    command: String,
    /// At most 65,536 bytes of JSON.
    #[serde(default = "no_params")]
    #[schema(value_type = Object)]
    params: Value,
    /// How long to wait for the outcome: 30,000 unless told otherwise.
    #[schema(minimum = 1_000, maximum = 600_000)]
    timeout_ms: Option<u64>,
}

fn no_params() -> Value {
    serde_json::json!({})
}

/// Tell a node to do something
///
/// Answers when the command has ended or its time is over; `status` says which. Who hangs up before the node took the
/// command calls it back. A command of high risk needs the
/// right to approve actions as well. What the node's scopes do not cover is refused with the code `scope_denied`, and
/// a node that is away is a conflict with the code `node_offline`.
#[utoipa::path(
    post, path = "/api/nodes/{id}/command", tag = "Sophon Node", params(("id" = String, Path)),
    request_body = SendCommand, responses((status = 200, body = NodeCommand)),
)]
pub(super) async fn command_node(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(node): Id<NodeId>,
    Body(SendCommand { command, params, timeout_ms }): Body<SendCommand>,
) -> Result<Json<NodeCommand>> {
    let send = nodes::SendCommand { node, command, params, time: timeout_ms.map(Duration::from_millis) };
    Ok(Json(gateway.nodes.command(&caller, send).await?.into()))
}

/// List the commands of a node, newest first
#[utoipa::path(
    get, path = "/api/nodes/{id}/commands", tag = "Sophon Node", params(("id" = String, Path), PageQuery),
    responses((status = 200, body = List<NodeCommand>)),
)]
pub(super) async fn list_node_commands(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<NodeId>,
    Params(page): Params<PageQuery>,
) -> Result<Json<List<NodeCommand>>> {
    let commands = gateway.nodes.commands(&caller, &id, page.into()).await?;
    Ok(Json(List::page(commands, NodeCommand::from)))
}

/// Describe a command
#[utoipa::path(
    get, path = "/api/nodes/{id}/commands/{commandId}", tag = "Sophon Node",
    params(("id" = String, Path), ("commandId" = String, Path)),
    responses((status = 200, body = NodeCommand)),
)]
pub(super) async fn get_node_command(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Ids(node, command): Ids<NodeId, NodeCommandId>,
) -> Result<Json<NodeCommand>> {
    Ok(Json(gateway.nodes.get_command(&caller, &node, &command).await?.into()))
}
