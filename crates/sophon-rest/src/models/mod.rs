//! The models that can be asked for.

use axum::Json;
use axum::extract::State;
use sophon_api::{List, Model};
use utoipa_axum::routes;

use crate::Api;
use crate::class::Class::Read;
use crate::error::Result;
use crate::extract::Authorized;
use crate::router::ApiRouter;

pub(crate) fn routes() -> ApiRouter {
    ApiRouter::default().routes(Read, routes!(list_models))
}

/// List the models that can be asked for
///
/// In order of preference. With no provider configured it is the built-in offline agent alone.
#[utoipa::path(get, path = "/api/models", tag = "Models", responses((status = 200, body = List<Model>)))]
async fn list_models(State(gateway): Api, _: Authorized) -> Result<Json<List<Model>>> {
    Ok(Json(List::whole(gateway.models.list().into_iter().map(Model::from))))
}
