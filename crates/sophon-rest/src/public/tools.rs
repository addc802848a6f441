//! The tool catalogue.

use axum::Json;
use axum::extract::State;
use sophon_api::{List, ToolInfo};

use crate::Api;
use crate::error::Result;
use crate::extract::Params;
use crate::list::{Listing, PageQuery};

/// List the tools
///
/// All that an agent can have. Which of them it has depends on its allowlist, and for some on for whom it works: those
/// for machines are there as long as one is paired. Also at `/tools`.
#[utoipa::path(
    get, path = "/api/tools", tag = "Public", params(PageQuery), security(()),
    responses((status = 200, body = List<ToolInfo>)),
)]
pub(super) async fn list_tools(
    State(gateway): Api,
    list: Listing,
    Params(page): Params<PageQuery>,
) -> Result<Json<List<ToolInfo>>> {
    let tools = gateway.tools.catalogue().iter().map(ToolInfo::from).collect();
    Ok(Json(list.slice(tools, &page, |tool: &ToolInfo| tool.name.clone(), |tool| tool)?))
}
