//! One task.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{Task, TaskDetail};
use sophon_model::TaskId;

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Id};

/// Describe a task
#[utoipa::path(
    get, path = "/api/tasks/{id}", tag = "Tasks", params(("id" = TaskId, Path, description = "The task.")),
    responses((status = 200, body = TaskDetail)),
)]
pub(super) async fn get_task(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<TaskId>,
) -> Result<Json<TaskDetail>> {
    let detail = gateway.tasks.get(&caller, &id).await?;
    Ok(Json(TaskDetail::at(gateway.db.now(), detail)))
}

/// Cancel a task
///
/// One that waits has ended with this answer (200). One that runs has been notified, and ends within seconds (202). One
/// that has ended is a conflict.
#[utoipa::path(
    post, path = "/api/tasks/{id}/cancel", tag = "Tasks", params(("id" = TaskId, Path, description = "The task.")),
    responses((status = 200, body = Task), (status = 202, body = Task)),
)]
pub(super) async fn cancel_task(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<TaskId>,
) -> Result<(StatusCode, Json<Task>)> {
    let task = gateway.tasks.cancel(&caller, &id).await?;
    let status = if task.status.is_final() { StatusCode::OK } else { StatusCode::ACCEPTED };
    Ok((status, Json(Task::at(gateway.db.now(), task))))
}
