//! The models that can be asked for, and whether their providers answer.

use axum::Json;
use axum::extract::State;
use sophon_api::{List, Model, ProviderCheck};
use utoipa_axum::routes;

use crate::Api;
use crate::class::Class::{Expensive, Read};
use crate::error::Result;
use crate::extract::Authorized;
use crate::router::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default().routes(Read, routes!(list_models)).unkeyed(Expensive, routes!(check_providers))
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
