//! Dotted tool names on wires that know no dots.

use std::collections::HashMap;

use sophon_model::ports::ToolSpec;

/// The name of a tool as providers accept it: `memory.search` becomes `memory__search`.
pub(crate) fn to_wire(name: &str) -> String {
    name.replace('.', "__")
}

/// Finds the names back that [`to_wire`] has changed.
pub(crate) struct ToolNames(HashMap<String, String>);

impl ToolNames {
    pub(crate) fn new(tools: &[ToolSpec]) -> Self {
        Self(tools.iter().map(|tool| (to_wire(&tool.name), tool.name.clone())).collect())
    }

    /// Whether a tool was offered under this name of the wire.
    pub(crate) fn is_offered(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// The tool that a model means. A name that was never offered is translated by rule, so that the core can say that
    /// there is no such tool.
    pub(crate) fn original(&self, name: &str) -> String {
        self.0.get(name).cloned().unwrap_or_else(|| name.replace("__", "."))
    }
}
