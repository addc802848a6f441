//! The tenant's agents.

use axum::Json;
use axum::extract::State;
use sophon_api::{Agent, List, NewAgent};

use crate::Api;
use crate::created::Created;
use crate::error::Result;
use crate::extract::{Authorized, Body, Params};
use crate::list::{Listing, PageQuery};

/// List the agents, oldest first
#[utoipa::path(
    get, path = "/api/agents", tag = "Agents", params(PageQuery),
    responses((status = 200, body = List<Agent>)),
)]
pub(super) async fn list_agents(
    State(gateway): Api,
    Authorized(caller): Authorized,
    list: Listing,
    Params(page): Params<PageQuery>,
) -> Result<Json<List<Agent>>> {
    let agents = gateway.agents.list(&caller, list.page(page.limit, page.cursor.as_deref())?).await?;
    Ok(Json(list.answer(agents, Agent::from)))
}

/// Make an agent
#[utoipa::path(
    post, path = "/api/agents", tag = "Agents", request_body = NewAgent,
    responses((status = 201, body = Agent)),
)]
pub(super) async fn create_agent(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Body(new): Body<NewAgent>,
) -> Result<Created<Agent>> {
    let agent = gateway.agents.create(&caller, new.into()).await?;
    Ok(Created::at(format!("/api/agents/{}", agent.id), agent.into()))
}
