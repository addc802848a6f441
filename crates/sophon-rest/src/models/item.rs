//! One model provider.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use sophon_api::{ModelProvider, ModelProviderPatch, ProviderTest};
use sophon_core::models::ProviderChange;
use sophon_model::ProviderId;

use crate::Api;
use crate::conditions::Conditions;
use crate::error::Result;
use crate::extract::{Authorized, Body, Id};

/// Describe a model provider
#[utoipa::path(
    get, path = "/api/models/providers/{id}", tag = "Models",
    params(("id" = ProviderId, Path, description = "The provider; its id in the configuration if it comes from there.")),
    responses((status = 200, body = ModelProvider)),
)]
pub(super) async fn get_provider(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<ProviderId>,
) -> Result<Json<ModelProvider>> {
    Ok(Json(gateway.models.provider(&caller, &id).await?.into()))
}

/// Change a model provider
///
/// The change counts from the next answer on; one that has begun goes on as it is. A conflict if the provider comes from the
/// gateway's configuration: it is changed there.
#[utoipa::path(
    patch, path = "/api/models/providers/{id}", tag = "Models",
    params(("id" = ProviderId, Path, description = "The provider.")),
    request_body = ModelProviderPatch, responses((status = 200, body = ModelProvider), (status = 409)),
)]
pub(super) async fn update_provider(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<ProviderId>,
    conditions: Conditions,
    Body(patch): Body<ModelProviderPatch>,
) -> Result<Json<ModelProvider>> {
    let change = ProviderChange { only_if: conditions.on(ModelProvider::from), ..patch.into() };
    Ok(Json(gateway.models.change(&caller, &id, change).await?.into()))
}

/// Remove a model provider
///
/// Its key is forgotten. A conflict if the provider comes from the gateway's configuration: it is removed there.
#[utoipa::path(
    delete, path = "/api/models/providers/{id}", tag = "Models",
    params(("id" = ProviderId, Path, description = "The provider.")),
    responses((status = 204), (status = 409)),
)]
pub(super) async fn delete_provider(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<ProviderId>,
) -> Result<StatusCode> {
    gateway.models.remove(&caller, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Test a model provider
///
/// Asks it for its list of models, and its default model for a word, also while it is disabled. Takes 30 seconds at the
/// most.
#[utoipa::path(
    post, path = "/api/models/providers/{id}/test", tag = "Models",
    params(("id" = ProviderId, Path, description = "The provider; its id in the configuration if it comes from there.")),
    responses((status = 200, body = ProviderTest)),
)]
pub(super) async fn test_provider(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<ProviderId>,
) -> Result<Json<ProviderTest>> {
    Ok(Json(gateway.models.test(&caller, &id).await?.into()))
}
