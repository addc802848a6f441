//! What the subjects bring to the gateway that they live in.
//!
//! Each registers its own as it is opened: the handlers of its jobs, its part in the end of a task, its tools, and what
//! it removes in time. Nothing else has a list of them.

use std::sync::Arc;
use std::time::Duration;

use sophon_model::ports::Ends;
use sophon_model::{Result, Timestamp};

use crate::database::Unit;
use crate::jobs::{Chore, Handler, Handlers};
use crate::maintenance::REMOVED_AT_ONCE;
use crate::peers::NoticeHandlers;
use crate::tasks::{TaskEndHook, TaskEndHooks};
use crate::tools::{Registered, Tool, ToolSource};

/// Removes some of what has ended before a time; returns how many rows.
pub(crate) type Prune = fn(&mut Unit<'_>, Timestamp) -> Result<u64>;

/// What was registered so far.
#[derive(Default)]
pub(crate) struct Registry {
    pub(crate) handlers: Handlers,
    pub(crate) task_end_hooks: TaskEndHooks,
    pub(crate) tools: Registered,
    pub(crate) retention: Vec<(Duration, Prune)>,
    pub(crate) notices: NoticeHandlers,
}

impl Registry {
    /// Has `handler` do the jobs of its kind.
    pub(crate) fn handler(&mut self, handler: impl Handler) {
        self.handlers.register(handler);
    }

    /// Has `chore` do the jobs of its kind.
    pub(crate) fn chore(&mut self, chore: impl Chore) {
        self.handlers.register_chore(chore);
    }

    /// Has `hook` finish what a task leaves behind that has ended, after the hooks that were registered before.
    pub(crate) fn task_end(&mut self, hook: impl TaskEndHook + 'static) {
        self.task_end_hooks.push(Box::new(hook));
    }

    /// Has `handle` called with the key of each notice of a subject that another gateway sends. A notice may be lost, late or
    /// doubled.
    pub(crate) fn notice(&mut self, subject: &'static str, handle: impl Fn(&str) + Send + Sync + 'static) {
        let before = self.notices.insert(subject, Box::new(handle));
        debug_assert!(before.is_none(), "a subject of notices is registered once");
    }

    /// Gives a tool to all agents whose allowlist names it.
    pub(crate) fn tool(&mut self, tool: impl Tool + 'static) {
        self.tools.fixed.push(Arc::new(tool));
    }

    /// Has `source` asked for tools in each turn.
    pub(crate) fn tool_source(&mut self, source: impl ToolSource) {
        self.tools.sources.push(Box::new(source));
    }

    /// Has the entities of a kind removed, some at a time, that ended longer than `kept` ago.
    pub(crate) fn keep<E: Ends>(&mut self, kept: Duration) {
        self.keep_for(kept, |unit, before| unit.tx.prune::<E>(before, REMOVED_AT_ONCE));
    }

    /// Has `prune` remove, some at a time, what ended longer than `kept` ago.
    pub(crate) fn keep_for(&mut self, kept: Duration, prune: Prune) {
        self.retention.push((kept, prune));
    }
}
