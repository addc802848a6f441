//! Answering.

use axum::Json;
use axum::extract::State;
use sophon_api::{ApprovalRequest, Approve, Edit, Reject};
use sophon_core::approvals::Answer;
use sophon_model::ApprovalId;

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id, OptionalBody};

/// Approve an action
///
/// The first answer counts; another one is a conflict with the code `already_resolved`.
#[utoipa::path(
    post, path = "/api/approvals/{id}/approve", tag = "Approvals", params(("id" = ApprovalId, Path, description = "The approval.")),
    request_body = Option<Approve>, responses((status = 200, body = ApprovalRequest)),
)]
pub(super) async fn approve(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<ApprovalId>,
    OptionalBody(Approve { comment }): OptionalBody<Approve>,
) -> Result<Json<ApprovalRequest>> {
    Ok(Json(gateway.approvals.answer(&caller, &id, Answer::Approve { comment }).await?.into()))
}

/// Approve an action with other arguments
///
/// Only where `editable` says so.
#[utoipa::path(
    post, path = "/api/approvals/{id}/edit", tag = "Approvals", params(("id" = ApprovalId, Path, description = "The approval.")),
    request_body = Edit, responses((status = 200, body = ApprovalRequest)),
)]
pub(super) async fn edit(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<ApprovalId>,
    Body(Edit { modified_params }): Body<Edit>,
) -> Result<Json<ApprovalRequest>> {
    let answer = Answer::Edit { arguments: modified_params };
    Ok(Json(gateway.approvals.answer(&caller, &id, answer).await?.into()))
}

/// Refuse an action
#[utoipa::path(
    post, path = "/api/approvals/{id}/reject", tag = "Approvals", params(("id" = ApprovalId, Path, description = "The approval.")),
    request_body = Option<Reject>, responses((status = 200, body = ApprovalRequest)),
)]
pub(super) async fn reject(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<ApprovalId>,
    OptionalBody(Reject { reason }): OptionalBody<Reject>,
) -> Result<Json<ApprovalRequest>> {
    Ok(Json(gateway.approvals.answer(&caller, &id, Answer::Reject { reason }).await?.into()))
}
