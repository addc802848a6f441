//! Answering.

use axum::Json;
use axum::extract::State;
use sophon_api::{InfoRequest, Respond};
use sophon_model::InfoRequestId;

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id};

/// Answer a question
///
/// The first answer counts; another one is a conflict with the code `already_resolved`.
#[utoipa::path(
    post, path = "/api/info-requests/{id}/respond", tag = "Approvals", params(("id" = InfoRequestId, Path, description = "The question.")),
    request_body = Respond, responses((status = 200, body = InfoRequest)),
)]
pub(super) async fn respond_to_info_request(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<InfoRequestId>,
    Body(Respond { response }): Body<Respond>,
) -> Result<Json<InfoRequest>> {
    Ok(Json(gateway.info_requests.respond(&caller, &id, Some(response)).await?.into()))
}

/// Leave a question without an answer
///
/// The agent learns of it and goes on.
#[utoipa::path(
    post, path = "/api/info-requests/{id}/cancel", tag = "Approvals", params(("id" = InfoRequestId, Path, description = "The question.")),
    responses((status = 200, body = InfoRequest)),
)]
pub(super) async fn cancel_info_request(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<InfoRequestId>,
) -> Result<Json<InfoRequest>> {
    Ok(Json(gateway.info_requests.respond(&caller, &id, None).await?.into()))
}
