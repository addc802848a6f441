//! One node.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use sophon_model::{NodeId, NodeScope};
use utoipa::ToSchema;

use super::node::Node;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id};
use crate::{Api, words};

/// What is to change of a node.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NodePatch {
    /// 1 to 200 characters. `name` is taken for it too.
    #[serde(alias = "name")]
    display_name: String,
}

/// What a node may be told to do.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Scopes {
    #[schema(schema_with = words::node_scopes)]
    scopes: Vec<NodeScope>,
}

/// Describe a node
#[utoipa::path(
    get, path = "/api/nodes/{id}", tag = "Sophon Node", params(("id" = String, Path)),
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
    patch, path = "/api/nodes/{id}", tag = "Sophon Node", params(("id" = String, Path)),
    request_body = NodePatch, responses((status = 200, body = Node)),
)]
pub(super) async fn update_node(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<NodeId>,
    Body(patch): Body<NodePatch>,
) -> Result<Json<Node>> {
    Ok(Json(gateway.nodes.rename(&caller, &id, patch.display_name).await?.into()))
}

/// Delete a node
///
/// Its token is void from now on, and its connection ends within a second. Its commands are forgotten; who waits for
/// one is told `unknown`.
#[utoipa::path(
    delete, path = "/api/nodes/{id}", tag = "Sophon Node", params(("id" = String, Path)),
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

/// Say what a node may be told to do
///
/// All that it may; what is not named is taken away. A connected node is told at once.
#[utoipa::path(
    post, path = "/api/nodes/{id}/scopes", tag = "Sophon Node", params(("id" = String, Path)),
    request_body = Scopes, responses((status = 200, body = Node)),
)]
pub(super) async fn set_node_scopes(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<NodeId>,
    Body(Scopes { scopes }): Body<Scopes>,
) -> Result<Json<Node>> {
    Ok(Json(gateway.nodes.set_scopes(&caller, &id, scopes).await?.into()))
}
