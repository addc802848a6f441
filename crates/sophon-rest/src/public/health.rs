//! Whether load balancers should send us work.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{Health, HealthStatus};

use crate::Api;

/// Tell whether the gateway takes work
///
/// Also at `/health`.
#[utoipa::path(
    get, path = "/api/health", tag = "Public", security(()),
    responses((status = 200, body = Health), (status = 503, body = Health, description = "It is shutting down.")),
)]
pub(super) async fn health(State(gateway): Api) -> (StatusCode, Json<Health>) {
    let (code, status) = if gateway.lifecycle.is_draining() {
        (StatusCode::SERVICE_UNAVAILABLE, HealthStatus::Draining)
    } else {
        (StatusCode::OK, HealthStatus::Ok)
    };
    (code, Json(Health { status }))
}
