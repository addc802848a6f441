//! Agents, their files and the tools they may use.

mod collection;
mod files;
mod item;
mod tools;

use sophon_core::Gateway;
use sophon_model::{AgentId, Caller, Id, Result};
use utoipa_axum::routes;

use crate::class::Class::{Read, Write};
use crate::router::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(Read, routes!(collection::list_agents))
        .routes(Write, routes!(collection::create_agent))
        .routes(Read, routes!(item::get_agent))
        .routes(Write, routes!(item::update_agent, item::delete_agent))
        .routes(Read, routes!(files::get_agent_soul))
        .routes(Write, routes!(files::put_agent_soul))
        .routes(Read, routes!(files::get_agent_boot))
        .routes(Write, routes!(files::put_agent_boot))
        .routes(Read, routes!(files::get_agent_heartbeat))
        .routes(Write, routes!(files::put_agent_heartbeat))
        .routes(Read, routes!(tools::get_agent_tools))
        .routes(Write, routes!(tools::put_agent_tools))
}

/// The id of the agent that a filter names by id or slug. An id is taken as it is: the agent may be gone, and what it
/// did is still there.
pub(crate) async fn named(
    gateway: &Gateway,
    caller: &Caller,
    id_or_slug: Option<String>,
) -> Result<Option<AgentId>> {
    match id_or_slug {
        None => Ok(None),
        Some(id) if id.starts_with(AgentId::PREFIX) => Ok(Some(id.into())),
        Some(slug) => Ok(Some(gateway.agents.get(caller, &slug).await?.id)),
    }
}
