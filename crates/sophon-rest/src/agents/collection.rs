//! The tenant's agents.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::agent::Agent;
use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Body, Params};
use crate::list::{List, PageQuery};

/// An agent to be made. What is absent gets the value that the first agent of a gateway has.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAgent {
    /// What people call it: 1 to 200 characters.
    name: String,
    /// Lower-case letters, digits, `-` and `_`; made from the name if absent.
    slug: Option<String>,
    /// At most 2,000 characters.
    description: Option<String>,
    model: Option<String>,
    /// Names, or prefixes that end in `*`; at most 200.
    tools: Option<Vec<String>>,
    /// SOUL.md, at most 100,000 characters.
    soul: Option<String>,
    /// BOOT.md, at most 100,000 characters.
    boot: Option<String>,
    /// HEARTBEAT.md, at most 100,000 characters.
    heartbeat: Option<String>,
}

impl From<NewAgent> for sophon_core::agents::NewAgent {
    fn from(new: NewAgent) -> Self {
        Self {
            name: new.name,
            slug: new.slug,
            description: new.description,
            model: new.model,
            tools: new.tools,
            soul: new.soul,
            boot: new.boot,
            heartbeat: new.heartbeat,
        }
    }
}

/// List the agents, oldest first
#[utoipa::path(
    get, path = "/api/agents", tag = "Agents", params(PageQuery),
    responses((status = 200, body = List<Agent>)),
)]
pub(super) async fn list_agents(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Params(page): Params<PageQuery>,
) -> Result<Json<List<Agent>>> {
    let agents = gateway.agents.list(&caller, page.into()).await?;
    Ok(Json(List::page(agents, Agent::from)))
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
) -> Result<(StatusCode, Json<Agent>)> {
    let agent = gateway.agents.create(&caller, new.into()).await?;
    Ok((StatusCode::CREATED, Json(agent.into())))
}
