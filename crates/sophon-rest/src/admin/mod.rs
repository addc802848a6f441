//! What administrators do.

mod announcements;

use utoipa_axum::routes;

use crate::rate_limit::Class::Write;
use crate::router::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default().routes(Write, routes!(announcements::announce))
}
