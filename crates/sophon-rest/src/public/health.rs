//! Whether load balancers should send us work.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Api;

/// How the gateway is.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    #[schema(inline)]
    status: Condition,
}

#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Condition {
    Ok,
    Draining,
}

/// Tell whether the gateway takes work
///
/// Also at `/health`.
#[utoipa::path(
    get, path = "/api/health", tag = "Public", security(()),
    responses((status = 200, body = Health), (status = 503, body = Health, description = "It is shutting down.")),
)]
pub(super) async fn health(State(gateway): Api) -> (StatusCode, Json<Health>) {
    let (status, condition) = if gateway.lifecycle.is_draining() {
        (StatusCode::SERVICE_UNAVAILABLE, Condition::Draining)
    } else {
        (StatusCode::OK, Condition::Ok)
    };
    (status, Json(Health { status: condition }))
}
