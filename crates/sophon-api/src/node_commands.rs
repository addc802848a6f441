//! Commands to nodes.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use sophon_model::{
    NODE_COMMANDS, NodeCommandId, NodeCommandSpec, NodeCommandStatus, NodeId, TaskId, UserId,
};
use utoipa::openapi::RefOr;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::Time;

/// A command to a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NodeCommand {
    /// Its id.
    pub command_id: NodeCommandId,
    /// The node.
    pub node_id: NodeId,
    /// What to do.
    #[schema(example = "system.info")]
    pub command: String,
    /// With which parameters.
    #[schema(value_type = Object)]
    pub params: Value,
    /// Where it stands.
    pub status: NodeCommandStatus,
    /// Whether it was done; null as long as nobody knows.
    #[schema(required)]
    pub ok: Option<bool>,
    /// What the node returned.
    #[schema(required)]
    pub result: Option<Value>,
    /// Why it was not done.
    #[schema(required)]
    pub error: Option<NodeError>,
    /// In whose name.
    pub requested_by: UserId,
    /// The task that waits for it, if an agent sent it.
    #[schema(required)]
    pub task_id: Option<TaskId>,
    /// When it was sent.
    pub created_at: Time,
    /// Until when its answer is waited for.
    pub expires_at: Time,
    /// When the node took it.
    #[schema(required)]
    pub dispatched_at: Option<Time>,
    /// When it ended.
    #[schema(required)]
    pub ended_at: Option<Time>,
}

impl From<sophon_model::NodeCommand> for NodeCommand {
    fn from(command: sophon_model::NodeCommand) -> Self {
        let message = command.error_message.unwrap_or_default();
        Self {
            ok: command.status.was_done(),
            command_id: command.id,
            node_id: command.node_id,
            command: command.command,
            params: command.params,
            status: command.status,
            result: command.result,
            error: command.error_code.map(|code| NodeError { code, message }),
            requested_by: command.requested_by,
            task_id: command.task_id,
            created_at: command.created_at.into(),
            expires_at: command.expires_at.into(),
            dispatched_at: command.dispatched_at.map(Time),
            ended_at: command.ended_at.map(Time),
        }
    }
}

/// Why a command was not done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct NodeError {
    /// `scope_denied`, `consent_denied`, `unsupported`, `timeout`, `failed`, `interrupted`, `cancelled`,
    /// `node_deleted` or the node's own.
    #[schema(example = "consent_denied")]
    pub code: String,
    /// The same for people.
    #[schema(example = "The owner of the machine said no.")]
    pub message: String,
}

/// The schema of the names in [`NODE_COMMANDS`].
pub(crate) struct NodeCommandName;

impl PartialSchema for NodeCommandName {
    fn schema() -> RefOr<Schema> {
        let about = "A command to a node, with the scope it needs and the harm it can do.".to_owned();
        let line = |NodeCommandSpec { name, scope, risk }: &NodeCommandSpec| {
            format!("- `{name}`: scope `{}`, risk `{}`", scope.as_str(), risk.as_str())
        };
        let lines: Vec<String> = std::iter::once(about).chain(NODE_COMMANDS.iter().map(line)).collect();
        ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(NODE_COMMANDS.iter().map(|spec| spec.name)))
            .description(Some(lines.join("\n")))
            .examples([json!("system.info")])
            .extensions(Some(Extensions::builder().add("x-commands", catalogue()).build()))
            .into()
    }
}

impl ToSchema for NodeCommandName {}

/// The commands, each with its scope and its risk, for programs.
fn catalogue() -> Value {
    let command =
        |spec: &NodeCommandSpec| (spec.name.to_owned(), json!({ "scope": spec.scope, "risk": spec.risk }));
    NODE_COMMANDS.iter().map(command).collect::<Map<String, Value>>().into()
}

/// What a node is to do.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SendCommand {
    /// One of the commands that exist.
    #[schema(value_type = NodeCommandName)]
    pub command: String,
    /// At most 65,536 bytes of JSON.
    #[serde(default = "no_params")]
    #[schema(value_type = Object)]
    pub params: Value,
    /// How long to wait for the outcome: 30,000 by default.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1_000, maximum = 600_000)]
    pub timeout_ms: Option<u64>,
}

fn no_params() -> Value {
    json!({})
}

/// A command as it is sent to its node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExecuteCommand {
    /// Its id. Whatever is sent twice with one id is done once.
    pub command_id: NodeCommandId,
    /// What to do.
    #[schema(example = "system.info")]
    pub command: String,
    /// With which parameters.
    #[schema(value_type = Object)]
    pub params: Value,
    /// How long the node may take from now on.
    #[schema(example = 30_000)]
    pub timeout_ms: u64,
}

impl ExecuteCommand {
    /// The command as it is sent with so much time left.
    pub fn new(command: sophon_model::NodeCommand, left: std::time::Duration) -> Self {
        Self {
            command_id: command.id,
            command: command.command,
            params: command.params,
            timeout_ms: left.as_millis() as u64,
        }
    }
}

/// What became of a command. Fields that are not known are passed over: no outcome may be lost.
// The second names are those that .NET writes in MessagePack.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct CommandResult {
    /// Whether it was done.
    #[serde(alias = "Ok")]
    pub ok: bool,
    /// At most 262,144 bytes of JSON.
    #[serde(default, alias = "Result")]
    pub result: Value,
    /// Why it was not done.
    #[serde(default, alias = "Error")]
    pub error: Option<ReportedError>,
}

/// Why a command was not done: for programs and people, or for people alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
#[schema(examples(json!({ "code": "exit_status", "message": "The program ended with 1." })))]
pub enum ReportedError {
    /// For people alone.
    Text(String),
    /// For programs and people.
    Coded {
        /// For programs.
        #[serde(alias = "Code")]
        code: String,
        /// For people.
        #[serde(default, alias = "Message")]
        message: String,
    },
}

#[cfg(feature = "core")]
mod core {
    use std::time::Duration;

    use sophon_core::nodes::{self, Outcome};
    use sophon_model::NodeId;

    use super::{CommandResult, ReportedError, SendCommand};

    impl SendCommand {
        /// The command to `node`.
        pub fn to(self, node: NodeId) -> nodes::SendCommand {
            let SendCommand { command, params, timeout_ms } = self;
            nodes::SendCommand { node, command, params, time: timeout_ms.map(Duration::from_millis) }
        }
    }

    impl From<CommandResult> for Outcome {
        fn from(reported: CommandResult) -> Self {
            let failed = |code: &str, message| Outcome::Failed { code: code.into(), message };
            match reported {
                CommandResult { ok: true, result, .. } => Outcome::Done(result),
                CommandResult { error: Some(ReportedError::Coded { code, message }), .. } => {
                    failed(&code, message)
                }
                CommandResult { error: Some(ReportedError::Text(message)), .. } => failed("failed", message),
                CommandResult { error: None, .. } => failed("failed", "The node did not say why.".into()),
            }
        }
    }
}
