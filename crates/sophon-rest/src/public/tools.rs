//! The tool catalogue.

use axum::Json;
use axum::extract::State;
use sophon_api::{List, ToolInfo};

use crate::Api;

/// List the tools
///
/// All that an agent can have. Which of them it has depends on its allowlist, and for some on for whom it works: those
/// for machines are there as long as one is paired. Also at `/tools`.
#[utoipa::path(
    get, path = "/api/tools", tag = "Public", security(()),
    responses((status = 200, body = List<ToolInfo>)),
)]
pub(super) async fn list_tools(State(gateway): Api) -> Json<List<ToolInfo>> {
    Json(List::whole(gateway.tools.catalogue().iter().map(ToolInfo::from)))
}
