//! One saved prompt.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{SavedPrompt, SavedPromptPatch};
use sophon_core::saved_prompts::SavedPromptChange;
use sophon_model::SavedPromptId;

use crate::Api;
use crate::conditions::Conditions;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id};

/// Describe a prompt
#[utoipa::path(
    get, path = "/api/prompts/{id}", tag = "Prompts", params(("id" = SavedPromptId, Path, description = "The prompt.")),
    responses((status = 200, body = SavedPrompt)),
)]
pub(super) async fn get_prompt(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<SavedPromptId>,
) -> Result<Json<SavedPrompt>> {
    Ok(Json(gateway.saved_prompts.get(&caller, &id).await?.into()))
}

/// Change a prompt, share it or make it private
///
/// To share a prompt, and to change a shared one, takes the permission `ManagePrompts`.
#[utoipa::path(
    patch, path = "/api/prompts/{id}", tag = "Prompts", params(("id" = SavedPromptId, Path, description = "The prompt.")),
    request_body = SavedPromptPatch,
    responses((status = 200, body = SavedPrompt), (status = 409)),
)]
pub(super) async fn update_prompt(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<SavedPromptId>,
    conditions: Conditions,
    Body(patch): Body<SavedPromptPatch>,
) -> Result<Json<SavedPrompt>> {
    let change = SavedPromptChange { only_if: conditions.on(SavedPrompt::from), ..patch.into() };
    Ok(Json(gateway.saved_prompts.update(&caller, &id, change).await?.into()))
}

/// Delete a prompt
///
/// To delete a shared one takes the permission `ManagePrompts`.
#[utoipa::path(
    delete, path = "/api/prompts/{id}", tag = "Prompts", params(("id" = SavedPromptId, Path, description = "The prompt.")),
    responses((status = 204)),
)]
pub(super) async fn delete_prompt(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<SavedPromptId>,
) -> Result<StatusCode> {
    gateway.saved_prompts.delete(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
