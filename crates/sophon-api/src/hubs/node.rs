//! `/hubs/node`: what nodes are told and what they say.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use sophon_model::{NodeCommandId, NodeScope};
use utoipa::ToSchema;

use super::hub_events;
use crate::{CommandResult, ExecuteCommand, ReportedError};

hub_events! {
    /// What `/hubs/node` tells.
    pub enum NodeEvent {
        /// The node is to do something, and to answer or report what became of it.
        ExecuteCommand(ExecuteCommand),
        /// The node may be told other things than before.
        RefreshScopes(RefreshScopes),
        /// The node was deleted: its token is void.
        RevokeAccess(RevokeAccess),
    }
}

/// What the node may be told from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefreshScopes {
    /// All of it.
    pub scopes: Vec<NodeScope>,
}

/// The last word.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevokeAccess {}

/// The node has heard of its scopes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ScopeChanged {
    /// They, as it knows them.
    pub scopes: Vec<String>,
}

/// What became of a command.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportResult {
    /// The command.
    pub command_id: NodeCommandId,
    /// Whether it was done.
    pub ok: bool,
    /// At most 262,144 bytes of JSON.
    #[serde(default)]
    pub result: Value,
    /// Why it was not done.
    #[serde(default)]
    pub error: Option<ReportedError>,
}

impl ReportResult {
    /// The command, and what became of it.
    pub fn split(self) -> (NodeCommandId, CommandResult) {
        let Self { command_id, ok, result, error } = self;
        (command_id, CommandResult { ok, result, error })
    }
}
