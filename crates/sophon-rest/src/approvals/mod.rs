//! What agents want to do and must ask for.

mod answers;
mod approval;
mod item;
mod lists;

use utoipa_axum::routes;

use crate::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(routes!(lists::list_approvals))
        .routes(routes!(lists::list_approval_history))
        .routes(routes!(item::get_approval))
        .routes(routes!(answers::approve))
        .routes(routes!(answers::edit))
        .routes(routes!(answers::reject))
}
