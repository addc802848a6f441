//! The node's own side: for those that cannot keep a connection to `/hubs/node`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use sophon_api::{CommandResult, ExecuteCommand, List, NodeHeartbeat};
use sophon_model::NodeCommandId;

use crate::Api;
use crate::error::Result;
use crate::extract::{AuthorizedNode, Body, Id, Params};

/// How long to wait.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wait {
    /// Seconds to wait for a command if there is none: 0 by default, at most 30.
    #[param(minimum = 0, maximum = 30)]
    wait: Option<u64>,
}

/// Say, as a node, that it is there
#[utoipa::path(
    post, path = "/api/nodes/me/heartbeat", tag = "Sophon Node", request_body = NodeHeartbeat,
    responses((status = 204)),
)]
pub(super) async fn send_heartbeat(
    State(gateway): Api,
    AuthorizedNode(node): AuthorizedNode,
    Body(heartbeat): Body<NodeHeartbeat>,
) -> Result<StatusCode> {
    gateway.nodes.record_heartbeat(&node, heartbeat.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Take, as a node, the commands that wait
///
/// Each is handed out once, here or on `/hubs/node`: remember it before doing it.
#[utoipa::path(
    get, path = "/api/nodes/me/commands", tag = "Sophon Node", params(Wait),
    responses((status = 200, body = List<ExecuteCommand>)),
)]
pub(super) async fn take_commands(
    State(gateway): Api,
    AuthorizedNode(node): AuthorizedNode,
    Params(Wait { wait }): Params<Wait>,
) -> Result<Json<List<ExecuteCommand>>> {
    let wait = Duration::from_secs(wait.unwrap_or_default());
    let commands = gateway.nodes.take_commands(&node, wait).await?;
    let told = commands.into_iter().map(|command| {
        let left = gateway.nodes.time_left(&command);
        ExecuteCommand::new(command, left)
    });
    Ok(Json(List::whole(told)))
}

/// Report, as a node, what became of a command
///
/// The first report counts; more do no harm.
#[utoipa::path(
    post, path = "/api/nodes/me/commands/{commandId}/result", tag = "Sophon Node",
    params(("commandId" = NodeCommandId, Path, description = "The command.")), request_body = CommandResult, responses((status = 204)),
)]
pub(super) async fn report_result(
    State(gateway): Api,
    AuthorizedNode(node): AuthorizedNode,
    Id(id): Id<NodeCommandId>,
    Body(reported): Body<CommandResult>,
) -> Result<StatusCode> {
    gateway.nodes.report(&node, &id, reported.into()).await?;
    Ok(StatusCode::NO_CONTENT)
}
