//! The tool catalogue.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use serde_json::Value;
use sophon_model::Risk;
use sophon_model::ports::ToolSpec;
use utoipa::ToSchema;

use crate::list::List;
use crate::{Api, words};

/// A tool that agents can be allowed to use.
#[derive(Serialize, ToSchema)]
pub(super) struct ToolInfo {
    #[schema(example = "memory.search")]
    name: String,
    /// What it does and when to use it, as models are told.
    description: String,
    /// How much harm it can do.
    #[schema(schema_with = words::risk)]
    risk: Risk,
    /// JSON Schema of its arguments.
    #[schema(value_type = Object)]
    parameters: Value,
}

impl From<&ToolSpec> for ToolInfo {
    fn from(tool: &ToolSpec) -> Self {
        Self {
            name: tool.name.clone(),
            description: tool.description.clone(),
            risk: tool.risk,
            parameters: tool.parameters.clone(),
        }
    }
}

/// List the tools
///
/// Also at `/tools`.
#[utoipa::path(
    get, path = "/api/tools", tag = "Public", security(()),
    responses((status = 200, body = List<ToolInfo>)),
)]
pub(super) async fn list_tools(State(gateway): Api) -> Json<List<ToolInfo>> {
    Json(List::whole(gateway.tools.catalogue().map(ToolInfo::from)))
}
