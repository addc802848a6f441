//! The tools that agents may use: what one is, which ones an agent has, and those that belong to no other subject.

mod calculator;
mod datetime;
mod deep_stack;
mod toolset;
mod web_fetch;

pub use toolset::Tools;
pub(crate) use toolset::{Registered, ToolSource, Toolset};

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sophon_model::ports::{Fetch, ToolSpec};
use sophon_model::{Agent, Caller, Error, Risk, SessionId, TaskId, Timestamp, ToolCallId};

use crate::database::Database;
use crate::jobs::{Held, HeldError};
use crate::registry::Registry;

/// What a tool returns is cut at this many bytes before the model reads it.
pub const LONGEST_RESULT: usize = 32 * 1024;

/// How long a tool may work that does not say otherwise.
const TOOL_TIME: Duration = Duration::from_mins(1);

/// For whom and where a tool works.
#[derive(Clone)]
pub struct ToolContext {
    /// The agent as a caller. Its rights are those of the person whose turn it is, and no more.
    pub caller: Caller,
    /// The agent that calls.
    pub agent: Agent,
    /// The session.
    pub session: SessionId,
    /// The task.
    pub task: TaskId,
    /// The lease on the turn's job: a tool that changes what the turn depends on writes through it.
    pub(crate) held: Held,
    /// The call: the same one if it is made again after an interruption.
    pub call: ToolCallId,
}

/// Why a tool did not do what was asked: a text for the model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToolFailure(pub String);

impl From<Error> for ToolFailure {
    fn from(error: Error) -> Self {
        Self(error.message().to_owned())
    }
}

impl From<HeldError> for ToolFailure {
    fn from(error: HeldError) -> Self {
        match error {
            HeldError::Failed(error) => error.into(),
            HeldError::Lost => Self("The turn goes on elsewhere.".into()),
        }
    }
}

/// What a call of a tool comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ToolOutput {
    /// The result, for the model.
    Text(String),
    /// The tool waits for something that happens by this time. The turn is parked, and makes the same call again when
    /// it is woken.
    Waits(Timestamp),
}

impl From<&str> for ToolOutput {
    fn from(text: &str) -> Self {
        Self::Text(text.into())
    }
}

impl From<String> for ToolOutput {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// Something that agents can do.
#[async_trait]
pub trait Tool: Send + Sync {
    /// What models read about it.
    fn spec(&self) -> ToolSpec;

    /// How much harm this call can do: no more than [`ToolSpec::risk`].
    fn risk(&self, arguments: &Value) -> Risk {
        let _ = arguments;
        self.spec().risk
    }

    /// Refuses arguments that the tool cannot work with, before anybody is asked about them.
    fn check(&self, arguments: &Value) -> Result<(), ToolFailure> {
        let _ = arguments;
        Ok(())
    }

    /// What the call comes to, in a sentence for the person who is asked about it.
    fn preview(&self, arguments: &Value) -> Option<String> {
        let _ = arguments;
        None
    }

    /// How long it may work.
    fn time_limit(&self) -> Duration {
        TOOL_TIME
    }

    /// Whether the same call, made again after an interruption, goes on with what had begun instead of doing it twice.
    /// Of a tool that needs approval and is not, nobody knows after an interruption what it had done. A tool that waits
    /// is resumable.
    fn is_resumable(&self) -> bool {
        false
    }

    /// Does it.
    async fn call(&self, context: &ToolContext, arguments: Value) -> Result<ToolOutput, ToolFailure>;
}

/// Registers the tools that belong to no other subject.
pub(crate) fn register(registry: &mut Registry, db: &Database, fetch: Arc<dyn Fetch>) {
    registry.tool(datetime::Now::new(db.clone()));
    registry.tool(calculator::Evaluate);
    registry.tool(web_fetch::FetchPage::new(db.clone(), fetch));
}

/// The arguments in their type, or a text that tells the model what is wrong with them.
pub(crate) fn typed<T: DeserializeOwned>(arguments: Value) -> Result<T, ToolFailure> {
    serde_json::from_value(arguments)
        .map_err(|error| ToolFailure(format!("The arguments are wrong: {error}.")))
}

/// What models read about a tool whose arguments are an object with these properties and no others.
pub(crate) fn spec(
    name: &str,
    description: &str,
    risk: Risk,
    properties: &Value,
    required: &[&str],
) -> ToolSpec {
    ToolSpec {
        name: name.into(),
        description: description.into(),
        parameters: json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        }),
        risk,
        is_editable: false,
    }
}
