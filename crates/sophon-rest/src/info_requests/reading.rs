//! What one is asked.

use axum::Json;
use axum::extract::State;
use sophon_api::{InfoRequest, List};
use sophon_model::InfoRequestId;

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Id, Params};
use crate::list::{Listing, PageQuery};

/// List the questions that wait for one's answer, newest first
#[utoipa::path(
    get, path = "/api/info-requests", tag = "Approvals", params(PageQuery),
    responses((status = 200, body = List<InfoRequest>)),
)]
pub(super) async fn list_info_requests(
    State(gateway): Api,
    Authorized(caller): Authorized,
    list: Listing,
    Params(page): Params<PageQuery>,
) -> Result<Json<List<InfoRequest>>> {
    let requests =
        gateway.info_requests.pending(&caller, list.page(page.limit, page.cursor.as_deref())?).await?;
    Ok(Json(list.answer(requests, InfoRequest::from)))
}

/// Describe a question
#[utoipa::path(
    get, path = "/api/info-requests/{id}", tag = "Approvals", params(("id" = InfoRequestId, Path, description = "The question.")),
    responses((status = 200, body = InfoRequest)),
)]
pub(super) async fn get_info_request(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<InfoRequestId>,
) -> Result<Json<InfoRequest>> {
    Ok(Json(gateway.info_requests.get(&caller, &id).await?.into()))
}
