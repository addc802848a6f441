//! Background jobs: how many there are, and those that failed for good.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{Job, JobCounts, List};
use sophon_model::JobId;

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Id, Params};
use crate::list::{Listing, PageQuery};

/// Count the background jobs
///
/// An item for each queue and status that jobs have now.
#[utoipa::path(
    get, path = "/api/ops/jobs", tag = "Operations",
    responses((status = 200, body = List<JobCounts>)),
)]
pub(super) async fn count_jobs(
    State(gateway): Api,
    Authorized(caller): Authorized,
) -> Result<Json<List<JobCounts>>> {
    let counts = gateway.jobs.counts(&caller).await?;
    Ok(Json(List::whole(counts.into_iter().map(JobCounts::from))))
}

/// List the background jobs that failed for good, newest first
#[utoipa::path(
    get, path = "/api/ops/jobs/dead", tag = "Operations", params(PageQuery),
    responses((status = 200, body = List<Job>)),
)]
pub(super) async fn list_dead_jobs(
    State(gateway): Api,
    Authorized(caller): Authorized,
    list: Listing,
    Params(page): Params<PageQuery>,
) -> Result<Json<List<Job>>> {
    let jobs = gateway.jobs.dead(&caller, list.page(page.limit, page.cursor.as_deref())?).await?;
    Ok(Json(list.answer(jobs, Job::from)))
}

/// Run a background job again that failed for good
///
/// It is due at once. A conflict if another job does the same by now.
#[utoipa::path(
    post, path = "/api/ops/jobs/{id}/retry", tag = "Operations", params(("id" = JobId, Path, description = "The job.")),
    responses((status = 202, body = Job)),
)]
pub(super) async fn retry_job(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<JobId>,
) -> Result<(StatusCode, Json<Job>)> {
    let job = gateway.jobs.retry(&caller, &id).await?;
    Ok((StatusCode::ACCEPTED, Json(job.into())))
}

/// Delete a background job that failed for good
#[utoipa::path(
    delete, path = "/api/ops/jobs/{id}", tag = "Operations", params(("id" = JobId, Path, description = "The job.")),
    responses((status = 204)),
)]
pub(super) async fn discard_job(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<JobId>,
) -> Result<StatusCode> {
    gateway.jobs.discard(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
