//! The audit log, as those read it who may.

use serde::{Deserialize, Serialize};
use sophon_model::{
    ActorKind, AgentId, AuditEntryId, AuditOutcome, CredentialKind, NodeId, SessionId, TaskId, TenantId,
    UserId,
};
use utoipa::ToSchema;

use crate::Time;

/// An entry of the audit log. Its JSON is what a line of an export is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditEntry {
    /// Its id.
    pub id: AuditEntryId,
    /// The tenant.
    pub tenant_id: TenantId,
    /// Its number in the tenant's log, from 1 and without gaps.
    #[schema(example = 1_042)]
    pub number: i64,
    /// When it happened.
    pub timestamp: Time,
    /// Who acted.
    pub actor: AuditActor,
    /// What was done.
    #[schema(example = "user.update")]
    pub action: String,
    /// To what.
    pub resource: AuditResource,
    /// What came of it.
    pub outcome: AuditOutcome,
    /// The address of the client.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "203.0.113.9")]
    pub address: Option<String>,
    /// The client as it names itself, cut.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "curl/8.5.0")]
    pub user_agent: Option<String>,
    /// The id of the request; that of the connection for calls on a hub.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "req_01933b7c8f0a7d3f")]
    pub request_id: Option<String>,
    /// The session that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub session_id: Option<SessionId>,
    /// The task that it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub task_id: Option<TaskId>,
    /// What else is to be known.
    pub details: AuditDetails,
    /// The hash of the entry before it; empty for the first.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub prev_hash: String,
    /// SHA-256, in hex, of this object as an export writes it, without this field.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub hash: String,
}

/// Who acted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditActor {
    /// What kind of actor.
    pub kind: ActorKind,
    /// The person, or the person in whose name an agent acted. Of one that is nobody: the account that was tried.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub user_id: Option<UserId>,
    /// The person's e-mail address at that time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "ada@example.com")]
    pub email: Option<String>,
    /// The person's role at that time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "Operator")]
    pub role: Option<String>,
    /// By which proof.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub credential: Option<CredentialKind>,
    /// The id of the sign-in or API token.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub credential_id: Option<String>,
    /// The agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub agent_id: Option<AgentId>,
    /// The node.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub node_id: Option<NodeId>,
}

/// What something was done to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AuditResource {
    /// Its type.
    #[serde(rename = "type")]
    #[schema(example = "user")]
    pub kind: String,
    /// Its id; the address of a request that was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub id: Option<String>,
    /// Its name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub name: Option<String>,
}

/// What else is to be known of an action. It holds no secret, and nothing that somebody wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditDetails {
    /// The names of the fields that were given new values.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// The code of the error, or the reason in a word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub code: Option<String>,
    /// The operation that was refused: method and route, or hub and method.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub operation: Option<String>,
    /// The permission that was missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub permission: Option<String>,
    /// The user whom it is about besides the resource.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub user_id: Option<UserId>,
    /// The identity provider that somebody came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub provider: Option<String>,
    /// The role that was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub role: Option<String>,
    /// The permissions that a role was given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permissions_added: Vec<String>,
    /// The permissions that were taken from a role.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub permissions_removed: Vec<String>,
    /// Who can read the session after it: `private` or `public`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub visibility: Option<String>,
    /// The status after it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub status: Option<String>,
    /// How much harm the action can do.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub risk: Option<String>,
    /// A digest of the arguments, or of the action that an approval is for, in hex: HMAC-SHA256 with a key of the gateway.
    /// Equal ones of a tenant have equal digests.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub digest: Option<String>,
    /// A digest of the result, made in the same way.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub result_digest: Option<String>,
    /// How long it took, in milliseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub duration_ms: Option<i64>,
    /// How many.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub count: Option<i64>,
    /// The number of the last entry that was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub cut_up_to: Option<i64>,
    /// The hash of the last entry that was removed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub cut_hash: Option<String>,
}

impl From<sophon_model::AuditEntry> for AuditEntry {
    fn from(entry: sophon_model::AuditEntry) -> Self {
        Self {
            id: entry.id,
            tenant_id: entry.tenant_id,
            number: entry.number,
            timestamp: entry.at.into(),
            actor: AuditActor {
                kind: entry.actor,
                user_id: entry.user_id,
                email: entry.email,
                role: entry.role,
                credential: entry.credential,
                credential_id: entry.credential_id,
                agent_id: entry.agent_id,
                node_id: entry.node_id,
            },
            action: entry.action,
            resource: AuditResource {
                kind: entry.resource_type,
                id: entry.resource_id,
                name: entry.resource_name,
            },
            outcome: entry.outcome,
            address: entry.address,
            user_agent: entry.user_agent,
            request_id: entry.request_id,
            session_id: entry.session_id,
            task_id: entry.task_id,
            details: entry.details.into(),
            prev_hash: entry.prev_hash,
            hash: entry.hash,
        }
    }
}

impl From<sophon_model::AuditDetails> for AuditDetails {
    fn from(details: sophon_model::AuditDetails) -> Self {
        Self {
            fields: details.fields,
            code: details.code,
            operation: details.operation,
            permission: details.permission,
            user_id: details.user_id,
            provider: details.provider,
            role: details.role,
            permissions_added: details.permissions_added,
            permissions_removed: details.permissions_removed,
            visibility: details.visibility,
            status: details.status,
            risk: details.risk,
            digest: details.digest,
            result_digest: details.result_digest,
            duration_ms: details.duration_ms,
            count: details.count,
            cut_up_to: details.cut_up_to,
            cut_hash: details.cut_hash,
        }
    }
}
