//! What users keep about sessions for themselves, and what is done to several sessions at once.

use axum::Json;
use axum::extract::State;
use sophon_api::{
    DeleteSessions, DeletedSessions, List, ListedSession, MarkSessions, SessionMarks, SessionMarksPatch,
    SessionTag,
};
use sophon_core::sessions::ChangeMarks;
use sophon_model::SessionId;

use crate::Api;
use crate::conditions::Conditions;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id};

/// Describe one's marks on a session
///
/// How far one has read it, and whether one has pinned or archived it and given it tags. Nobody else sees them.
#[utoipa::path(
    get, path = "/api/sessions/{id}/marks", tag = "Chat + sessions", params(("id" = SessionId, Path, description = "The session.")),
    responses((status = 200, body = SessionMarks)),
)]
pub(super) async fn get_session_marks(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<SessionId>,
) -> Result<Json<SessionMarks>> {
    Ok(Json(gateway.sessions.marks(&caller, &id).await?.into()))
}

/// Change one's marks on a session
///
/// The session stays as it is for the others who take part in it.
#[utoipa::path(
    patch, path = "/api/sessions/{id}/marks", tag = "Chat + sessions", params(("id" = SessionId, Path, description = "The session.")),
    request_body = SessionMarksPatch,
    responses((status = 200, body = SessionMarks), (status = 409)),
)]
pub(super) async fn update_session_marks(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<SessionId>,
    conditions: Conditions,
    Body(patch): Body<SessionMarksPatch>,
) -> Result<Json<SessionMarks>> {
    let change = ChangeMarks { only_if: conditions.on(SessionMarks::from), ..patch.into() };
    Ok(Json(gateway.sessions.mark(&caller, &id, change).await?.into()))
}

/// Pin or archive several sessions
///
/// All of them, or none: if one of them cannot be marked, the others stay as they are.
#[utoipa::path(
    post, path = "/api/sessions/marks", tag = "Chat + sessions", request_body = MarkSessions,
    responses((status = 200, body = List<ListedSession>), (status = 404), (status = 409)),
)]
pub(super) async fn mark_sessions(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Body(mark): Body<MarkSessions>,
) -> Result<Json<List<ListedSession>>> {
    let change = ChangeMarks::from(&mark);
    let marked = gateway.sessions.mark_all(&caller, mark.session_ids, change).await?;
    Ok(Json(List::whole(marked.into_iter().map(ListedSession::from))))
}

/// Delete several sessions with all that is in them
///
/// All of them, or none: if one of them cannot be deleted, the others stay.
#[utoipa::path(
    post, path = "/api/sessions/delete", tag = "Chat + sessions", request_body = DeleteSessions,
    responses((status = 200, body = DeletedSessions), (status = 404)),
)]
pub(super) async fn delete_sessions(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Body(delete): Body<DeleteSessions>,
) -> Result<Json<DeletedSessions>> {
    let session_ids = gateway.sessions.delete_all(&caller, delete.session_ids).await?;
    Ok(Json(DeletedSessions { session_ids }))
}

/// List one's tags, the most used first
///
/// At most 200.
#[utoipa::path(
    get, path = "/api/sessions/tags", tag = "Chat + sessions", responses((status = 200, body = List<SessionTag>)),
)]
pub(super) async fn list_session_tags(
    State(gateway): Api,
    Authorized(caller): Authorized,
) -> Result<Json<List<SessionTag>>> {
    let tags = gateway.sessions.tags(&caller).await?;
    Ok(Json(List::whole(tags.into_iter().map(SessionTag::from))))
}
