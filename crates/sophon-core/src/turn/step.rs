//! What is stored of a turn between model calls.

use serde::{Deserialize, Serialize};
use sophon_model::ports::{ModelToolCall, Reasoning, StopReason};
use sophon_model::{Fallback, Usage};

/// One answer of the model. Its tool calls bear our ids in place of the model's, which need not be unique; under
/// these ids their results are found.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Step {
    pub(super) text: String,
    pub(super) tool_calls: Vec<ModelToolCall>,
    /// What the model thought, if its provider wants it back with the results.
    #[serde(default)]
    pub(super) reasoning: Option<Reasoning>,
    pub(super) usage: Usage,
    /// That another model answered than the one that was asked for.
    #[serde(default)]
    pub(super) fallback: Option<Fallback>,
    /// Why the model stopped.
    #[serde(skip)]
    pub(super) stop: StopReason,
}
