//! Which Sophon this is.

use axum::Json;
use sophon_api::Version;

/// Tell the version
///
/// Also at `/version`.
#[utoipa::path(
    get, path = "/api/version", tag = "Public", security(()),
    responses((status = 200, body = Version)),
)]
pub(super) async fn version() -> Json<Version> {
    Json(Version { name: "sophon".into(), version: env!("CARGO_PKG_VERSION").into() })
}
