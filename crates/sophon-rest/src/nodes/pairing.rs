//! Pairing: a person decides, and the node fetches its token.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use sophon_core::nodes::Pairing;
use sophon_model::{NodeId, NodeScope};
use utoipa::ToSchema;

use super::node::Node;
use crate::client::GatewayUrl;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id, OptionalBody};
use crate::{Api, words};

/// How a node is approved.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ApproveNode {
    /// What it may be told to do; as it was registered if absent.
    #[schema(schema_with = words::node_scopes)]
    scopes: Option<Vec<NodeScope>>,
    /// The code that the node shows; another than that is refused, and counted.
    #[schema(example = "ABC-234")]
    pairing_code: Option<String>,
}

/// What a node pairs with.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct PairNode {
    #[schema(value_type = String)]
    node_id: NodeId,
    /// `s_…`
    pairing_secret: String,
}

/// How far the pairing has come.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PairingState {
    /// `pending`, `approved` or `rejected`.
    #[schema(schema_with = words::pairing_state)]
    status: &'static str,
    /// The code to show, while it waits.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pairing_code: Option<String>,
    /// `<nodeId>.<secret>`, handed out this once.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token: Option<String>,
    /// Where to connect to, with the token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    gateway_url: Option<String>,
}

/// Approve a node
///
/// Compare the code that it shows first, or send it along.
#[utoipa::path(
    post, path = "/api/nodes/{id}/approve", tag = "Sophon Node", params(("id" = String, Path)),
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
    post, path = "/api/nodes/{id}/reject", tag = "Sophon Node", params(("id" = String, Path)),
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
    responses((status = 200, body = PairingState)),
)]
pub(super) async fn pair_node(
    State(gateway): Api,
    GatewayUrl(url): GatewayUrl,
    Body(pair): Body<PairNode>,
) -> Result<Json<PairingState>> {
    let pairing = gateway.nodes.pair(&pair.node_id, &pair.pairing_secret).await?;
    let nothing = PairingState { status: "rejected", pairing_code: None, token: None, gateway_url: None };
    Ok(Json(match pairing {
        Pairing::Pending(code) => PairingState { status: "pending", pairing_code: Some(code), ..nothing },
        Pairing::Approved(token) => {
            PairingState { status: "approved", token: Some(token), gateway_url: Some(url), ..nothing }
        }
        Pairing::Rejected => nothing,
    }))
}
