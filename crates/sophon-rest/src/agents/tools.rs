//! The tools that an agent may use.

use axum::Json;
use axum::extract::State;
use sophon_api::AgentTools;
use sophon_core::agents::AgentChange;

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id};

/// Read an agent's tool allowlist
#[utoipa::path(
    get, path = "/api/agents/{id}/tools", tag = "Agents",
    params(("id" = String, Path, description = "id or slug")),
    responses((status = 200, body = AgentTools)),
)]
pub(super) async fn get_agent_tools(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<String>,
) -> Result<Json<AgentTools>> {
    let agent = gateway.agents.get(&caller, &id).await?;
    Ok(Json(AgentTools { allowlist: agent.tools }))
}

/// Write an agent's tool allowlist
#[utoipa::path(
    put, path = "/api/agents/{id}/tools", tag = "Agents",
    params(("id" = String, Path, description = "id or slug")), request_body = AgentTools,
    responses((status = 200, body = AgentTools)),
)]
pub(super) async fn put_agent_tools(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<String>,
    Body(tools): Body<AgentTools>,
) -> Result<Json<AgentTools>> {
    let change = AgentChange { tools: Some(tools.allowlist), ..AgentChange::default() };
    let agent = gateway.agents.update(&caller, &id, change).await?;
    Ok(Json(AgentTools { allowlist: agent.tools }))
}
