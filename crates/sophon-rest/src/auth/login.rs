//! Signing in, staying signed in, signing out.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{Login, Refresh, SecondStep, SignedIn};
use sophon_core::identity;

use crate::Api;
use crate::error::Result;
use crate::extract::{Account, Body, Device, Tenant};

/// Sign in
///
/// The sign-in is good for all tenants of the user. Its answer tells of the one that the request names, or of the user's
/// home; 403 if the user does not belong to it.
///
/// Where a second factor is asked for, a right password is answered with 401 and `second_factor_required`, and no token:
/// the error's details have a `challenge`, which `POST /api/auth/login/second-factor` takes with a code within
/// `expiresInSeconds`.
#[utoipa::path(
    post, path = "/api/auth/login", tag = "Identity & auth", security(()), request_body = Login,
    responses((status = 200, body = SignedIn)),
)]
pub(super) async fn login(
    State(gateway): Api,
    Device(device): Device,
    Tenant(tenant): Tenant,
    Body(login): Body<Login>,
) -> Result<Json<SignedIn>> {
    let password = login.password.into_revealed();
    let login = identity::Login { email: login.email, password, device, tenant };
    Ok(Json(gateway.identity.login(login).await?.into()))
}

/// Sign in with a second factor
///
/// The second step, after one that was answered with `second_factor_required`. A wrong code is answered with 401 and
/// `wrong_code`, and another one can be sent; with `sign_in_expired` the password is to be sent again. A code is good once.
#[utoipa::path(
    post, path = "/api/auth/login/second-factor", tag = "Identity & auth", security(()), request_body = SecondStep,
    responses((status = 200, body = SignedIn)),
)]
pub(super) async fn second_step(
    State(gateway): Api,
    Device(device): Device,
    Tenant(tenant): Tenant,
    Body(step): Body<SecondStep>,
) -> Result<Json<SignedIn>> {
    let (challenge, code) = (step.challenge.into_revealed(), step.code.into_revealed());
    let step = identity::SecondStep { challenge, code, device, tenant };
    Ok(Json(gateway.identity.second_step(step).await?.into()))
}

/// Trade a refresh token for a new pair of tokens
#[utoipa::path(
    post, path = "/api/auth/refresh", tag = "Identity & auth", security(()), request_body = Refresh,
    responses((status = 200, body = SignedIn)),
)]
pub(super) async fn refresh(
    State(gateway): Api,
    Device(device): Device,
    Tenant(tenant): Tenant,
    Body(refresh): Body<Refresh>,
) -> Result<Json<SignedIn>> {
    Ok(Json(gateway.identity.refresh(refresh.refresh_token.reveal(), device, tenant).await?.into()))
}

/// Sign out
///
/// Ends the sign-in of the request's access token; from then on neither token of it counts.
#[utoipa::path(post, path = "/api/auth/logout", tag = "Identity & auth", responses((status = 204), (status = 409)))]
pub(super) async fn logout(State(gateway): Api, Account(caller): Account) -> Result<StatusCode> {
    gateway.identity.logout(&caller).await?;
    Ok(StatusCode::NO_CONTENT)
}
