//! Discussions and their runs.

mod collection;
mod discussion;
mod item;
mod run;
mod runs;

use utoipa_axum::routes;

use crate::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(routes!(collection::list_discussions, collection::create_discussion))
        .routes(routes!(item::get_discussion, item::update_discussion, item::delete_discussion))
        .routes(routes!(runs::list_discussion_runs, runs::start_discussion_run))
        .routes(routes!(runs::get_discussion_run))
        .routes(routes!(runs::cancel_discussion_run))
}
