//! What anybody may ask.

mod health;
mod tools;
mod version;

use utoipa_axum::routes;

use crate::class::Class::{Read, Unlimited};
use crate::router::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(Unlimited, routes!(health::health))
        .routes(Unlimited, routes!(health::ready))
        .routes(Read, routes!(version::version))
        .routes(Read, routes!(tools::list_tools))
        // Load balancers and scripts know these by their short addresses too.
        .unlisted(Unlimited, ("/health", &[]), health::health)
        .unlisted(Unlimited, ("/ready", &[]), health::ready)
        .unlisted(Read, ("/version", &[]), version::version)
        .unlisted(Read, ("/tools", &["limit", "cursor"]), tools::list_tools)
}
