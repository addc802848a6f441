//! One discussion.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{Discussion, DiscussionPatch};
use sophon_core::discussions::ChangeDiscussion;
use sophon_model::DiscussionId;

use crate::Api;
use crate::conditions::Conditions;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id};

/// Describe a discussion
#[utoipa::path(
    get, path = "/api/discussions/{id}", tag = "Discussions", params(("id" = DiscussionId, Path, description = "The discussion.")),
    responses((status = 200, body = Discussion)),
)]
pub(super) async fn get_discussion(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<DiscussionId>,
) -> Result<Json<Discussion>> {
    Ok(Json(gateway.discussions.get(&caller, &id).await?.into()))
}

/// Change a discussion
///
/// Runs that were asked for before keep what they began with.
#[utoipa::path(
    patch, path = "/api/discussions/{id}", tag = "Discussions", params(("id" = DiscussionId, Path, description = "The discussion.")),
    request_body = DiscussionPatch,
    responses((status = 200, body = Discussion)),
)]
pub(super) async fn update_discussion(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<DiscussionId>,
    conditions: Conditions,
    Body(patch): Body<DiscussionPatch>,
) -> Result<Json<Discussion>> {
    let change = ChangeDiscussion { only_if: conditions.on(Discussion::from), ..patch.into() };
    Ok(Json(gateway.discussions.update(&caller, &id, change).await?.into()))
}

/// Delete a discussion with its runs
///
/// Those that wait or run are ended; their tasks stay in the ledger.
#[utoipa::path(
    delete, path = "/api/discussions/{id}", tag = "Discussions", params(("id" = DiscussionId, Path, description = "The discussion.")),
    responses((status = 204)),
)]
pub(super) async fn delete_discussion(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<DiscussionId>,
) -> Result<StatusCode> {
    gateway.discussions.delete(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
