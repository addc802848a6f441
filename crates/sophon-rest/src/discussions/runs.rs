//! The runs of a discussion.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{DiscussionRun, DiscussionRunDetail, List};
use sophon_model::{DiscussionId, DiscussionRunId};

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Id, Params};
use crate::list::{Listing, PageQuery};

/// Start a run of a discussion
///
/// It is in the queue with this answer. Without a model provider it is a conflict, `no_model_provider`; so it is, as
/// `too_many_runs`, while ten of yours wait or run.
#[utoipa::path(
    post, path = "/api/discussions/{id}/runs", tag = "Discussions", params(("id" = DiscussionId, Path, description = "The discussion.")),
    responses((status = 202, body = DiscussionRun)),
)]
pub(super) async fn start_discussion_run(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<DiscussionId>,
) -> Result<(StatusCode, Json<DiscussionRun>)> {
    let run = gateway.discussions.start(&caller, &id).await?;
    Ok((StatusCode::ACCEPTED, Json(run.into())))
}

/// List the runs of a discussion, newest first
#[utoipa::path(
    get, path = "/api/discussions/{id}/runs", tag = "Discussions",
    params(("id" = DiscussionId, Path, description = "The discussion."), PageQuery),
    responses((status = 200, body = List<DiscussionRun>)),
)]
pub(super) async fn list_discussion_runs(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<DiscussionId>,
    list: Listing,
    Params(page): Params<PageQuery>,
) -> Result<Json<List<DiscussionRun>>> {
    let runs = gateway.discussions.runs(&caller, &id, list.page(page.limit, page.cursor.as_deref())?).await?;
    Ok(Json(list.answer(runs, DiscussionRun::from)))
}

/// Describe a run, with what was said
#[utoipa::path(
    get, path = "/api/discussions/runs/{id}", tag = "Discussions", params(("id" = DiscussionRunId, Path, description = "The run.")),
    responses((status = 200, body = DiscussionRunDetail)),
)]
pub(super) async fn get_discussion_run(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<DiscussionRunId>,
) -> Result<Json<DiscussionRunDetail>> {
    Ok(Json(gateway.discussions.run(&caller, &id).await?.into()))
}

/// Cancel a run
///
/// One that waits has ended with this answer (200). One that runs has been notified, and ends within seconds (202). One
/// that has ended is a conflict.
#[utoipa::path(
    post, path = "/api/discussions/runs/{id}/cancel", tag = "Discussions", params(("id" = DiscussionRunId, Path, description = "The run.")),
    responses((status = 200, body = DiscussionRun), (status = 202, body = DiscussionRun)),
)]
pub(super) async fn cancel_discussion_run(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<DiscussionRunId>,
) -> Result<(StatusCode, Json<DiscussionRun>)> {
    let run = gateway.discussions.cancel(&caller, &id).await?;
    let status = if run.status.is_final() { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(run.into())))
}
