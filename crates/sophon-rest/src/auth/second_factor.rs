//! One's second factor.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{
    BegunSecondFactor, BothFactors, CurrentPassword, FirstCode, IssuedRecoveryCodes, SecondFactor,
};

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Body};

/// Tell how it is with one's second factor
#[utoipa::path(
    get, path = "/api/auth/second-factor", tag = "Identity & auth",
    responses((status = 200, body = SecondFactor)),
)]
pub(super) async fn get_second_factor(
    State(gateway): Api,
    Authorized(caller): Authorized,
) -> Result<Json<SecondFactor>> {
    Ok(Json(gateway.identity.second_factor(&caller).await?.into()))
}

/// Begin to set up a second factor
///
/// The key is in this answer and nowhere else. Sign-ins do not ask for codes before a first one has confirmed it; until then
/// a new key takes the place of this one. Not with an API token.
#[utoipa::path(
    post, path = "/api/auth/second-factor", tag = "Identity & auth", request_body = CurrentPassword,
    responses((status = 200, body = BegunSecondFactor), (status = 409)),
)]
pub(super) async fn begin_second_factor(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Body(proof): Body<CurrentPassword>,
) -> Result<Json<BegunSecondFactor>> {
    let password = proof.current_password.into_revealed();
    Ok(Json(gateway.identity.begin_second_factor(&caller, password).await?.into()))
}

/// Switch on the second factor with a first code
///
/// From then on sign-ins ask for a code. All other sign-ins end; API tokens go on. Not with an API token.
#[utoipa::path(
    post, path = "/api/auth/second-factor/confirm", tag = "Identity & auth", request_body = FirstCode,
    responses((status = 200, body = IssuedRecoveryCodes), (status = 409)),
)]
pub(super) async fn confirm_second_factor(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Body(first): Body<FirstCode>,
) -> Result<Json<IssuedRecoveryCodes>> {
    Ok(Json(gateway.identity.confirm_second_factor(&caller, first.code.reveal()).await?.into()))
}

/// Make new recovery codes
///
/// Those that are left count no longer. Not with an API token.
#[utoipa::path(
    post, path = "/api/auth/second-factor/recovery-codes", tag = "Identity & auth", request_body = BothFactors,
    responses((status = 200, body = IssuedRecoveryCodes), (status = 409)),
)]
pub(super) async fn renew_recovery_codes(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Body(both): Body<BothFactors>,
) -> Result<Json<IssuedRecoveryCodes>> {
    let password = both.current_password.into_revealed();
    Ok(Json(gateway.identity.renew_recovery_codes(&caller, password, both.code.reveal()).await?.into()))
}

/// Switch off one's second factor
///
/// Not with an API token.
#[utoipa::path(
    post, path = "/api/auth/second-factor/disable", tag = "Identity & auth", request_body = BothFactors,
    responses((status = 204), (status = 409)),
)]
pub(super) async fn disable_second_factor(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Body(both): Body<BothFactors>,
) -> Result<StatusCode> {
    let password = both.current_password.into_revealed();
    gateway.identity.disable_second_factor(&caller, password, both.code.reveal()).await?;
    Ok(StatusCode::NO_CONTENT)
}
