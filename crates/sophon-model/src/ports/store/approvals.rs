//! What waits for a person.

use super::{Conditions, Filter};
use crate::{
    AgentId, Approval, ApprovalId, ApprovalStatus, InfoRequest, InfoRequestStatus, Result, Risk, SessionId,
    TaskId, Timestamp, UserId,
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

impl ApprovalFilter {
    /// Those that wait for an answer.
    pub fn pending() -> Self {
        Self { statuses: vec![ApprovalStatus::Pending], ..Self::default() }
    }
}

impl Filter for ApprovalFilter {
    type Of = Approval;

    fn conditions<'a>(&'a self, must: &mut Conditions<'a>) {
        must.is_if("user_id", self.user.as_ref())
            .is_one_of("status", &self.statuses)
            .is_if("session_id", self.session.as_ref())
            .is_if("agent_id", self.agent.as_ref())
            .is_if("tool", self.tool.as_ref())
            .is_if("risk", self.risk.as_ref())
            .is_within("requested_at", self.from.as_ref(), self.until.as_ref());
    }
}

/// The questions that a user has still to answer.
#[derive(Clone, Debug)]
pub struct PendingInfoRequests {
    /// The user who is asked.
    pub user: UserId,
}

impl Filter for PendingInfoRequests {
    type Of = InfoRequest;

    fn conditions<'a>(&'a self, must: &mut Conditions<'a>) {
        must.is_literally("status", const { &[InfoRequestStatus::Pending.as_str()] })
            .is("user_id", &self.user);
    }
}

/// Approvals.
pub trait ApprovalRows {
    /// Overwrites one that is still pending; false if it is not. Of several at a time, one gets true.
    fn resolve_approval(&mut self, approval: &Approval) -> Result<bool>;
    /// Notes that one which allows the action with this digest is used; false if it does not, or was used before.
    fn consume_approval(&mut self, id: &ApprovalId, digest: &str, now: Timestamp) -> Result<bool>;
    /// All of a task, in order of request.
    fn approvals_of_task(&self, task: &TaskId) -> Result<Vec<Approval>>;
}

/// Questions to people.
pub trait InfoRequestRows {
    /// Overwrites one that is still pending; false if it is not. Of several at a time, one gets true.
    fn resolve_info_request(&mut self, request: &InfoRequest) -> Result<bool>;
    /// All of a task, in order of request.
    fn info_requests_of_task(&self, task: &TaskId) -> Result<Vec<InfoRequest>>;
}
