//! Persons are asked, and answer.

use serde::{Deserialize, Serialize};

use crate::{Approval, InfoRequest};

/// What happened to something that waits for a person.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "approval_event", rename_all = "snake_case")]
pub enum ApprovalEvent {
    /// An agent wants to act.
    Requested {
        /// The approval.
        approval: Box<Approval>,
    },
    /// It was decided, or ran out.
    Resolved {
        /// The approval, as it is now.
        approval: Box<Approval>,
    },
    /// An agent has a question.
    InfoRequested {
        /// The question.
        request: Box<InfoRequest>,
    },
    /// It was answered, or ran out.
    InfoResolved {
        /// The question, as it is now.
        request: Box<InfoRequest>,
    },
}
