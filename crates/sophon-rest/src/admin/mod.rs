//! What administrators do.

mod announcements;

use utoipa_axum::routes;

use crate::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default().routes(routes!(announcements::announce))
}
