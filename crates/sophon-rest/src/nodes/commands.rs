//! Telling a node what to do.

use axum::Json;
use axum::extract::State;
use sophon_api::{List, NodeCommand, SendCommand};
use sophon_model::{NodeCommandId, NodeId};

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id, Ids, Params};
use crate::list::{Listing, PageQuery};

/// Tell a node to do something
///
/// Answers when the command has ended or its time is over; `status` says which. If the client disconnects before the
/// node takes the command, it is cancelled. A command of high risk needs the
/// right to approve actions as well. What the node's scopes do not cover is refused with the code `scope_denied`, and
/// a node that is away is a conflict with the code `node_offline`.
#[utoipa::path(
    post, path = "/api/nodes/{id}/command", tag = "Sophon Node", params(("id" = NodeId, Path, description = "The node.")),
    request_body = SendCommand, responses((status = 200, body = NodeCommand)),
)]
pub(super) async fn command_node(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(node): Id<NodeId>,
    Body(send): Body<SendCommand>,
) -> Result<Json<NodeCommand>> {
    Ok(Json(gateway.nodes.command(&caller, send.to(node)).await?.into()))
}

/// List the commands of a node, newest first
#[utoipa::path(
    get, path = "/api/nodes/{id}/commands", tag = "Sophon Node", params(("id" = NodeId, Path, description = "The node."), PageQuery),
    responses((status = 200, body = List<NodeCommand>)),
)]
pub(super) async fn list_node_commands(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<NodeId>,
    list: Listing,
    Params(page): Params<PageQuery>,
) -> Result<Json<List<NodeCommand>>> {
    let commands =
        gateway.nodes.commands(&caller, &id, list.page(page.limit, page.cursor.as_deref())?).await?;
    Ok(Json(list.answer(commands, NodeCommand::from)))
}

/// Describe a command
#[utoipa::path(
    get, path = "/api/nodes/{id}/commands/{commandId}", tag = "Sophon Node",
    params(("id" = NodeId, Path, description = "The node."), ("commandId" = NodeCommandId, Path, description = "The command.")),
    responses((status = 200, body = NodeCommand)),
)]
pub(super) async fn get_node_command(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Ids(node, command): Ids<NodeId, NodeCommandId>,
) -> Result<Json<NodeCommand>> {
    Ok(Json(gateway.nodes.get_command(&caller, &node, &command).await?.into()))
}
