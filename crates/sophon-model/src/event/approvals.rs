//! Agents ask before they act.

use serde::{Deserialize, Serialize};

use super::Audience;
use crate::{Approval, Permission};

/// What happened to an approval. It concerns the members of its session, who watches its task, the user who is asked, and
/// all who may answer in the tenant.
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
}

impl ApprovalEvent {
    pub(super) fn audience(&self) -> Vec<Audience<'_>> {
        let (ApprovalEvent::Requested { approval } | ApprovalEvent::Resolved { approval }) = self;
        vec![
            Audience::Members(&approval.session_id),
            Audience::Task(&approval.task_id),
            Audience::Asked(&approval.tenant_id, &approval.user_id),
            Audience::Holders(&approval.tenant_id, Permission::ApproveActions),
        ]
    }
}
