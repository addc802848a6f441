//! An entry before it has its place in a chain: who, what, to which thing.

use std::sync::Arc;

use serde_json::Value;
use sophon_model::ports::Entity;
use sophon_model::{
    ActorKind, AgentId, AuditAction, AuditDetails, AuditEntry, AuditEntryId, AuditOutcome, AuthSession,
    Caller, Credential, CredentialKind, Error, Member, Message, NodeCaller, NodeId, Origin, Result,
    SessionId, TaskId, TenantId, Timestamp, UserId,
};

use super::Subject;
use crate::identity::Outsider;

/// What a client says of itself, in bytes; more is cut.
const LONGEST_USER_AGENT: usize = 200;
/// An id or name of a resource, in bytes; more is cut.
const LONGEST_NAME: usize = 200;

/// Who acts, from where, and in which tenant's chain it is told.
#[derive(Clone, Debug)]
pub(crate) struct Performer {
    tenant: TenantId,
    kind: ActorKind,
    user: Option<UserId>,
    email: Option<String>,
    role: Option<String>,
    credential: Option<CredentialKind>,
    credential_id: Option<String>,
    agent: Option<AgentId>,
    node: Option<NodeId>,
    origin: Arc<Origin>,
}

impl Performer {
    fn plain(tenant: TenantId, kind: ActorKind, origin: Arc<Origin>) -> Self {
        Self {
            tenant,
            kind,
            user: None,
            email: None,
            role: None,
            credential: None,
            credential_id: None,
            agent: None,
            node: None,
            origin,
        }
    }

    /// The gateway itself.
    pub(crate) fn system(tenant: TenantId) -> Self {
        Self::plain(tenant, ActorKind::System, Arc::default())
    }

    /// Somebody without a good credential.
    pub(crate) fn nobody(tenant: TenantId, origin: Arc<Origin>) -> Self {
        Self::plain(tenant, ActorKind::Nobody, origin)
    }

    /// A user, at its home, who proves who it is by this very action.
    pub(crate) fn member(home: &Member, origin: Arc<Origin>) -> Self {
        Self {
            user: Some(home.id.clone()),
            email: Some(home.email.clone()),
            role: Some(home.role.name().to_owned()),
            ..Self::plain(home.tenant_id.clone(), ActorKind::Person, origin)
        }
    }

    /// With the proof of this sign-in.
    pub(crate) fn by_sign_in(self, session: &AuthSession) -> Self {
        let credential_id = Some(session.id.to_string());
        Self { credential: Some(CredentialKind::SignIn), credential_id, ..self }
    }

    /// Somebody who tries to act as this user, and cannot prove it.
    pub(crate) fn impostor(home: &Member, origin: Arc<Origin>) -> Self {
        Self { kind: ActorKind::Nobody, ..Self::member(home, origin) }
    }

    /// An agent that works for a user, as far as the thing that it works on says who that is.
    pub(crate) fn agent(tenant: TenantId, user: UserId, agent: Option<AgentId>) -> Self {
        let kind = if agent.is_some() { ActorKind::Agent } else { ActorKind::System };
        Self { user: Some(user), agent, ..Self::plain(tenant, kind, Arc::default()) }
    }

    /// A node that has just proved which one it is.
    pub(crate) fn node(tenant: TenantId, node: NodeId, origin: Arc<Origin>) -> Self {
        Self { node: Some(node), ..Self::plain(tenant, ActorKind::Node, origin) }
    }

    /// In the name of which user.
    pub(super) fn user_id(&self) -> Option<&UserId> {
        self.user.as_ref()
    }

    /// From where.
    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Whether it is somebody with a good credential.
    pub(super) fn is_known(&self) -> bool {
        self.kind != ActorKind::Nobody
    }
}

/// What is written down of a proof: who acts by it, which kind it is, its id, and the agent.
fn proof(credential: &Credential) -> (ActorKind, CredentialKind, Option<String>, Option<AgentId>) {
    match credential {
        Credential::Access(session, _) => {
            (ActorKind::Person, CredentialKind::SignIn, Some(session.to_string()), None)
        }
        Credential::ApiToken(token, _) => {
            (ActorKind::Person, CredentialKind::ApiToken, Some(token.to_string()), None)
        }
        Credential::AutoAdmin => (ActorKind::Person, CredentialKind::AutoAdmin, None, None),
        Credential::Agent(agent, token) => {
            let kind = if token.is_some() { CredentialKind::ApiToken } else { CredentialKind::SignIn };
            (ActorKind::Agent, kind, token.as_ref().map(ToString::to_string), Some(agent.clone()))
        }
    }
}

/// Who has no place in a tenant is told of in the chain of its home.
impl From<&Outsider> for Performer {
    fn from(outsider: &Outsider) -> Self {
        let (kind, credential, credential_id, agent) = proof(&outsider.credential);
        Self {
            user: Some(outsider.user.clone()),
            email: Some(outsider.email.clone()),
            credential: Some(credential),
            credential_id,
            agent,
            ..Self::plain(outsider.home.clone(), kind, outsider.origin.clone())
        }
    }
}

impl From<&Caller> for Performer {
    fn from(caller: &Caller) -> Self {
        let (kind, credential, credential_id, agent) = proof(&caller.credential);
        Self {
            user: Some(caller.user.clone()),
            email: Some(caller.email.to_string()),
            role: Some(caller.role.name().to_owned()),
            credential: Some(credential),
            credential_id,
            agent,
            ..Self::plain(caller.tenant.clone(), kind, caller.origin.clone())
        }
    }
}

