//! Whether load balancers should send us work, and whether we are of any use.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{Health, HealthStatus};
use sophon_core::Gateway;

use crate::Api;

/// How long storage may take to answer before the gateway is taken for not ready.
const STORAGE_ANSWERS_WITHIN: Duration = Duration::from_secs(2);

fn condition(gateway: &Gateway) -> HealthStatus {
    if gateway.db.broken().is_some() {
        HealthStatus::StorageUnavailable
    } else if gateway.lifecycle.is_draining() {
        HealthStatus::Draining
    } else {
        HealthStatus::Ok
    }
}

fn answer(gateway: &Gateway, status: HealthStatus) -> (StatusCode, Json<Health>) {
    let code = if status == HealthStatus::Ok { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let backplane_connected = gateway.roll.status().backplane.map(|backplane| backplane.is_connected);
    (code, Json(Health { status, backplane_connected }))
}

/// Tell whether the gateway takes work
///
/// Touches nothing: for those who ask often. Also at `/health`.
#[utoipa::path(
    get, path = "/api/health", tag = "Public", security(()),
    responses(
        (status = 200, body = Health),
        (status = 503, body = Health, description = "It is shutting down, or nothing can be stored any more."),
    ),
)]
pub(super) async fn health(State(gateway): Api) -> (StatusCode, Json<Health>) {
    answer(&gateway, condition(&gateway))
}

/// Tell whether the gateway can do work
///
/// Looks whether storage answers. Also at `/ready`.
#[utoipa::path(
    get, path = "/api/ready", tag = "Public", security(()),
    responses(
        (status = 200, body = Health),
        (status = 503, body = Health, description = "It is shutting down, or storage does not answer."),
    ),
)]
pub(super) async fn ready(State(gateway): Api) -> (StatusCode, Json<Health>) {
    let status = condition(&gateway);
    if status != HealthStatus::Ok {
        return answer(&gateway, status);
    }
    let asked = gateway.db.read(|tx| tx.first_user().map(drop));
    match tokio::time::timeout(STORAGE_ANSWERS_WITHIN, asked).await {
        Ok(Ok(())) => answer(&gateway, HealthStatus::Ok),
        Ok(Err(_)) | Err(_) => answer(&gateway, HealthStatus::StorageUnavailable),
    }
}
