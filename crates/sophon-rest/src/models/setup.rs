//! What helps to add a model provider: the services that are known, the servers that are found, and a test.

use axum::Json;
use axum::extract::State;
use sophon_api::{List, LocalModelServer, ModelProviderDraft, ProviderPreset, ProviderTest};

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Body};

/// List the services that a model provider can be set up as
#[utoipa::path(
    get, path = "/api/models/presets", tag = "Models",
    responses((status = 200, body = List<ProviderPreset>)),
)]
pub(super) async fn list_presets(
    State(gateway): Api,
    Authorized(caller): Authorized,
) -> Result<Json<List<ProviderPreset>>> {
    let presets = gateway.models.presets(&caller)?.iter().cloned();
    Ok(Json(List::whole(presets.map(ProviderPreset::from))))
}

/// Look for model servers on the gateway's machine
///
/// Ollama, LM Studio, llama.cpp and vLLM are looked for on loopback, at their usual ports. Takes two seconds at the most.
#[utoipa::path(
    post, path = "/api/models/local", tag = "Models",
    responses((status = 200, body = List<LocalModelServer>)),
)]
pub(super) async fn find_local_servers(
    State(gateway): Api,
    Authorized(caller): Authorized,
) -> Result<Json<List<LocalModelServer>>> {
    let servers = gateway.models.find_local(&caller).await?;
    Ok(Json(List::whole(servers.into_iter().map(LocalModelServer::from))))
}

/// Test a model provider before it is saved
///
/// Asks it for its list of models, and a model for a word. Nothing is kept. Takes 40 seconds at the most.
#[utoipa::path(
    post, path = "/api/models/providers/test", tag = "Models", request_body = ModelProviderDraft,
    responses((status = 200, body = ProviderTest)),
)]
pub(super) async fn test_draft(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Body(draft): Body<ModelProviderDraft>,
) -> Result<Json<ProviderTest>> {
    let key_of = draft.key_of.clone();
    Ok(Json(gateway.models.test_draft(&caller, draft.into(), key_of).await?.into()))
}
