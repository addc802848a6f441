//! Files that go with messages, up and down.

mod download;
mod limits;
mod upload;

use axum::extract::{DefaultBodyLimit, State};
use http::StatusCode;
use sophon_model::AttachmentId;
use utoipa_axum::router::UtoipaMethodRouterExt;
use utoipa_axum::routes;

use crate::Api;
use crate::class::Class::{Read, Write};
use crate::error::Result;
use crate::extract::{Authorized, Id};
use crate::router::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    // The core counts the bytes as they come.
    let upload = routes!(upload::upload_attachment).layer(DefaultBodyLimit::disable());
    ApiRouter::default()
        .routes(Write, upload)
        .routes(Read, routes!(limits::attachment_limits))
        .routes(Read, routes!(download::download_attachment))
        .routes(Write, routes!(delete_attachment))
}

/// Delete an attachment that was not sent
///
/// One that was sent is deleted with its session.
#[utoipa::path(
    delete, path = "/api/attachments/{id}", tag = "Chat + sessions",
    params(("id" = AttachmentId, Path, description = "The key of the attachment.")),
    responses((status = 204), (status = 409)),
)]
async fn delete_attachment(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<AttachmentId>,
) -> Result<StatusCode> {
    gateway.attachments.delete(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
