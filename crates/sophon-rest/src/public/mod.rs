//! What anybody may ask.

mod health;
mod tools;
mod version;

use axum::routing::get;
use utoipa_axum::routes;

use crate::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(routes!(health::health))
        .routes(routes!(version::version))
        .routes(routes!(tools::list_tools))
        // Load balancers and scripts know these by their short addresses too.
        .route("/health", get(health::health))
        .route("/version", get(version::version))
        .route("/tools", get(tools::list_tools))
}
