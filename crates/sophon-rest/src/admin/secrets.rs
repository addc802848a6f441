//! The keys that stored secrets are sealed with. No route gives a secret back.

use axum::Json;
use axum::extract::State;
use sophon_api::SecretsState;

use crate::Api;
use crate::error::Result;
use crate::extract::Authorized;

/// Show how stored secrets are sealed
#[utoipa::path(
    get, path = "/api/admin/secrets", tag = "Admin",
    responses((status = 200, body = SecretsState)),
)]
pub(super) async fn get_secrets_state(
    State(gateway): Api,
    Authorized(caller): Authorized,
) -> Result<Json<SecretsState>> {
    Ok(Json(gateway.secrets.state(&caller).await?.into()))
}

/// Rotate the master key
///
/// A new master key is made, and all data keys are sealed under it, while the gateway serves. Where the master keys come
/// from a command, they are loaded again: put the new one in front first. Keys in a variable change at a start only.
#[utoipa::path(
    post, path = "/api/admin/secrets/rotate", tag = "Admin",
    responses((status = 200, body = SecretsState)),
)]
pub(super) async fn rotate_master_key(
    State(gateway): Api,
    Authorized(caller): Authorized,
) -> Result<Json<SecretsState>> {
    Ok(Json(gateway.secrets.rotate(&caller).await?.into()))
}
