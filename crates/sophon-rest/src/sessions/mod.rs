//! Sessions and their messages.

mod collection;
mod copies;
mod item;
mod message;
mod messages;
mod session;

pub(crate) use message::{ToolCall, Usage};

use utoipa_axum::routes;

use crate::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(routes!(collection::list_sessions, collection::create_session))
        .routes(routes!(item::get_session, item::update_session, item::delete_session))
        .routes(routes!(messages::list_messages))
        .routes(routes!(copies::fork_session))
        .routes(routes!(copies::regenerate_answer))
}
