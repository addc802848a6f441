//! One approval.

use axum::Json;
use axum::extract::State;
use sophon_api::ApprovalRequest;
use sophon_model::ApprovalId;

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Id};

/// Describe an approval
#[utoipa::path(
    get, path = "/api/approvals/{id}", tag = "Approvals", params(("id" = ApprovalId, Path, description = "The approval.")),
    responses((status = 200, body = ApprovalRequest)),
)]
pub(super) async fn get_approval(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<ApprovalId>,
) -> Result<Json<ApprovalRequest>> {
    Ok(Json(gateway.approvals.get(&caller, &id).await?.into()))
}
