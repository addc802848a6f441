//! One's own password.

use axum::Json;
use axum::extract::State;
use sophon_api::{PasswordChange, User};

use crate::Api;
use crate::error::Result;
use crate::extract::{Account, Body};

/// Change one's password
///
/// All other sign-ins end; the one of this request goes on. Not with an API token.
#[utoipa::path(
    post, path = "/api/auth/password", tag = "Identity & auth", request_body = PasswordChange,
    responses((status = 200, body = User), (status = 409)),
)]
pub(super) async fn change_password(
    State(gateway): Api,
    Account(caller): Account,
    Body(change): Body<PasswordChange>,
) -> Result<Json<User>> {
    let (current, new) = (change.current_password.into_revealed(), change.new_password.into_revealed());
    Ok(Json(gateway.identity.change_password(&caller, current, new).await?.into()))
}
