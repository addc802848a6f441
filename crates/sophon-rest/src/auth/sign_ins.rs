//! One's sign-ins: the devices that hold a chain of refresh tokens.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{AuthSession, List};
use sophon_model::{AuthSessionId, Credential};

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Id, Params};
use crate::list::{Listing, PageQuery};

/// List one's live sign-ins, last seen first
#[utoipa::path(
    get, path = "/api/auth/sessions", tag = "Identity & auth", params(PageQuery),
    responses((status = 200, body = List<AuthSession>)),
)]
pub(super) async fn list_auth_sessions(
    State(gateway): Api,
    Authorized(caller): Authorized,
    list: Listing,
    Params(page): Params<PageQuery>,
) -> Result<Json<List<AuthSession>>> {
    let sign_ins = gateway.identity.sign_ins(&caller).await?;
    let is_current =
        |id: &AuthSessionId| matches!(&caller.credential, Credential::Access(own, _) if own == id);
    let shape = |session: sophon_model::AuthSession| {
        let current = is_current(&session.id);
        AuthSession::new(session, current)
    };
    Ok(Json(list.slice(sign_ins, &page, |session| session.id.to_string(), shape)?))
}

/// End one of one's sign-ins
#[utoipa::path(
    delete, path = "/api/auth/sessions/{id}", tag = "Identity & auth", params(("id" = AuthSessionId, Path, description = "The sign-in.")),
    responses((status = 204)),
)]
pub(super) async fn revoke_auth_session(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<AuthSessionId>,
) -> Result<StatusCode> {
    gateway.identity.revoke_sign_in(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
