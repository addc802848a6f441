//! What a client that starts needs at once.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Agent, ApprovalRequest, AttachmentLimits, AuthConfig, InfoRequest, List, ListedSession, Model,
    SessionTag, Task, User,
};

/// What somebody who signed in sees first. Each list is the first page of the address that stands beside it: of agents,
/// pinned sessions, approvals and questions the longest one, of sessions and tasks one of the usual length.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Bootstrap {
    /// `GET /api/auth/config`
    pub config: AuthConfig,
    /// `GET /api/auth/me`
    pub me: User,
    /// `GET /api/agents`
    pub agents: List<Agent>,
    /// `GET /api/sessions`
    pub sessions: List<ListedSession>,
    /// `GET /api/sessions?pinned=true`
    pub pinned_sessions: List<ListedSession>,
    /// `GET /api/sessions/tags`
    pub session_tags: List<SessionTag>,
    /// `GET /api/approvals`
    pub approvals: List<ApprovalRequest>,
    /// `GET /api/info-requests`
    pub info_requests: List<InfoRequest>,
    /// `GET /api/tasks/active`; null for those who may not see it.
    #[schema(required)]
    pub active_tasks: Option<List<Task>>,
    /// `GET /api/models`, as far as it is known without waiting for a provider.
    pub models: List<Model>,
    /// Whether there is no model provider, so that the built-in offline agent answers.
    pub offline: bool,
    /// `GET /api/attachments/limits`
    pub attachment_limits: AttachmentLimits,
}
