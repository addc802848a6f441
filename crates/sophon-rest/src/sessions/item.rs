//! One session.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{Session, SessionPatch};
use sophon_core::sessions::ChangeSession;
use sophon_model::SessionId;

use crate::Api;
use crate::conditions::Conditions;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id, MaybeCaller};

/// Describe a session
///
/// A public one also for those who did not sign in.
#[utoipa::path(
    get, path = "/api/sessions/{id}", tag = "Chat + sessions", security((), ("bearer" = [])),
    params(("id" = SessionId, Path, description = "The session.")),
    responses((status = 200, body = Session)),
)]
pub(super) async fn get_session(
    State(gateway): Api,
    MaybeCaller(caller): MaybeCaller,
    Id(id): Id<SessionId>,
) -> Result<Json<Session>> {
    Ok(Json(gateway.sessions.get(caller.as_ref(), &id).await?.into()))
}

/// Change a session
#[utoipa::path(
    patch, path = "/api/sessions/{id}", tag = "Chat + sessions", params(("id" = SessionId, Path, description = "The session.")),
    request_body = SessionPatch,
    responses((status = 200, body = Session), (status = 409)),
)]
pub(super) async fn update_session(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<SessionId>,
    conditions: Conditions,
    Body(patch): Body<SessionPatch>,
) -> Result<Json<Session>> {
    let change = ChangeSession { only_if: conditions.on(Session::from), ..patch.into() };
    Ok(Json(gateway.sessions.update(&caller, &id, change).await?.into()))
}

/// Delete a session with all that is in it
#[utoipa::path(
    delete, path = "/api/sessions/{id}", tag = "Chat + sessions", params(("id" = SessionId, Path, description = "The session.")),
    responses((status = 204)),
)]
pub(super) async fn delete_session(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<SessionId>,
) -> Result<StatusCode> {
    gateway.sessions.delete(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
