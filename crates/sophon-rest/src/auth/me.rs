//! The account of the caller.

use axum::Json;
use axum::extract::State;
use sophon_api::User;

use crate::Api;
use crate::error::Result;
use crate::extract::Authorized;

/// Tell who one is and what one may do
#[utoipa::path(get, path = "/api/auth/me", tag = "Identity & auth", responses((status = 200, body = User)))]
pub(super) async fn get_me(State(gateway): Api, Authorized(caller): Authorized) -> Result<Json<User>> {
    Ok(Json(gateway.identity.me(&caller).await?.into()))
}
