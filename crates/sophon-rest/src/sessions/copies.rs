//! Going on from somewhere else: forks, and another answer to the last question.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{Accepted, ForkSession, Session};
use sophon_model::SessionId;

use crate::Api;
use crate::created::Created;
use crate::error::Result;
use crate::extract::{Authorized, Id, OptionalBody};

/// Fork a session: make one of one's own that begins with the same messages
#[utoipa::path(
    post, path = "/api/sessions/{id}/fork", tag = "Chat + sessions", params(("id" = SessionId, Path, description = "The session.")),
    request_body = Option<ForkSession>,
    responses((status = 201, body = Session)),
)]
pub(super) async fn fork_session(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<SessionId>,
    OptionalBody(fork): OptionalBody<ForkSession>,
) -> Result<Created<Session>> {
    let session = gateway.sessions.fork(&caller, &id, fork.into()).await?;
    Ok(Created::at(format!("/api/sessions/{}", session.id), session.into()))
}

/// Ask for another answer to the last question of a session
#[utoipa::path(
    post, path = "/api/sessions/{id}/regenerate", tag = "Chat + sessions", params(("id" = SessionId, Path, description = "The session.")),
    responses((status = 202, body = Accepted)),
)]
pub(super) async fn regenerate_answer(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<SessionId>,
) -> Result<(StatusCode, Json<Accepted>)> {
    let sent = gateway.chat.regenerate(&caller, &id).await?;
    Ok((StatusCode::ACCEPTED, Json(sent.into())))
}
