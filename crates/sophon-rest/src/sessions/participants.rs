//! The participants of a session.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{List, Participant, ShareSession};
use sophon_model::{SessionId, UserId};

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id, Ids};

/// List who takes part in a session
///
/// Its owner, the users whom it is shared with, and the agents that were asked to answer in it, in the order in which
/// they joined; at most 100. For those who take part, also if the session is public.
#[utoipa::path(
    get, path = "/api/sessions/{id}/participants", tag = "Chat + sessions", params(("id" = SessionId, Path, description = "The session.")),
    responses((status = 200, body = List<Participant>)),
)]
pub(super) async fn list_participants(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<SessionId>,
) -> Result<Json<List<Participant>>> {
    let all = gateway.sessions.participants(&caller, &id).await?;
    Ok(Json(List::whole(all.into_iter().map(Participant::from))))
}

/// Share a session with a user
///
/// A viewer reads and follows it, a member writes into it, too. One who takes part already gets the other role. For the
/// owner of the session.
#[utoipa::path(
    post, path = "/api/sessions/{id}/participants", tag = "Chat + sessions", params(("id" = SessionId, Path, description = "The session.")),
    request_body = ShareSession,
    responses((status = 200, body = Participant)),
)]
pub(super) async fn share_session(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<SessionId>,
    Body(share): Body<ShareSession>,
) -> Result<Json<Participant>> {
    Ok(Json(gateway.sessions.share(&caller, &id, &share.user_id, share.role).await?.into()))
}

/// End that a user takes part in a session
///
/// For the owner of the session, and for users who leave it. The owner stays.
#[utoipa::path(
    delete, path = "/api/sessions/{id}/participants/{userId}", tag = "Chat + sessions",
    params(("id" = SessionId, Path, description = "The session."), ("userId" = UserId, Path, description = "The user who leaves.")),
    responses((status = 204), (status = 409)),
)]
pub(super) async fn unshare_session(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Ids(id, user): Ids<SessionId, UserId>,
) -> Result<StatusCode> {
    gateway.sessions.unshare(&caller, &id, &user).await?;
    Ok(StatusCode::NO_CONTENT)
}
