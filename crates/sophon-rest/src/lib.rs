//! The REST wire: one folder a subject, one file a route or tight group.
//!
//! A handler turns a request into a call of the core and its outcome into JSON; it decides nothing. What every
//! request passes on its way there is in [`front`] (the whole gateway) and in the gate (the routes of this crate).
//! The OpenAPI document is made from the handlers.

mod admin;
mod agents;
mod approvals;
mod attachments;
mod auth;
mod base_path;
mod chat;
mod class;
mod client;
mod compression;
mod conditions;
mod cors;
mod created;
mod discussions;
mod error;
mod extract;
mod gate;
mod guard;
mod headers;
mod idempotency;
mod info_requests;
mod list;
mod models;
mod nodes;
mod openapi;
mod ops;
mod options;
mod public;
mod request_id;
mod router;
mod save_as;
mod saved_prompts;
mod sessions;
mod swagger;
mod tasks;
mod tenant;
mod tenants;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::middleware::{from_fn, from_fn_with_state, map_response};
use axum::routing::any;
use http::StatusCode;
use sophon_core::Gateway;
use sophon_model::{Error, Kind};
use tower::ServiceExt;

/// The first segments of the addresses of all wires.
pub const WIRES: [&str; 4] = ["api", "hubs", "swagger", "metrics"];

pub use error::error_response;
pub use openapi::openapi;
pub use options::Options;
pub use request_id::leave_route;

use error::ApiError;
use gate::Gate;
use guard::Guard;
use router::ApiRouter;

/// What handlers are given: the services.
type Api = State<Gateway>;

/// The REST wire alone, ready to be served: [`routes`] behind [`front`], and `not_found` for every other address.
pub fn router(gateway: &Gateway, options: &Options) -> Router {
    let routes = routes(gateway, options).fallback(not_found).layer(from_fn(leave_route));
    front(routes, gateway, options)
}

/// The routes of this wire (seed 001), `/swagger`, and a JSON answer for every other address under `/api`. To be
/// merged with the routes of other wires and put behind [`front`], which writes the bodies of errors.
pub fn routes(gateway: &Gateway, options: &Options) -> Router {
    let (subjects, rules) = subjects().split();
    let gate = Arc::new(Gate::new(gateway.clone(), rules));
    let (subjects, _) = subjects.split_for_parts();
    let routes = subjects
        .route("/api", any(not_found))
        .route("/api/{*unknown}", any(not_found))
        .method_not_allowed_fallback(method_not_allowed)
        .layer(from_fn_with_state(gate, gate::admit))
        .with_state(gateway.clone())
        .merge(swagger::routes(&options.base_path));
    compression::layer(routes)
}

/// Puts what every wire needs before `app`, the whole gateway: the client's address, a request id on every response with a log line and
/// figures, an answer for panics, the host and origin guards, leave for the pages of allowed origins,
/// careful headers, and the prefixes of addresses: the path under which a proxy shows the gateway, and the tenant's
/// (`/api/tenants/{slug}/…`).
///
/// The server must be made with connect info, or clients cannot be told apart by address.
pub fn front(app: Router, gateway: &Gateway, options: &Options) -> Router {
    let app = cors::layer(app, &options.allowed_origins)
        .layer(from_fn_with_state(Arc::new(Guard::new(options)), guard::check_host_and_origin))
        .layer(from_fn_with_state(Arc::from(options.trusted_proxies.as_slice()), client::locate))
        .layer(from_fn_with_state(Arc::new(gateway.db.clone()), request_id::observe))
        .layer(from_fn(headers::security_headers))
        .layer(map_response(base_path::put(&options.base_path)));
    // A service rather than a layer: the prefixes are to be gone before a route is chosen.
    let app = app.map_request(tenant::take_prefix).map_request(base_path::take(&options.base_path));
    Router::new().fallback_service(app)
}

fn subjects() -> ApiRouter {
    ApiRouter::with_openapi(openapi::about())
        .merge(auth::routes())
        .merge(agents::routes())
        .merge(chat::routes())
        .merge(attachments::routes())
        .merge(sessions::routes())
        .merge(saved_prompts::routes())
        .merge(tasks::routes())
        .merge(discussions::routes())
        .merge(approvals::routes())
        .merge(info_requests::routes())
        .merge(models::routes())
        .merge(admin::routes())
        .merge(tenants::routes())
        .merge(nodes::routes())
        .merge(ops::routes())
        .merge(public::routes())
}

async fn not_found() -> ApiError {
    Error::new(Kind::NotFound, "There is nothing at this address.").into()
}

async fn method_not_allowed() -> ApiError {
    let error = Error::invalid("This address does not take that method. Allow names those it takes.");
    ApiError::with_status(StatusCode::METHOD_NOT_ALLOWED, error.with_code("method_not_allowed"))
}
