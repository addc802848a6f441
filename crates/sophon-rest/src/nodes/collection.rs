//! The tenant's nodes.

use axum::Json;
use axum::extract::State;
use sophon_api::{List, NewNode, Node, RegisteredNode};

use crate::Api;
use crate::created::Created;
use crate::error::Result;
use crate::extract::{Authorized, Body, Params};
use crate::list::{Listing, PageQuery};

/// List the nodes, oldest first
#[utoipa::path(
    get, path = "/api/nodes", tag = "Sophon Node", params(PageQuery),
    responses((status = 200, body = List<Node>)),
)]
pub(super) async fn list_nodes(
    State(gateway): Api,
    Authorized(caller): Authorized,
    list: Listing,
    Params(page): Params<PageQuery>,
) -> Result<Json<List<Node>>> {
    let nodes = gateway.nodes.list(&caller, list.page(page.limit, page.cursor.as_deref())?).await?;
    Ok(Json(list.answer(nodes, Node::from)))
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
) -> Result<Created<RegisteredNode>> {
    let registered = gateway.nodes.register(&caller, new.into()).await?;
    Ok(Created::at(format!("/api/nodes/{}", registered.node.id), registered.into()))
}
