//! `/hubs/node`: what nodes are sent, and what they report.

use serde::{Deserialize, Serialize};
use sophon_model::{NodeCommandId, NodeScope};
use utoipa::ToSchema;

use super::hub_events;
use crate::{CommandResult, ExecuteCommand};

hub_events! {
    /// What `/hubs/node` sends.
    pub enum NodeEvent {
        /// The node is to do something, and to answer or report what became of it.
        ExecuteCommand(ExecuteCommand),
        /// The scopes of the node have changed.
        RefreshScopes(RefreshScopes),
        /// The node was deleted: its token is void.
        RevokeAccess(RevokeAccess),
    }
}

/// The scopes of the node from now on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RefreshScopes {
    /// All of them.
    pub scopes: Vec<NodeScope>,
}

/// The node was deleted: its token is void.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RevokeAccess {}

/// The node has heard of its scopes.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct ScopeChanged {
    /// The scopes, as it knows them.
    pub scopes: Vec<String>,
}

/// What became of a command.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportResult {
    /// The command.
    // The second name is the one that .NET writes in MessagePack.
    #[serde(alias = "CommandId")]
    pub command_id: NodeCommandId,
    /// What became of it.
    #[serde(flatten)]
    pub outcome: CommandResult,
}
