//! Signing in, staying signed in, signing out.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{Login, Refresh, SignedIn};
use sophon_core::identity;

use crate::Api;
use crate::error::Result;
use crate::extract::{Account, Body, Device, Tenant};

/// Sign in
///
/// The sign-in is good for all tenants of the user. Its answer tells of the one that the request names, or of the user's
/// home; 403 if the user does not belong to it.
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
