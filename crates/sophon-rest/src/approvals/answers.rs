//! Answering.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::Value;
use sophon_core::approvals::Answer;
use sophon_model::ApprovalId;
use utoipa::ToSchema;

use super::approval::ApprovalRequest;
use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id, OptionalBody};

/// A word on an approval.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Approve {
    /// At most 2,000 characters.
    comment: Option<String>,
}

/// Other arguments.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct Edit {
    /// What the tool is called with instead. At most 65,536 bytes of JSON.
    #[schema(value_type = Object)]
    modified_params: Value,
}

/// A word on a refusal.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Reject {
    /// Why, for the agent to read. At most 2,000 characters.
    reason: Option<String>,
}

/// Approve an action
///
/// The first answer counts; another one is a conflict with the code `already_resolved`.
#[utoipa::path(
    post, path = "/api/approvals/{id}/approve", tag = "Approvals", params(("id" = String, Path)),
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
    post, path = "/api/approvals/{id}/edit", tag = "Approvals", params(("id" = String, Path)),
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
    post, path = "/api/approvals/{id}/reject", tag = "Approvals", params(("id" = String, Path)),
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
