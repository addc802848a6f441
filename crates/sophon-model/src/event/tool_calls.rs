//! Tools work.

use serde::{Deserialize, Serialize};

use super::Audience;
use crate::ToolCall;

/// What happened to a tool call. It concerns the members of its session, and who watches its task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "tool_call_event", rename_all = "snake_case")]
pub enum ToolCallEvent {
    /// The tool began to work.
    Started {
        /// The call.
        call: Box<ToolCall>,
    },
    /// It returned.
    Ended {
        /// The call.
        call: Box<ToolCall>,
    },
}

impl ToolCallEvent {
    pub(super) fn audience(&self) -> Vec<Audience<'_>> {
        let (ToolCallEvent::Started { call } | ToolCallEvent::Ended { call }) = self;
        vec![Audience::Members(&call.session_id), Audience::Task(&call.task_id)]
    }
}
