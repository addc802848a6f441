//! The prompts that the caller can use.

use axum::Json;
use axum::extract::State;
use sophon_api::{List, NewSavedPrompt, SavedPrompt};

use crate::Api;
use crate::created::Created;
use crate::error::Result;
use crate::extract::{Authorized, Body, Params};
use crate::list::{Listing, PageQuery};

/// List the prompts that you can use, oldest first: your private ones and those that the tenant shares
#[utoipa::path(
    get, path = "/api/prompts", tag = "Prompts", params(PageQuery),
    responses((status = 200, body = List<SavedPrompt>)),
)]
pub(super) async fn list_prompts(
    State(gateway): Api,
    Authorized(caller): Authorized,
    list: Listing,
    Params(page): Params<PageQuery>,
) -> Result<Json<List<SavedPrompt>>> {
    let prompts = gateway.saved_prompts.list(&caller, list.page(page.limit, page.cursor.as_deref())?).await?;
    Ok(Json(list.answer(prompts, SavedPrompt::from)))
}

/// Save a prompt
///
/// A shared one takes the permission `ManagePrompts`.
#[utoipa::path(
    post, path = "/api/prompts", tag = "Prompts", request_body = NewSavedPrompt,
    responses((status = 201, body = SavedPrompt)),
)]
pub(super) async fn create_prompt(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Body(new): Body<NewSavedPrompt>,
) -> Result<Created<SavedPrompt>> {
    let prompt: SavedPrompt = gateway.saved_prompts.create(&caller, new.into()).await?.into();
    Ok(Created::at(format!("/api/prompts/{}", prompt.id), prompt))
}
