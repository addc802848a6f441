//! The audit log.

use crate::{
    ActorKind, AgentId, AuditEntry, AuditOutcome, CredentialKind, NodeId, Result, SessionId, TaskId,
    TenantId, Timestamp, UserId,
};

use super::{Condition, Conditions, Filter, Order, ToValue, Value};

/// The last entry of a chain.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChainHead {
    /// Its number; 0 if there is none.
    pub number: i64,
    /// Its hash; empty if there is none.
    pub hash: String,
}

/// Entries are read by the verbs of all entities.
pub trait AuditRows {
    /// The last entry of a tenant's chain. In a job that writes nobody else appends to the chain from here until the job
    /// has ended, so it is asked for as late as can be, and of several tenants in the order of their ids.
    fn audit_head(&self, tenant: &TenantId) -> Result<ChainHead>;
    /// Appends an entry whose number and hashes follow from the [head](Self::audit_head).
    fn append_audit_entry(&mut self, entry: &AuditEntry) -> Result<()>;
    /// The last entries of all chains.
    fn audit_heads(&self) -> Result<Vec<(TenantId, ChainHead)>>;
    /// The newest entry that a cut of what happened before would remove, if the oldest of the chain happened before
    /// `oldest_before`; at most so many entries above the last cut.
    fn audit_cut_point(
        &self,
        tenant: &TenantId,
        before: Timestamp,
        oldest_before: Timestamp,
        at_most: usize,
    ) -> Result<Option<ChainHead>>;
    /// Removes the entries up to a number: the only way in which any can be removed. The last one stays whatever is
    /// asked for. Returns how many.
    fn cut_audit(&mut self, tenant: &TenantId, up_to: &ChainHead, at: Timestamp) -> Result<u64>;
}

/// Which entries of the audit log are asked for. All that is given must be so.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// At or after.
    pub from: Option<Timestamp>,
    /// Before.
    pub until: Option<Timestamp>,
    /// With this number or a higher one.
    pub from_number: Option<i64>,
    /// With a lower number.
    pub until_number: Option<i64>,
    /// One of these actions.
    pub actions: Vec<String>,
    /// With one of these outcomes.
    pub outcomes: Vec<AuditOutcome>,
    /// By one of these kinds of actors.
    pub actors: Vec<ActorKind>,
    /// By, or in the name of, this user.
    pub user: Option<UserId>,
    /// By the user with this e-mail address.
    pub email: Option<String>,
    /// By a user with this role.
    pub role: Option<String>,
    /// By this kind of proof.
    pub credential: Option<CredentialKind>,
    /// By this sign-in or API token.
    pub credential_id: Option<String>,
    /// By this agent.
    pub agent: Option<AgentId>,
    /// By this node.
    pub node: Option<NodeId>,
    /// Done to things of this type.
    pub resource_type: Option<String>,
    /// Done to this thing.
    pub resource_id: Option<String>,
    /// Done to a thing with this in its name.
    pub resource_name: Option<String>,
    /// From this address.
    pub address: Option<String>,
    /// By a client with this in its name.
    pub user_agent: Option<String>,
    /// In this request.
    pub request_id: Option<String>,
    /// In this session.
    pub session: Option<SessionId>,
    /// In this task.
    pub task: Option<TaskId>,
    /// With this in the action, the names and ids of the resource, the address or the e-mail address.
    pub search: Option<String>,
}

impl Filter for AuditFilter {
    type Of = AuditEntry;

    fn conditions<'a>(&'a self, must: &mut Conditions<'a>) {
        must.is_within("at", self.from.as_ref(), self.until.as_ref())
            .is_within("number", self.from_number.as_ref(), self.until_number.as_ref())
            .is_one_of("action", &self.actions)
            .is_one_of("outcome", &self.outcomes)
            .is_one_of("actor", &self.actors)
            .is_if("user_id", self.user.as_ref())
            .is_if("email", self.email.as_ref())
            .is_if("role", self.role.as_ref())
            .is_if("credential", self.credential.as_ref())
            .is_if("credential_id", self.credential_id.as_ref())
            .is_if("agent_id", self.agent.as_ref())
            .is_if("node_id", self.node.as_ref())
            .is_if("resource_type", self.resource_type.as_ref())
            .is_if("resource_id", self.resource_id.as_ref())
            .is_if("address", self.address.as_ref())
            .is_if("request_id", self.request_id.as_ref())
            .is_if("session_id", self.session.as_ref())
            .is_if("task_id", self.task.as_ref());
        for (column, text) in [("resource_name", &self.resource_name), ("user_agent", &self.user_agent)] {
            if let Some(text) = text {
                must.and(Condition::Contains(column, text));
            }
        }
        if let Some(text) = &self.search {
            let columns = ["action", "resource_name", "resource_id", "email", "address"];
            must.and(Condition::Either(columns.map(|column| Condition::Contains(column, text)).into()));
        }
    }
}

/// The same entries in the order of their chain, from a number on.
#[derive(Clone, Debug)]
pub struct AuditRange {
    /// Which ones.
    pub filter: AuditFilter,
    /// Only with a higher number.
    pub after: i64,
    /// Only with this number or a lower one.
    pub up_to: i64,
}

impl Filter for AuditRange {
    type Of = AuditEntry;
    const ORDER: Order = Order::oldest_first(&["number", "id"]);

    fn conditions<'a>(&'a self, must: &mut Conditions<'a>) {
        must.and(Condition::Above("number", self.after.to_value()));
        must.and(Condition::Below("number", Value::Int(self.up_to.saturating_add(1))));
        self.filter.conditions(must);
    }
}
