//! The models that can be asked for, their providers, and whether these answer.

mod item;
mod providers;
mod setup;

use axum::Json;
use axum::extract::State;
use sophon_api::{CatalogModel, List, Model, ProviderCheck};
use utoipa_axum::routes;

use crate::Api;
use crate::class::Class::{Expensive, Read, Write};
use crate::error::Result;
use crate::extract::Authorized;
use crate::router::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default()
        .routes(Read, routes!(list_models))
        .routes(Read, routes!(list_catalog))
        .unkeyed(Expensive, routes!(check_providers))
        .routes(Read, routes!(setup::list_presets))
        .unkeyed(Expensive, routes!(setup::find_local_servers))
        .routes(Read, routes!(providers::list_providers))
        .routes(Write, routes!(providers::add_provider))
        .unkeyed(Expensive, routes!(setup::test_draft))
        .routes(Read, routes!(item::get_provider))
        .routes(Write, routes!(item::update_provider, item::delete_provider))
        .unkeyed(Expensive, routes!(item::test_provider))
}

/// List the models that can be asked for
///
/// Those that are configured, in order of preference, and then what the providers' services offer besides. A service is
/// asked at most every five minutes; the first call waits for it, three seconds at the most. With no provider configured
/// it is the built-in offline agent alone.
#[utoipa::path(get, path = "/api/models", tag = "Models", responses((status = 200, body = List<Model>)))]
async fn list_models(State(gateway): Api, _: Authorized) -> Result<Json<List<Model>>> {
    Ok(Json(List::whole(gateway.models.list().await.into_iter().map(Model::from))))
}

/// Check the model providers
///
/// Asks each provider for its list of models, and its first model for a word, all at once. Takes 30 seconds at the most.
/// With no provider configured there is nothing to check.
#[utoipa::path(
    post, path = "/api/models/check", tag = "Models",
    responses((status = 200, body = List<ProviderCheck>)),
)]
async fn check_providers(
    State(gateway): Api,
    Authorized(caller): Authorized,
) -> Result<Json<List<ProviderCheck>>> {
    let checks = gateway.models.check(&caller).await?;
    Ok(Json(List::whole(checks.into_iter().map(ProviderCheck::from))))
}

/// List the catalogue of models
///
/// Of each provider that is enabled: the models that are set up, also those that are disabled, and then what its service
/// offers besides, with what is known of them. What is known of a model is set with its provider.
#[utoipa::path(
    get, path = "/api/models/catalog", tag = "Models",
    responses((status = 200, body = List<CatalogModel>)),
)]
async fn list_catalog(State(gateway): Api, _: Authorized) -> Result<Json<List<CatalogModel>>> {
    Ok(Json(List::whole(gateway.models.catalogue().await?.into_iter().map(CatalogModel::from))))
}
