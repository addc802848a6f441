//! Discussions and their runs.

mod collection;
mod item;
mod runs;

use utoipa_axum::routes;

use crate::class::Class::{Begin, Decide, Read, Write};
use crate::router::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(Read, routes!(collection::list_discussions))
        .routes(Write, routes!(collection::create_discussion))
        .routes(Read, routes!(item::get_discussion))
        .routes(Write, routes!(item::update_discussion, item::delete_discussion))
        .routes(Read, routes!(runs::list_discussion_runs))
        .routes(Begin, routes!(runs::start_discussion_run))
        .routes(Read, routes!(runs::get_discussion_run))
        .routes(Decide, routes!(runs::cancel_discussion_run))
}
