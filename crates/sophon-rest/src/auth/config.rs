//! What a page must know before anybody has signed in.

use axum::Json;
use axum::extract::State;
use sophon_api::{AuthConfig, SignInProvider};
use sophon_core::Gateway;

use crate::Api;

/// Tell how one gets in
#[utoipa::path(
    get, path = "/api/auth/config", tag = "Identity & auth", security(()),
    responses((status = 200, body = AuthConfig)),
)]
pub(super) async fn get_auth_config(State(gateway): Api) -> Json<AuthConfig> {
    Json(auth_config(&gateway))
}

/// How one gets in.
pub(super) fn auth_config(gateway: &Gateway) -> AuthConfig {
    AuthConfig {
        auto_admin: gateway.identity.auto_admin().is_some(),
        setup_needed: false,
        providers: gateway.oidc.providers().into_iter().map(SignInProvider::from).collect(),
    }
}
