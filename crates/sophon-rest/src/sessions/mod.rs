//! Sessions and their messages.

mod collection;
mod copies;
mod export;
mod item;
mod marks;
mod messages;
mod participants;
mod search;

use utoipa_axum::routes;

use crate::class::Class::{Chat, Read, Write};
use crate::router::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(Read, routes!(collection::list_sessions))
        .routes(Write, routes!(collection::create_session))
        .routes(Read, routes!(item::get_session))
        .routes(Write, routes!(item::update_session, item::delete_session))
        .routes(Read, routes!(export::export_session))
        .routes(Read, routes!(marks::get_session_marks))
        .routes(Write, routes!(marks::update_session_marks))
        .routes(Write, routes!(marks::mark_sessions))
        .routes(Write, routes!(marks::delete_sessions))
        .routes(Read, routes!(marks::list_session_tags))
        .routes(Read, routes!(messages::list_messages))
        .routes(Read, routes!(search::search_messages))
        .routes(Read, routes!(participants::list_participants))
        .routes(Write, routes!(participants::share_session))
        .routes(Write, routes!(participants::unshare_session))
        .routes(Write, routes!(copies::fork_session))
        .routes(Chat, routes!(copies::regenerate_answer))
        .routes(Chat, routes!(copies::edit_message))
        .routes(Read, routes!(copies::list_branches))
}
