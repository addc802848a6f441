//! What anybody may ask.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sophon_model::Risk;
use sophon_model::ports::ToolSpec;
use utoipa::ToSchema;

/// How the gateway is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Health {
    /// Whether it takes work.
    pub status: HealthStatus,
    /// Whether messages to the other gateways are carried; absent where `[backplane]` is not configured. It takes work also
    /// without.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backplane_connected: Option<bool>,
}

/// Whether the gateway takes work (`ok`), is shutting down (`draining`), or cannot store anything
/// (`storage_unavailable`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HealthStatus {
    /// It takes work.
    Ok,
    /// It is stopping and takes no new work.
    Draining,
    /// Storage does not answer, or nothing can be stored any more.
    StorageUnavailable,
}

/// Which Sophon this is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Version {
    /// `sophon`
    #[schema(example = "sophon")]
    pub name: String,
    /// Its version.
    #[schema(example = "0.1.0")]
    pub version: String,
}

/// A tool that agents can be allowed to use.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ToolInfo {
    /// Its name.
    #[schema(example = "memory.search")]
    pub name: String,
    /// What it does and when to use it, as models read it.
    #[schema(example = "Tells the time in a place.")]
    pub description: String,
    /// How much harm it can do.
    pub risk: Risk,
    /// JSON Schema of its arguments.
    #[schema(value_type = Object)]
    pub parameters: Value,
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
