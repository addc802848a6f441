//! Leave for the pages of allowed origins to read what they are answered. Those of other sites do not get here: the
//! guard refuses them.

use std::time::Duration;

use axum::Router;
use http::{HeaderName, HeaderValue, Method, header};
use sophon_core::identity::TENANT_HEADER;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::{gate, idempotency, request_id};

/// How long a browser may remember the leave it was given.
const REMEMBERED: Duration = Duration::from_mins(10);

/// Shares `app` with the pages of `origins`, if there are any.
pub(crate) fn layer(app: Router, origins: &[String]) -> Router {
    let origins: Vec<HeaderValue> = origins.iter().filter_map(|origin| origin.parse().ok()).collect();
    if origins.is_empty() {
        return app;
    }
    let asked = [
        header::AUTHORIZATION,
        header::CONTENT_TYPE,
        header::IF_MATCH,
        header::IF_NONE_MATCH,
        idempotency::KEY,
        request_id::OWN,
        HeaderName::from_static("last-event-id"),
        HeaderName::from_static(TENANT_HEADER),
        // What the stock SignalR client adds.
        HeaderName::from_static("x-requested-with"),
        HeaderName::from_static("x-signalr-user-agent"),
    ];
    let told = [
        request_id::HEADER,
        request_id::OWN,
        header::RETRY_AFTER,
        header::ETAG,
        header::LOCATION,
        idempotency::REPLAYED,
        gate::RATE_LIMIT,
        gate::RATE_REMAINING,
        gate::RATE_RESET,
    ];
    app.layer(
        CorsLayer::new()
            .allow_origin(AllowOrigin::list(origins))
            // The stock SignalR client insists on this. There are no cookies that it could send.
            .allow_credentials(true)
            .allow_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
            .allow_headers(asked)
            .expose_headers(told)
            .max_age(REMEMBERED),
    )
}
