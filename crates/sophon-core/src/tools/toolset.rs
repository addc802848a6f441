//! Which tools there are, and which of them a turn has.

use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};

use futures_util::FutureExt;
use serde_json::Value;
use sophon_model::ports::{ToolSpec, Tx};
use sophon_model::text::{clean, visible};
use sophon_model::{Agent, Caller, Error, Result, Risk};
use tokio::time::timeout;

use super::{LONGEST_RESULT, Tool, ToolContext, ToolFailure, ToolOutput};

/// Tools that a turn may have. What is beyond it is left out and logged: model servers refuse more.
pub const MOST_TOOLS: usize = 128;
/// From this risk on a person is asked.
const ASKED_FROM: Risk = Risk::High;

/// Where tools come from that not everybody has, or not always. It is asked for each turn, and again when a turn is
/// resumed, so that its tools can come and go.
pub(crate) trait ToolSource: Send + Sync + 'static {
    /// All that it may have for anybody, for those who write an agent's allowlist.
    fn catalogue(&self) -> Vec<ToolSpec>;

    /// The tools that it has now for this agent in the service of this caller. It is asked in the read that a turn
    /// begins with, while somebody waits for the first word: it knows from storage or from memory what it has.
    fn tools(&self, tx: &dyn Tx, caller: &Caller, agent: &Agent) -> Result<Vec<Arc<dyn Tool>>>;
}

/// What the subjects of a gateway have registered.
#[derive(Default)]
pub(crate) struct Registered {
    /// The tools that are always there.
    pub(crate) fixed: Vec<Arc<dyn Tool>>,
    /// Where others come from.
    pub(crate) sources: Vec<Box<dyn ToolSource>>,
}

/// All tools. Cloning makes another handle. There are none until all subjects have registered theirs.
#[derive(Clone, Default)]
pub struct Tools(Arc<OnceLock<Registered>>);

impl Tools {
    /// Takes what the subjects have registered. Once, as the gateway is put together.
    pub(crate) fn set(&self, registered: Registered) {
        let unset = self.0.set(registered);
        debug_assert!(unset.is_ok(), "the gateway is put together once");
    }

    /// The catalogue: all tools that an agent can have. Which of them it has depends on its allowlist, and for some on
    /// for whom it works.
    pub fn catalogue(&self) -> Vec<ToolSpec> {
        let Some(registered) = self.0.get() else { return Vec::new() };
        let fixed = registered.fixed.iter().map(|tool| tool.spec());
        fixed.chain(registered.sources.iter().flat_map(|source| source.catalogue())).collect()
    }

    /// The tools that the agent has now in the service of this caller: those that its allowlist names.
    pub(crate) fn of(&self, tx: &dyn Tx, caller: &Caller, agent: &Agent) -> Result<Toolset> {
        let Some(registered) = self.0.get() else { return Ok(Toolset::default()) };
        let mut tools = registered.fixed.clone();
        for source in &registered.sources {
            tools.extend(source.tools(tx, caller, agent)?);
        }
        Ok(Toolset::of(agent, tools))
    }
}

/// What a person sees of a call that needs approval.
pub(crate) struct Judged {
    pub(crate) risk: Risk,
    pub(crate) preview: Option<String>,
    pub(crate) is_editable: bool,
}

/// The tools of one agent in one turn. It has no others: what is not in here cannot be called, nor approved.
#[derive(Clone, Default)]
pub(crate) struct Toolset(Vec<(ToolSpec, Arc<dyn Tool>)>);

impl Toolset {
    /// Those that the agent's allowlist names, the first of each name.
    fn of(agent: &Agent, tools: Vec<Arc<dyn Tool>>) -> Self {
        let mut names = HashSet::new();
        let mut kept = Vec::new();
        for tool in tools {
            let spec = tool.spec();
            if !agent.may_use(&spec.name) {
                continue;
            }
            if kept.len() == MOST_TOOLS || !names.insert(spec.name.clone()) {
                tracing::warn!(tool = spec.name, agent = %agent.id, "a tool is left out: it is one too many, or its name is taken");
                continue;
            }
            kept.push((spec, tool));
        }
        Self(kept)
    }

    /// Whether it has none.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the model reads about them.
    pub(crate) fn specs(&self) -> Vec<ToolSpec> {
        self.0.iter().map(|(spec, _)| spec.clone()).collect()
    }

    /// Whether it has a tool of this name.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.find(name).is_some()
    }

    fn find(&self, name: &str) -> Option<&dyn Tool> {
        self.0.iter().find(|(spec, _)| spec.name == name).map(|(_, tool)| &**tool)
    }

    /// What a person is to know of a call that needs approval; `None` if it needs none, or if the agent has no such
    /// tool.
    pub(crate) fn judge(&self, name: &str, arguments: &Value) -> Result<Option<Judged>, ToolFailure> {
        let Some(tool) = self.find(name) else { return Ok(None) };
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
        let tool = self.find(name);
        let tool = tool.ok_or_else(|| ToolFailure(format!("The agent has no tool '{name}' any more.")))?;
        tool.check(arguments)?;
        Ok(tool.risk(arguments))
    }

    /// Whether a call of the tool can be made again after an interruption.
    pub(crate) fn is_resumable(&self, name: &str) -> bool {
        self.find(name).is_some_and(Tool::is_resumable)
    }

    /// Calls a tool, in the time that it may take.
    pub(crate) async fn call(
        &self,
        context: &ToolContext,
        name: &str,
        arguments: Value,
    ) -> Result<ToolOutput, ToolFailure> {
        // A model may ask for a tool that it was not offered.
        let Some(tool) = self.find(name) else {
            return Err(ToolFailure(format!("There is no tool '{name}' that you may use.")));
        };
        let limit = tool.time_limit();
        let late = |_| ToolFailure(format!("The tool did not return within {} s.", limit.as_secs()));
        let working = AssertUnwindSafe(tool.call(context, arguments)).catch_unwind();
        let called = timeout(limit, working).await.map_err(late)?.unwrap_or_else(|panic| {
            tracing::error!(error = ?Error::panicked(name, &*panic), "a tool panicked");
            // The turn goes on: what was paid for so far is kept.
            Err(ToolFailure("The tool has a fault and broke off. What it had begun may be done.".into()))
        });
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
