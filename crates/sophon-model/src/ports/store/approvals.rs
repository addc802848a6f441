//! What waits for a person.

use crate::{
    AgentId, Approval, ApprovalId, ApprovalStatus, InfoRequest, InfoRequestId, Page, Paged, Result, Risk,
    SessionId, TaskId, TenantId, Timestamp, UserId,
};

/// Which approvals are asked for.
#[derive(Clone, Debug, Default)]
pub struct ApprovalFilter {
    /// Only of this user's agents; of the whole tenant if absent.
    pub user: Option<UserId>,
    /// Only with one of these statuses; any if empty.
    pub statuses: Vec<ApprovalStatus>,
    /// Only of this session.
    pub session: Option<SessionId>,
    /// Only of this agent.
    pub agent: Option<AgentId>,
    /// Only of this tool.
    pub tool: Option<String>,
    /// Only of this risk.
    pub risk: Option<Risk>,
    /// Only asked for at or after.
    pub from: Option<Timestamp>,
    /// Only asked for before.
    pub until: Option<Timestamp>,
}

/// Approvals.
pub trait ApprovalRows {
    /// Adds one.
    fn insert_approval(&mut self, approval: &Approval) -> Result<()>;
    /// Overwrites one that is still pending; false if it is not. Of several at a time, one gets true.
    fn resolve_approval(&mut self, approval: &Approval) -> Result<bool>;
    /// Notes that one which allows the action with this digest is used; false if it does not, or was used before.
    fn consume_approval(&mut self, id: &ApprovalId, digest: &str, now: Timestamp) -> Result<bool>;
    /// By id.
    fn approval(&self, tenant: &TenantId, id: &ApprovalId) -> Result<Option<Approval>>;
    /// All of a task, in order of request.
    fn approvals_of_task(&self, task: &TaskId) -> Result<Vec<Approval>>;
    /// Those that match, newest first.
    fn approvals(&self, tenant: &TenantId, filter: &ApprovalFilter, page: &Page) -> Result<Paged<Approval>>;
    /// Removes those that ended before, oldest first and at most 10,000 at once; returns how many.
    fn prune_approvals(&mut self, before: Timestamp) -> Result<u64>;
}

/// Questions to people.
pub trait InfoRequestRows {
    /// Adds one.
    fn insert_info_request(&mut self, request: &InfoRequest) -> Result<()>;
    /// Overwrites one that is still pending; false if it is not. Of several at a time, one gets true.
    fn resolve_info_request(&mut self, request: &InfoRequest) -> Result<bool>;
    /// By id.
    fn info_request(&self, tenant: &TenantId, id: &InfoRequestId) -> Result<Option<InfoRequest>>;
    /// All of a task, in order of request.
    fn info_requests_of_task(&self, task: &TaskId) -> Result<Vec<InfoRequest>>;
    /// The user's pending ones, newest first.
    fn pending_info_requests(
        &self,
        tenant: &TenantId,
        user: &UserId,
        page: &Page,
    ) -> Result<Paged<InfoRequest>>;
    /// Removes those that ended before, oldest first and at most 10,000 at once; returns how many.
    fn prune_info_requests(&mut self, before: Timestamp) -> Result<u64>;
}
