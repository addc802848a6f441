//! The files that make an agent what it is: SOUL.md, BOOT.md and HEARTBEAT.md.

use axum::Json;
use axum::extract::{FromRequest, Request, State};
use sophon_api::{AgentFileContent, NewAgentFileContent};
use sophon_core::Gateway;
use sophon_core::agents::AgentChange;
use sophon_model::{AgentFile, Caller};
use utoipa::ToSchema;

use crate::Api;
use crate::conditions::Conditions;
use crate::error::{ApiError, Result};
use crate::extract::{Authorized, Body, Id, media_type, read_text};

/// The file itself.
#[derive(ToSchema)]
#[schema(value_type = String, example = "You plan journeys by train.")]
#[expect(dead_code, reason = "it describes the body, which is read as text")]
struct Markdown(String);

/// The new text, as JSON or as the file itself.
pub(super) struct NewContent(String);

impl<S: Sync> FromRequest<S> for NewContent {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self> {
        if let Some("text/markdown" | "text/plain") = media_type(request.headers()).as_deref() {
            return read_text(request).await.map(Self);
        }
        let Body(NewAgentFileContent { content }) = Body::from_request(request, state).await?;
        Ok(Self(content))
    }
}

async fn read(
    gateway: &Gateway,
    caller: &Caller,
    id: &str,
    file: AgentFile,
) -> Result<Json<AgentFileContent>> {
    Ok(Json(AgentFileContent::of(&gateway.agents.get(caller, id).await?, file)))
}

async fn write(
    gateway: &Gateway,
    caller: &Caller,
    id: &str,
    (file, content): (AgentFile, String),
    conditions: Conditions,
) -> Result<Json<AgentFileContent>> {
    let only_if = conditions.on(move |agent| AgentFileContent::of(&agent, file));
    let change = AgentChange { file: Some((file, content)), only_if, ..AgentChange::default() };
    Ok(Json(AgentFileContent::of(&gateway.agents.update(caller, id, change).await?, file)))
}

/// Read SOUL.md: the agent's personality
#[utoipa::path(
    get, path = "/api/agents/{id}/soul", tag = "Agents",
    params(("id" = String, Path, description = "The agent, by id or slug.", example = "travel")),
    responses((status = 200, body = AgentFileContent)),
)]
pub(super) async fn get_agent_soul(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<String>,
) -> Result<Json<AgentFileContent>> {
    read(&gateway, &caller, &id, AgentFile::Soul).await
}

/// Write SOUL.md: the agent's personality, read at each turn
#[utoipa::path(
    put, path = "/api/agents/{id}/soul", tag = "Agents", params(("id" = String, Path, description = "The agent, by id or slug.", example = "travel")),
    request_body(content((NewAgentFileContent = "application/json"), (Markdown = "text/markdown"))),
    responses((status = 200, body = AgentFileContent)),
)]
pub(super) async fn put_agent_soul(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<String>,
    conditions: Conditions,
    NewContent(content): NewContent,
) -> Result<Json<AgentFileContent>> {
    write(&gateway, &caller, &id, (AgentFile::Soul, content), conditions).await
}

/// Read BOOT.md: what the agent reads in the first turn of a session
#[utoipa::path(
    get, path = "/api/agents/{id}/boot", tag = "Agents",
    params(("id" = String, Path, description = "The agent, by id or slug.", example = "travel")),
    responses((status = 200, body = AgentFileContent)),
)]
pub(super) async fn get_agent_boot(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<String>,
) -> Result<Json<AgentFileContent>> {
    read(&gateway, &caller, &id, AgentFile::Boot).await
}

/// Write BOOT.md: what the agent reads in the first turn of a session
#[utoipa::path(
    put, path = "/api/agents/{id}/boot", tag = "Agents", params(("id" = String, Path, description = "The agent, by id or slug.", example = "travel")),
    request_body(content((NewAgentFileContent = "application/json"), (Markdown = "text/markdown"))),
    responses((status = 200, body = AgentFileContent)),
)]
pub(super) async fn put_agent_boot(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<String>,
    conditions: Conditions,
    NewContent(content): NewContent,
) -> Result<Json<AgentFileContent>> {
    write(&gateway, &caller, &id, (AgentFile::Boot, content), conditions).await
}

/// Read HEARTBEAT.md: what the agent goes through on each heartbeat
#[utoipa::path(
    get, path = "/api/agents/{id}/heartbeat", tag = "Agents",
    params(("id" = String, Path, description = "The agent, by id or slug.", example = "travel")),
    responses((status = 200, body = AgentFileContent)),
)]
pub(super) async fn get_agent_heartbeat(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<String>,
) -> Result<Json<AgentFileContent>> {
    read(&gateway, &caller, &id, AgentFile::Heartbeat).await
}

/// Write HEARTBEAT.md: what the agent goes through on each heartbeat
#[utoipa::path(
    put, path = "/api/agents/{id}/heartbeat", tag = "Agents", params(("id" = String, Path, description = "The agent, by id or slug.", example = "travel")),
    request_body(content((NewAgentFileContent = "application/json"), (Markdown = "text/markdown"))),
    responses((status = 200, body = AgentFileContent)),
)]
pub(super) async fn put_agent_heartbeat(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Id(id): Id<String>,
    conditions: Conditions,
    NewContent(content): NewContent,
) -> Result<Json<AgentFileContent>> {
    write(&gateway, &caller, &id, (AgentFile::Heartbeat, content), conditions).await
}
