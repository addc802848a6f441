//! Agents, their files and the tools they may use.

mod agent;
mod collection;
mod files;
mod item;
mod tools;

use sophon_core::Gateway;
use sophon_model::{AgentId, Caller, Id, Result};
use utoipa_axum::routes;

use crate::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(routes!(collection::list_agents, collection::create_agent))
        .routes(routes!(item::get_agent, item::update_agent, item::delete_agent))
        .routes(routes!(files::get_agent_soul, files::put_agent_soul))
        .routes(routes!(files::get_agent_boot, files::put_agent_boot))
        .routes(routes!(files::get_agent_heartbeat, files::put_agent_heartbeat))
        .routes(routes!(tools::get_agent_tools, tools::put_agent_tools))
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
