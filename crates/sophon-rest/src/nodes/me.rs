//! The node's own side: for those that cannot keep a connection to `/hubs/node`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sophon_core::nodes::{Heartbeat, Outcome};
use sophon_model::NodeCommandId;
use utoipa::ToSchema;

use crate::Api;
use crate::error::Result;
use crate::extract::{AuthorizedNode, Body, Id, Params};
use crate::list::List;

/// How a node is.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[expect(dead_code, reason = "who it is, its token says, and that it is online, its coming")]
pub(super) struct NodeHeartbeat {
    /// Taken for what other clients send; the token says which node it is.
    node_id: Option<String>,
    /// `online`
    status: Option<String>,
    /// How long the machine has been up, in seconds.
    uptime: Option<f64>,
    platform: Option<String>,
    version: Option<String>,
    cpu_percent: Option<f64>,
    memory_mb: Option<f64>,
}

impl From<NodeHeartbeat> for Heartbeat {
    fn from(said: NodeHeartbeat) -> Self {
        let whole = |number: Option<f64>| number.map(|number| number.round() as i64);
        Self {
            platform: said.platform,
            version: said.version,
            uptime_seconds: whole(said.uptime),
            cpu_percent: whole(said.cpu_percent),
            memory_mb: whole(said.memory_mb),
        }
    }
}

/// How long to wait.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct Wait {
    /// Seconds to wait for a command if there is none: 0 unless told otherwise, at most 30.
    #[param(minimum = 0, maximum = 30)]
    wait: Option<u64>,
}

/// A command as the node is told it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExecuteCommand {
    #[schema(value_type = String)]
    command_id: NodeCommandId,
    command: String,
    #[schema(value_type = Object)]
    params: Value,
    /// How long the node may take from now on.
    timeout_ms: u64,
}

/// What became of a command.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CommandResult {
    /// Whether it was done.
    ok: bool,
    /// At most 262,144 bytes of JSON.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    result: Value,
    /// Why it was not done.
    error: Option<ReportedError>,
}

/// Why a command was not done.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ReportedError {
    code: String,
    #[serde(default)]
    message: String,
}

impl From<CommandResult> for Outcome {
    fn from(reported: CommandResult) -> Self {
        match reported {
            CommandResult { ok: true, result, .. } => Outcome::Done(result),
            CommandResult { error: Some(ReportedError { code, message }), .. } => {
                Outcome::Failed { code, message }
            }
            CommandResult { error: None, .. } => {
                Outcome::Failed { code: "failed".into(), message: "The node did not say why.".into() }
            }
        }
    }
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
    gateway.nodes.heard(&node, heartbeat.into()).await?;
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
    Ok(Json(List::whole(commands.into_iter().map(|command| ExecuteCommand {
        timeout_ms: gateway.nodes.time_left(&command).as_millis() as u64,
        command_id: command.id,
        command: command.command,
        params: command.params,
    }))))
}

/// Report, as a node, what became of a command
///
/// The first report counts; more do no harm.
#[utoipa::path(
    post, path = "/api/nodes/me/commands/{commandId}/result", tag = "Sophon Node",
    params(("commandId" = String, Path)), request_body = CommandResult, responses((status = 204)),
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
