//! Agents ask what they want to know.

use serde::{Deserialize, Serialize};

use super::Audience;
use crate::InfoRequest;

/// What happened to a question. It concerns the members of its session, who watches its task, and the user who is asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "info_request_event", rename_all = "snake_case")]
pub enum InfoRequestEvent {
    /// An agent has a question.
    Requested {
        /// The question.
        request: Box<InfoRequest>,
    },
    /// It was answered, or ran out.
    Resolved {
        /// The question, as it is now.
        request: Box<InfoRequest>,
    },
}

impl InfoRequestEvent {
    pub(super) fn audience(&self) -> Vec<Audience<'_>> {
        let (InfoRequestEvent::Requested { request } | InfoRequestEvent::Resolved { request }) = self;
        vec![
            Audience::Members(&request.session_id),
            Audience::Task(&request.task_id),
            Audience::Asked(&request.tenant_id, &request.user_id),
        ]
    }
}
