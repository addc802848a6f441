//! Pairing: a person decides, and the node fetches its token.

use std::sync::Arc;

use axum::extract::State;
use axum::{Extension, Json};
use sophon_api::{ApproveNode, Node, PairNode, PairingState};
use sophon_model::{NodeId, Origin};

use crate::Api;
use crate::client::GatewayUrl;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id, OptionalBody};

/// Approve a node
///
/// Compare the code that it shows first, or send it along.
#[utoipa::path(
    post, path = "/api/nodes/{id}/approve", tag = "Sophon Node", params(("id" = NodeId, Path, description = "The node.")),
    request_body = Option<ApproveNode>, responses((status = 200, body = Node)),
)]
pub(super) async fn approve_node(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<NodeId>,
    OptionalBody(ApproveNode { scopes, pairing_code }): OptionalBody<ApproveNode>,
) -> Result<Json<Node>> {
    Ok(Json(gateway.nodes.approve(&caller, &id, scopes, pairing_code).await?.into()))
}

/// Turn a node down
#[utoipa::path(
    post, path = "/api/nodes/{id}/reject", tag = "Sophon Node", params(("id" = NodeId, Path, description = "The node.")),
    responses((status = 200, body = Node)),
)]
pub(super) async fn reject_node(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<NodeId>,
) -> Result<Json<Node>> {
    Ok(Json(gateway.nodes.reject(&caller, &id).await?.into()))
}

/// Pair, as a node
///
/// To be asked every 3 seconds. The token is handed out once; afterwards this is a conflict. Ten wrong secrets end
/// the pairing.
#[utoipa::path(
    post, path = "/api/nodes/me/pair", tag = "Sophon Node", security(()), request_body = PairNode,
    responses((status = 200, body = PairingState), (status = 409)),
)]
pub(super) async fn pair_node(
    State(gateway): Api,
    GatewayUrl(url): GatewayUrl,
    Extension(origin): Extension<Arc<Origin>>,
    Body(pair): Body<PairNode>,
) -> Result<Json<PairingState>> {
    let pairing = gateway.nodes.pair(&pair.node_id, pair.pairing_secret.reveal(), origin).await?;
    Ok(Json(PairingState::new(pairing, url)))
}
