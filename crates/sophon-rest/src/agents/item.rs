//! One agent, by id or slug.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{Agent, AgentPatch};
use sophon_core::agents::AgentChange;

use crate::Api;
use crate::conditions::Conditions;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id};

/// Describe an agent
#[utoipa::path(
    get, path = "/api/agents/{id}", tag = "Agents", params(("id" = String, Path, description = "The agent, by id or slug.", example = "travel")),
    responses((status = 200, body = Agent)),
)]
pub(super) async fn get_agent(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<String>,
) -> Result<Json<Agent>> {
    Ok(Json(gateway.agents.get(&caller, &id).await?.into()))
}

/// Change an agent
#[utoipa::path(
    patch, path = "/api/agents/{id}", tag = "Agents",
    params(("id" = String, Path, description = "The agent, by id or slug.", example = "travel")), request_body = AgentPatch,
    responses((status = 200, body = Agent)),
)]
pub(super) async fn update_agent(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<String>,
    conditions: Conditions,
    Body(patch): Body<AgentPatch>,
) -> Result<Json<Agent>> {
    let change = AgentChange { only_if: conditions.on(Agent::from), ..patch.into() };
    Ok(Json(gateway.agents.update(&caller, &id, change).await?.into()))
}

/// Delete an agent
///
/// Its sessions stay. The last agent of a tenant cannot be deleted.
#[utoipa::path(
    delete, path = "/api/agents/{id}", tag = "Agents",
    params(("id" = String, Path, description = "The agent, by id or slug.", example = "travel")),
    responses((status = 204), (status = 409)),
)]
pub(super) async fn delete_agent(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<String>,
) -> Result<StatusCode> {
    gateway.agents.delete(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
