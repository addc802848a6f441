//! The ledger of work.

mod item;
mod lists;
mod task;

use utoipa_axum::routes;

use crate::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(routes!(lists::list_active_tasks))
        .routes(routes!(lists::list_task_history))
        .routes(routes!(item::get_task))
        .routes(routes!(item::cancel_task))
}
