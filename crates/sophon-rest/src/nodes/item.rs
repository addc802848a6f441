//! One node.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{Node, NodePatch, NodeScopes};
use sophon_model::NodeId;

use crate::Api;
use crate::conditions::Conditions;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id};

/// Describe a node
#[utoipa::path(
    get, path = "/api/nodes/{id}", tag = "Sophon Node", params(("id" = NodeId, Path, description = "The node.")),
    responses((status = 200, body = Node)),
)]
pub(super) async fn get_node(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<NodeId>,
) -> Result<Json<Node>> {
    Ok(Json(gateway.nodes.get(&caller, &id).await?.into()))
}

/// Rename a node
#[utoipa::path(
    patch, path = "/api/nodes/{id}", tag = "Sophon Node", params(("id" = NodeId, Path, description = "The node.")),
    request_body = NodePatch, responses((status = 200, body = Node)),
)]
pub(super) async fn update_node(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<NodeId>,
    conditions: Conditions,
    Body(patch): Body<NodePatch>,
) -> Result<Json<Node>> {
    let only_if = conditions.on(Node::from);
    Ok(Json(gateway.nodes.rename(&caller, &id, patch.display_name, only_if).await?.into()))
}

/// Delete a node
///
/// Its token is void from now on, and its connection ends within a second. Its commands are forgotten; who waits for
/// one is told `unknown`.
#[utoipa::path(
    delete, path = "/api/nodes/{id}", tag = "Sophon Node", params(("id" = NodeId, Path, description = "The node.")),
    responses((status = 204)),
)]
pub(super) async fn delete_node(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<NodeId>,
) -> Result<StatusCode> {
    gateway.nodes.revoke(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Say what a node may be instructed to do
///
/// All that it may; what is not named is taken away. A connected node is notified at once.
#[utoipa::path(
    post, path = "/api/nodes/{id}/scopes", tag = "Sophon Node", params(("id" = NodeId, Path, description = "The node.")),
    request_body = NodeScopes, responses((status = 200, body = Node)),
)]
pub(super) async fn set_node_scopes(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<NodeId>,
    Body(NodeScopes { scopes }): Body<NodeScopes>,
) -> Result<Json<Node>> {
    Ok(Json(gateway.nodes.set_scopes(&caller, &id, scopes).await?.into()))
}
