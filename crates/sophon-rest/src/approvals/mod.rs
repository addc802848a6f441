//! What agents want to do and must ask for.

mod answers;
mod item;
mod lists;

use utoipa_axum::routes;

use crate::class::Class::{Decide, Read};
use crate::router::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(Read, routes!(lists::list_approvals))
        .routes(Read, routes!(lists::list_approval_history))
        .routes(Read, routes!(item::get_approval))
        .routes(Decide, routes!(answers::approve))
        .routes(Decide, routes!(answers::edit))
        .routes(Decide, routes!(answers::reject))
}
