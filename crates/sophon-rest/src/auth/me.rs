//! The account of the caller.

use axum::Json;
use axum::extract::State;
use sophon_api::{AccountPatch, User};
use sophon_core::identity::AccountChange;

use crate::Api;
use crate::conditions::Conditions;
use crate::error::Result;
use crate::extract::{Account, Authorized, Body};

/// Tell who one is and what one may do
#[utoipa::path(get, path = "/api/auth/me", tag = "Identity & auth", responses((status = 200, body = User)))]
pub(super) async fn get_me(State(gateway): Api, Account(caller): Account) -> Result<Json<User>> {
    Ok(Json(gateway.identity.me(&caller).await?.into()))
}

/// Change one's name or e-mail address
///
/// Not with an API token.
#[utoipa::path(
    patch, path = "/api/auth/me", tag = "Identity & auth", request_body = AccountPatch,
    responses((status = 200, body = User), (status = 409)),
)]
pub(super) async fn update_me(
    State(gateway): Api,
    Authorized(caller): Authorized,
    conditions: Conditions,
    Body(patch): Body<AccountPatch>,
) -> Result<Json<User>> {
    let change = AccountChange { only_if: conditions.on(User::from), ..patch.into() };
    Ok(Json(gateway.identity.change_account(&caller, change).await?.into()))
}
