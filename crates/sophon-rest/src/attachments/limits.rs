//! `GET /api/attachments/limits`.

use axum::Json;
use axum::extract::State;
use sophon_api::AttachmentLimits;

use crate::Api;
use crate::error::Result;
use crate::extract::Authorized;

/// See how much you may attach
///
/// And how much of it is used.
#[utoipa::path(
    get, path = "/api/attachments/limits", tag = "Chat + sessions",
    responses((status = 200, body = AttachmentLimits)),
)]
pub(super) async fn attachment_limits(
    State(gateway): Api,
    Authorized(caller): Authorized,
) -> Result<Json<AttachmentLimits>> {
    Ok(Json(gateway.attachments.usage(&caller).await?.into()))
}
