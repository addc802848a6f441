//! Which Sophon this is.

use axum::Json;
use serde::Serialize;
use utoipa::ToSchema;

/// Which Sophon this is.
#[derive(Serialize, ToSchema)]
pub(super) struct Version {
    #[schema(example = "sophon")]
    name: &'static str,
    #[schema(example = "0.1.0")]
    version: &'static str,
}

/// Tell the version
///
/// Also at `/version`.
#[utoipa::path(
    get, path = "/api/version", tag = "Public", security(()),
    responses((status = 200, body = Version)),
)]
pub(super) async fn version() -> Json<Version> {
    Json(Version { name: "sophon", version: env!("CARGO_PKG_VERSION") })
}
