//! The ledger of work.

mod item;
mod lists;

use utoipa_axum::routes;

use crate::class::Class::{Decide, Read};
use crate::router::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(Read, routes!(lists::list_active_tasks))
        .routes(Read, routes!(lists::list_task_history))
        .routes(Read, routes!(item::get_task))
        .routes(Decide, routes!(item::cancel_task))
}