impl From<&NodeCaller> for Performer {
    fn from(caller: &NodeCaller) -> Self {
        Self {
            credential: Some(CredentialKind::NodeToken),
            ..Self::node(caller.tenant.clone(), caller.node.clone(), caller.origin.clone())
        }
    }
}

/// An entry that is to be written.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    by: Performer,
    action: AuditAction,
    outcome: AuditOutcome,
    resource_id: Option<String>,
    resource_name: Option<String>,
    session: Option<SessionId>,
    task: Option<TaskId>,
    details: AuditDetails,
    /// When it happened, if that was before it is written.
    at: Option<Timestamp>,
}

impl Draft {
    /// Of something that is done.
    pub(crate) fn new(by: impl Into<Performer>, action: AuditAction) -> Self {
        Self {
            by: by.into(),
            action,
            outcome: AuditOutcome::Success,
            resource_id: None,
            resource_name: None,
            session: None,
            task: None,
            details: AuditDetails::default(),
            at: None,
        }
    }

    /// To this thing.
    pub(crate) fn about(mut self, subject: &impl Subject) -> Self {
        self.set_subject(subject);
        self
    }

    /// The same in place.
    pub(crate) fn set_subject(&mut self, subject: &impl Subject) {
        self.resource_id = Some(cut(subject.id(), LONGEST_NAME));
        self.resource_name = subject.name().map(|name| cut(name, LONGEST_NAME));
        self.session = subject.session().cloned().or(self.session.take());
        self.task = subject.task().cloned().or(self.task.take());
    }

    /// To this message, which this task answers.
    pub(crate) fn set_message(&mut self, message: &Message, task: &TaskId) {
        self.resource_id = Some(message.id.to_string());
        self.session = Some(message.session_id.clone());
        self.task = Some(task.clone());
    }

    /// To the thing with this id.
    pub(crate) fn id(mut self, id: &str) -> Self {
        self.resource_id = Some(cut(id, LONGEST_NAME));
        self
    }

    /// By somebody else than was thought.
    pub(crate) fn set_performer(&mut self, by: Performer) {
        self.by = by;
    }

    /// Refused, for this reason in a word.
    pub(crate) fn denied(mut self, code: &str) -> Self {
        self.set_outcome(AuditOutcome::Denied, code);
        self
    }

    /// With this outcome.
    pub(crate) fn outcome(mut self, outcome: AuditOutcome) -> Self {
        self.outcome = outcome;
        self
    }

    /// The same in place.
    pub(crate) fn set_outcome(&mut self, outcome: AuditOutcome, code: &str) {
        self.outcome = outcome;
        self.details.code = Some(code.to_owned());
    }

    /// With this to be known.
    pub(crate) fn details(mut self, change: impl FnOnce(&mut AuditDetails)) -> Self {
        change(&mut self.details);
        self
    }

    /// The same in place.
    pub(crate) fn details_mut(&mut self) -> &mut AuditDetails {
        &mut self.details
    }

    /// Happened at this time.
    pub(crate) fn at(mut self, at: Timestamp) -> Self {
        self.at = Some(at);
        self
    }

    /// In whose chain it is told.
    pub(super) fn tenant(&self) -> &TenantId {
        &self.by.tenant
    }

    /// Who acts.
    pub(super) fn performer(&self) -> &Performer {
        &self.by
    }

    /// The entry, without its place in the chain.
    pub(super) fn entry(self, id: AuditEntryId, now: Timestamp) -> AuditEntry {
        let Self { by, action, outcome, resource_id, resource_name, session, task, details, at } = self;
        let user_agent = by.origin.user_agent.as_deref();
        AuditEntry {
            id,
            tenant_id: by.tenant,
            number: 0,
            at: at.unwrap_or(now),
            actor: by.kind,
            user_id: by.user,
            email: by.email,
            role: by.role,
            credential: by.credential,
            credential_id: by.credential_id,
            agent_id: by.agent,
            node_id: by.node,
            action: action.as_str().to_owned(),
            resource_type: action.resource().to_owned(),
            resource_id,
            resource_name,
            outcome,
            address: by.origin.address.map(|address| address.to_string()),
            user_agent: user_agent.map(|name| cut(name, LONGEST_USER_AGENT)),
            request_id: by.origin.request_id.clone(),
            session_id: session,
            task_id: task,
            details,
            prev_hash: String::new(),
            hash: String::new(),
        }
    }
}

/// The names of the fields in which two states of a thing differ. What they were and are is not told.
pub(crate) fn changed_fields<E: Entity>(before: &E, after: &E) -> Result<Vec<String>> {
    let fields = |entity: &E| serde_json::to_value(entity).map_err(Error::internal);
    let (before, after) = (fields(before)?, fields(after)?);
    let after = after.as_object().into_iter().flatten();
    let is_changed =
        |(name, value): &(&String, &Value)| *name != "updated_at" && before.get(name) != Some(value);
    Ok(after.filter(is_changed).map(|(name, _)| name.clone()).collect())
}

/// The beginning of a text, fit for storage.
fn cut(text: &str, most: usize) -> String {
    sophon_model::text::clean(text[..text.floor_char_boundary(most)].to_owned())
}
