//! All discussions.

use axum::Json;
use axum::extract::State;
use sophon_api::{Discussion, List, NewDiscussion};

use crate::Api;
use crate::created::Created;
use crate::error::Result;
use crate::extract::{Authorized, Body, Params};
use crate::list::{Listing, PageQuery};

/// List one's discussions, newest first
#[utoipa::path(
    get, path = "/api/discussions", tag = "Discussions", params(PageQuery),
    responses((status = 200, body = List<Discussion>)),
)]
pub(super) async fn list_discussions(
    State(gateway): Api,
    Authorized(caller): Authorized,
    list: Listing,
    Params(page): Params<PageQuery>,
) -> Result<Json<List<Discussion>>> {
    let discussions =
        gateway.discussions.list(&caller, list.page(page.limit, page.cursor.as_deref())?).await?;
    Ok(Json(list.answer(discussions, Discussion::from)))
}

/// Plan a discussion
#[utoipa::path(
    post, path = "/api/discussions", tag = "Discussions", request_body = NewDiscussion,
    responses((status = 201, body = Discussion)),
)]
pub(super) async fn create_discussion(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Body(new): Body<NewDiscussion>,
) -> Result<Created<Discussion>> {
    let discussion = gateway.discussions.create(&caller, new.into()).await?;
    Ok(Created::at(format!("/api/discussions/{}", discussion.id), discussion.into()))
}
