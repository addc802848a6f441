//! The model providers.

use axum::Json;
use axum::extract::State;
use sophon_api::{List, ModelProvider, NewModelProvider};

use crate::Api;
use crate::created::Created;
use crate::error::Result;
use crate::extract::{Authorized, Body};

/// List the model providers, in the order in which they are asked
///
/// Those of the gateway's configuration, and then those that were added.
#[utoipa::path(
    get, path = "/api/models/providers", tag = "Models",
    responses((status = 200, body = List<ModelProvider>)),
)]
pub(super) async fn list_providers(
    State(gateway): Api,
    Authorized(caller): Authorized,
) -> Result<Json<List<ModelProvider>>> {
    let providers = gateway.models.providers(&caller).await?;
    Ok(Json(List::whole(providers.into_iter().map(ModelProvider::from))))
}

/// Add a model provider
///
/// It is asked from the next answer on, without a restart. If no model is named, the service is asked for its list, and one
/// of it becomes the default; that takes 10 seconds at the most.
#[utoipa::path(
    post, path = "/api/models/providers", tag = "Models", request_body = NewModelProvider,
    responses((status = 201, body = ModelProvider)),
)]
pub(super) async fn add_provider(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Body(new): Body<NewModelProvider>,
) -> Result<Created<ModelProvider>> {
    let provider = gateway.models.add(&caller, new.into()).await?;
    Ok(Created::at(format!("/api/models/providers/{}", provider.id), provider.into()))
}
