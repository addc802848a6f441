//! Nodes: managing them, telling them what to do, and their own side of it.

mod collection;
mod command;
mod commands;
mod item;
mod me;
mod node;
mod pairing;

use utoipa_axum::routes;

use crate::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(routes!(collection::list_nodes, collection::register_node))
        .routes(routes!(item::get_node, item::update_node, item::delete_node))
        .routes(routes!(item::set_node_scopes))
        .routes(routes!(pairing::approve_node))
        .routes(routes!(pairing::reject_node))
        .routes(routes!(pairing::pair_node))
        .routes(routes!(commands::command_node))
        .routes(routes!(commands::list_node_commands))
        .routes(routes!(commands::get_node_command))
        .routes(routes!(me::send_heartbeat))
        .routes(routes!(me::take_commands))
        .routes(routes!(me::report_result))
}
