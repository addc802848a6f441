//! What operators see of the gateway, and what they do about it.

mod gateways;
mod jobs;

use utoipa_axum::routes;

use crate::class::Class::{Read, Write};
use crate::router::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(Read, routes!(gateways::list_gateways))
        .routes(Read, routes!(jobs::count_jobs))
        .routes(Read, routes!(jobs::list_dead_jobs))
        .routes(Write, routes!(jobs::retry_job))
        .routes(Write, routes!(jobs::discard_job))
}
