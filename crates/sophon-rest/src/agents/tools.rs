//! The tools that an agent may use.

use axum::Json;
use axum::extract::State;
use sophon_api::AgentTools;
use sophon_core::agents::AgentChange;
use sophon_model::Agent;

use crate::Api;
use crate::conditions::Conditions;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id};

fn allowlist(agent: Agent) -> AgentTools {
    AgentTools { allowlist: agent.tools }
}

/// Read an agent's tool allowlist
#[utoipa::path(
    get, path = "/api/agents/{id}/tools", tag = "Agents",
    params(("id" = String, Path, description = "The agent, by id or slug.", example = "travel")),
    responses((status = 200, body = AgentTools)),
)]
pub(super) async fn get_agent_tools(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<String>,
) -> Result<Json<AgentTools>> {
    Ok(Json(allowlist(gateway.agents.get(&caller, &id).await?)))
}

/// Write an agent's tool allowlist
#[utoipa::path(
    put, path = "/api/agents/{id}/tools", tag = "Agents",
    params(("id" = String, Path, description = "The agent, by id or slug.", example = "travel")), request_body = AgentTools,
    responses((status = 200, body = AgentTools)),
)]
pub(super) async fn put_agent_tools(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<String>,
    conditions: Conditions,
    Body(tools): Body<AgentTools>,
) -> Result<Json<AgentTools>> {
    let only_if = conditions.on(allowlist);
    let change = AgentChange { tools: Some(tools.allowlist), only_if, ..AgentChange::default() };
    Ok(Json(allowlist(gateway.agents.update(&caller, &id, change).await?)))
}
