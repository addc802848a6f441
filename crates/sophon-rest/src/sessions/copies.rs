//! Going on from somewhere else: forks, and another answer to the last question.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use sophon_core::sessions::Fork;
use sophon_model::{MessageId, SessionId};
use utoipa::ToSchema;

use super::session::Session;
use crate::Api;
use crate::chat::Accepted;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id};

/// How to fork.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct ForkSession {
    /// The last message to copy; all if absent.
    #[schema(value_type = Option<String>)]
    from_message_id: Option<MessageId>,
    /// At most 200 characters; the parent's title if absent.
    title: Option<String>,
}

impl From<ForkSession> for Fork {
    fn from(fork: ForkSession) -> Self {
        Self { from_message: fork.from_message_id, title: fork.title }
    }
}

/// Fork a session: make one of one's own that begins with the same messages
#[utoipa::path(
    post, path = "/api/sessions/{id}/fork", tag = "Chat + sessions", params(("id" = String, Path)),
    request_body = ForkSession,
    responses((status = 201, body = Session)),
)]
pub(super) async fn fork_session(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<SessionId>,
    Body(fork): Body<ForkSession>,
) -> Result<(StatusCode, Json<Session>)> {
    let session = gateway.sessions.fork(&caller, &id, fork.into()).await?;
    Ok((StatusCode::CREATED, Json(session.into())))
}

/// Ask for another answer to the last question of a session
#[utoipa::path(
    post, path = "/api/sessions/{id}/regenerate", tag = "Chat + sessions", params(("id" = String, Path)),
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
