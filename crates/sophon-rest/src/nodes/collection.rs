//! The tenant's nodes.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use sophon_core::nodes;
use sophon_model::NodeScope;
use utoipa::ToSchema;

use super::node::Node;
use crate::error::Result;
use crate::extract::{Authorized, Body, Params};
use crate::list::{List, PageQuery};
use crate::time::Time;
use crate::{Api, words};

/// A node to be registered.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewNode {
    /// What to call it: 1 to 200 characters. `name` is taken for it too.
    #[serde(alias = "name")]
    display_name: String,
    /// Its operating system, for example `linux`.
    platform: String,
    /// What it may be told to do; nothing if absent. Whoever approves it can change that.
    #[serde(default)]
    #[schema(schema_with = words::node_scopes)]
    scopes: Vec<NodeScope>,
}

/// A node that was just registered.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RegisteredNode {
    #[serde(flatten)]
    node: Node,
    /// What its program pairs with, shown this once.
    #[schema(example = "s_3fG9xQ…")]
    pairing_secret: String,
    /// Until when it can be paired: for 15 minutes.
    expires_at: Time,
}

/// List the nodes, oldest first
#[utoipa::path(
    get, path = "/api/nodes", tag = "Sophon Node", params(PageQuery),
    responses((status = 200, body = List<Node>)),
)]
pub(super) async fn list_nodes(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Params(page): Params<PageQuery>,
) -> Result<Json<List<Node>>> {
    let nodes = gateway.nodes.list(&caller, page.into()).await?;
    Ok(Json(List::page(nodes, Node::from)))
}

/// Register a node
///
/// Give its id and the pairing secret to the program on the machine (`sophon-node pair`), which shows the code; then
/// approve it.
#[utoipa::path(
    post, path = "/api/nodes", tag = "Sophon Node", request_body = NewNode,
    responses((status = 201, body = RegisteredNode)),
)]
pub(super) async fn register_node(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Body(new): Body<NewNode>,
) -> Result<(StatusCode, Json<RegisteredNode>)> {
    let new = nodes::NewNode { name: new.display_name, platform: new.platform, scopes: new.scopes };
    let nodes::RegisteredNode { node, pairing_secret, expires_at } =
        gateway.nodes.register(&caller, new).await?;
    let registered = RegisteredNode { node: node.into(), pairing_secret, expires_at: expires_at.into() };
    Ok((StatusCode::CREATED, Json(registered)))
}
