//! Going on from somewhere else: forks, and branches in place of a message.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{Accepted, EditMessage, ForkSession, List, Regenerate, Session, SessionBranch};
use sophon_core::chat;
use sophon_model::{MessageId, SessionId};

use crate::Api;
use crate::created::Created;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id, Ids, MaybeCaller, OptionalBody};

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
///
/// On a branch of its own: the answer that there is stays on the branch that was shown.
#[utoipa::path(
    post, path = "/api/sessions/{id}/regenerate", tag = "Chat + sessions", params(("id" = SessionId, Path, description = "The session.")),
    request_body = Option<Regenerate>,
    responses((status = 202, body = Accepted)),
)]
pub(super) async fn regenerate_answer(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<SessionId>,
    OptionalBody(again): OptionalBody<Regenerate>,
) -> Result<(StatusCode, Json<Accepted>)> {
    let sent = gateway.chat.regenerate(&caller, &id, again.model).await?;
    Ok((StatusCode::ACCEPTED, Json(sent.into())))
}

/// Edit one of one's own messages
///
/// It is sent in other words, on a branch of its own in place of the message and all that follow, and answered. It keeps
/// its files. What was said before stays on the branch that was shown.
#[utoipa::path(
    post, path = "/api/sessions/{id}/messages/{messageId}/edit", tag = "Chat + sessions",
    params(("id" = SessionId, Path, description = "The session."), ("messageId" = MessageId, Path, description = "The message.")),
    request_body = EditMessage,
    responses((status = 202, body = Accepted)),
)]
pub(super) async fn edit_message(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Ids(session, message): Ids<SessionId, MessageId>,
    Body(edit): Body<EditMessage>,
) -> Result<(StatusCode, Json<Accepted>)> {
    let EditMessage { content, model } = edit;
    let edit = chat::EditMessage { session, message, content, model };
    let sent = gateway.chat.edit(&caller, edit).await?;
    Ok((StatusCode::ACCEPTED, Json(sent.into())))
}

/// List the branches of a session's messages
///
/// Which one is shown is the session's `branch`, and changed there. At most 200.
#[utoipa::path(
    get, path = "/api/sessions/{id}/branches", tag = "Chat + sessions", security((), ("bearer" = [])),
    params(("id" = SessionId, Path, description = "The session.")),
    responses((status = 200, body = List<SessionBranch>)),
)]
pub(super) async fn list_branches(
    State(gateway): Api,
    MaybeCaller(caller): MaybeCaller,
    Id(id): Id<SessionId>,
) -> Result<Json<List<SessionBranch>>> {
    let branches = gateway.sessions.branches(caller.as_ref(), &id).await?;
    Ok(Json(List::whole(branches.into_iter().map(SessionBranch::from))))
}
