//! Nodes: managing them, sending them commands, and their own side of it.

mod collection;
mod commands;
mod item;
mod me;
mod pairing;

use utoipa_axum::routes;

use crate::class::Class::{Begin, Decide, Read, Write};
use crate::router::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(Read, routes!(collection::list_nodes))
        .routes(Write, routes!(collection::register_node))
        .routes(Read, routes!(item::get_node))
        .routes(Write, routes!(item::update_node, item::delete_node))
        .routes(Write, routes!(item::set_node_scopes))
        .routes(Decide, routes!(pairing::approve_node))
        .routes(Decide, routes!(pairing::reject_node))
        .unkeyed(Write, routes!(pairing::pair_node))
        .routes(Begin, routes!(commands::command_node))
        .routes(Read, routes!(commands::list_node_commands))
        .routes(Read, routes!(commands::get_node_command))
        .unkeyed(Write, routes!(me::send_heartbeat))
        .routes(Read, routes!(me::take_commands))
        .unkeyed(Write, routes!(me::report_result))
}
