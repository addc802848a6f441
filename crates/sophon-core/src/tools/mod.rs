//! The tools that agents may use: a registry, and the built-in ones.

mod calculator;
mod datetime;
mod discussion;
mod forget;
mod memory;
mod node;
mod person;
mod session_search;
mod web_fetch;

pub(crate) use person::NAME as ASKS_PERSON;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use sophon_model::ports::{Fetch, ToolSpec};
use sophon_model::text::{clean, visible};
use sophon_model::{Agent, Caller, Error, Risk, SessionId, TaskId, Timestamp, ToolCallId};

use crate::database::Database;
use crate::discussions::DiscussionRunner;
use crate::info_requests::InfoRequests;
use crate::jobs::{Held, HeldError};
use crate::nodes::Nodes;

/// What a tool returns is cut at this many bytes before the model reads it.
pub const LONGEST_RESULT: usize = 32 * 1024;

/// From this risk on a person is asked.
const ASKED_FROM: Risk = Risk::High;
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
    /// The tool waits for something that happens by this time. The turn is parked, and makes the same call again when it
    /// is woken.
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
    /// What models are told of it.
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

/// What a person is told of a call that needs approval.
pub(crate) struct Judged {
    pub(crate) risk: Risk,
    pub(crate) preview: Option<String>,
    pub(crate) is_editable: bool,
}

/// What the tools work with.
pub(crate) struct ToolDeps<'a> {
    pub(crate) db: &'a Database,
    pub(crate) fetch: Arc<dyn Fetch>,
    pub(crate) info_requests: &'a InfoRequests,
    pub(crate) runner: &'a DiscussionRunner,
    pub(crate) nodes: &'a Nodes,
}

/// All tools.
#[derive(Clone)]
pub struct Tools {
    tools: Arc<[(ToolSpec, Arc<dyn Tool>)]>,
}

impl Tools {
    pub(crate) fn new(deps: ToolDeps<'_>) -> Self {
        let ToolDeps { db, fetch, info_requests, runner, nodes } = deps;
        let tools: Vec<Arc<dyn Tool>> = vec![
            Arc::new(datetime::Now::new(db.clone())),
            Arc::new(calculator::Evaluate),
            Arc::new(memory::Write::new(db.clone())),
            Arc::new(memory::Search::new(db.clone())),
            Arc::new(forget::ForgetAll::new(db.clone())),
            Arc::new(discussion::Run::new(runner.clone())),
            Arc::new(person::Ask::new(info_requests.clone())),
            Arc::new(session_search::Search::new(db.clone())),
            Arc::new(web_fetch::FetchPage::new(db.clone(), fetch)),
            Arc::new(node::List::new(db.clone(), nodes.clone())),
            Arc::new(node::Command::new(db.clone(), nodes.clone())),
        ];
        Self { tools: tools.into_iter().map(|tool| (tool.spec(), tool)).collect() }
    }

    /// The catalogue.
    pub fn catalogue(&self) -> impl Iterator<Item = &ToolSpec> {
        self.tools.iter().map(|(spec, _)| spec)
    }

    /// What an agent's allowlist lets it use.
    pub(crate) fn allowed(&self, agent: &Agent) -> Vec<ToolSpec> {
        self.catalogue().filter(|spec| agent.may_use(&spec.name)).cloned().collect()
    }

    fn find(&self, name: &str) -> Option<&dyn Tool> {
        self.tools.iter().find(|(spec, _)| spec.name == name).map(|(_, tool)| &**tool)
    }

    /// What a person is to know of a call that needs approval; `None` if it needs none, or if the agent has no such tool.
    pub(crate) fn judge(
        &self,
        agent: &Agent,
        name: &str,
        arguments: &Value,
    ) -> Result<Option<Judged>, ToolFailure> {
        let Some(tool) = self.find(name).filter(|_| agent.may_use(name)) else { return Ok(None) };
        let risk = tool.risk(arguments);
        if risk < ASKED_FROM {
            return Ok(None);
        }
        tool.check(arguments)?;
        let is_editable = tool.spec().is_editable;
        // It is made of what the model wrote.
        let preview = tool.preview(arguments).map(|preview| visible(&preview).into_owned());
        Ok(Some(Judged { risk, preview, is_editable }))
    }

    /// How much harm the call can do with arguments that a person put in the place of the agent's; refuses those that
    /// the tool cannot work with.
    pub(crate) fn judge_edited(&self, name: &str, arguments: &Value) -> Result<Risk, ToolFailure> {
        let tool =
            self.find(name).ok_or_else(|| ToolFailure(format!("There is no tool '{name}' any more.")))?;
        tool.check(arguments)?;
        Ok(tool.risk(arguments))
    }

    /// Whether a call of the tool can be made again after an interruption.
    pub(crate) fn is_resumable(&self, name: &str) -> bool {
        self.find(name).is_some_and(Tool::is_resumable)
    }

    /// Calls a tool, if the agent may use it.
    pub(crate) async fn call(
        &self,
        context: &ToolContext,
        name: &str,
        arguments: Value,
    ) -> Result<ToolOutput, ToolFailure> {
        // A model may ask for a tool that it was not told of.
        let Some(tool) = self.find(name).filter(|_| context.agent.may_use(name)) else {
            return Err(ToolFailure(format!("There is no tool '{name}' that you may use.")));
        };
        let limit = tool.time_limit();
        let late = |_| ToolFailure(format!("The tool did not return within {} s.", limit.as_secs()));
        let called = tokio::time::timeout(limit, tool.call(context, arguments)).await.map_err(late)?;
        let output = called.map_err(|ToolFailure(reason)| ToolFailure(clean(reason)))?;
        let ToolOutput::Text(text) = output else { return Ok(output) };
        let mut text = clean(text);
        if text.len() > LONGEST_RESULT {
            text.truncate(text.floor_char_boundary(LONGEST_RESULT));
            text.push_str("\n[The rest was cut.]");
        }
        Ok(text.into())
    }
}

/// The arguments in their type, or a text that tells the model what is wrong with them.
fn typed<T: DeserializeOwned>(arguments: Value) -> Result<T, ToolFailure> {
    serde_json::from_value(arguments)
        .map_err(|error| ToolFailure(format!("The arguments are wrong: {error}.")))
}

fn spec(name: &str, description: &str, risk: Risk, properties: &Value, required: &[&str]) -> ToolSpec {
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
