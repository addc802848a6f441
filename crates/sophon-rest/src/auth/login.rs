//! Signing in, staying signed in, signing out.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use sophon_core::identity;
use utoipa::ToSchema;

use super::me::User;
use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Body, Device};
use crate::time::Time;

/// Who signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Login {
    /// The e-mail address, in any case.
    email: String,
    /// The password.
    #[schema(format = Password)]
    password: String,
}

/// A refresh token to be traded.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Refresh {
    /// The newest refresh token of the sign-in.
    refresh_token: String,
}

/// A sign-in that succeeded.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SignedIn {
    /// What to send as `Authorization: Bearer …`.
    access_token: String,
    /// What to trade for the next pair. Good for one use: using it twice ends the sign-in.
    refresh_token: String,
    /// Until when the access token counts.
    expires_at: Time,
    /// Who signed in.
    user: User,
}

impl From<identity::SignedIn> for SignedIn {
    fn from(signed_in: identity::SignedIn) -> Self {
        Self {
            access_token: signed_in.access_token,
            refresh_token: signed_in.refresh_token,
            expires_at: signed_in.expires_at.into(),
            user: User::new(signed_in.profile),
        }
    }
}

/// Sign in
#[utoipa::path(
    post, path = "/api/auth/login", tag = "Identity & auth", security(()), request_body = Login,
    responses((status = 200, body = SignedIn)),
)]
pub(super) async fn login(
    State(gateway): Api,
    device: Device,
    Body(login): Body<Login>,
) -> Result<Json<SignedIn>> {
    let Device { user_agent, address } = device;
    let login = identity::Login { email: login.email, password: login.password, user_agent, address };
    Ok(Json(gateway.identity.login(login).await?.into()))
}

/// Trade a refresh token for a new pair of tokens
#[utoipa::path(
    post, path = "/api/auth/refresh", tag = "Identity & auth", security(()), request_body = Refresh,
    responses((status = 200, body = SignedIn)),
)]
pub(super) async fn refresh(State(gateway): Api, Body(refresh): Body<Refresh>) -> Result<Json<SignedIn>> {
    Ok(Json(gateway.identity.refresh(&refresh.refresh_token).await?.into()))
}

/// Sign out
///
/// Ends the sign-in of the request's access token; from then on neither token of it counts.
#[utoipa::path(post, path = "/api/auth/logout", tag = "Identity & auth", responses((status = 204)))]
pub(super) async fn logout(State(gateway): Api, Authorized(caller): Authorized) -> Result<StatusCode> {
    gateway.identity.logout(&caller).await?;
    Ok(StatusCode::NO_CONTENT)
}
