//! What a page must know before anybody has signed in.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use utoipa::ToSchema;

use crate::Api;

/// How one gets in.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AuthConfig {
    /// Whether requests without a credential are the administrator's, so that nobody needs to sign in.
    auto_admin: bool,
    /// Whether an administrator is still to be made. Never so: a gateway makes one when it first starts.
    setup_needed: bool,
}

/// Tell how one gets in
#[utoipa::path(
    get, path = "/api/auth/config", tag = "Identity & auth", security(()),
    responses((status = 200, body = AuthConfig)),
)]
pub(super) async fn get_auth_config(State(gateway): Api) -> Json<AuthConfig> {
    Json(AuthConfig { auto_admin: gateway.identity.auto_admin().is_some(), setup_needed: false })
}
