//! The chain: what is hashed, and how an entry gets its place.

use std::collections::HashMap;

use parking_lot::Mutex;
use serde::Serialize;
use sha2::{Digest, Sha256};
use sophon_model::ports::{ChainHead, Tx};
use sophon_model::{
    ActorKind, AgentId, AuditDetails, AuditEntry, AuditEntryId, AuditOutcome, CredentialKind, NodeId, Result,
    SessionId, TaskId, TenantId, Timestamp, UserId,
};
use tokio::sync::Notify;

use super::Draft;

/// What an entry is in an export, up to its hash. The names, their order and what is left out are what the hash is over:
/// they never change.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Canonical<'a> {
    id: &'a AuditEntryId,
    tenant_id: &'a TenantId,
    number: i64,
    timestamp: String,
    actor: Actor<'a>,
    action: &'a str,
    resource: Resource<'a>,
    outcome: AuditOutcome,
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    session_id: Option<&'a SessionId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_id: Option<&'a TaskId>,
    details: &'a AuditDetails,
    prev_hash: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Actor<'a> {
    kind: ActorKind,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<&'a UserId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential: Option<CredentialKind>,
    #[serde(skip_serializing_if = "Option::is_none")]
    credential_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    agent_id: Option<&'a AgentId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    node_id: Option<&'a NodeId>,
}

#[derive(Serialize)]
struct Resource<'a> {
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
}

impl<'a> From<&'a AuditEntry> for Canonical<'a> {
    fn from(entry: &'a AuditEntry) -> Self {
        Self {
            id: &entry.id,
            tenant_id: &entry.tenant_id,
            number: entry.number,
            timestamp: entry.at.to_string(),
            actor: Actor {
                kind: entry.actor,
                user_id: entry.user_id.as_ref(),
                email: entry.email.as_deref(),
                role: entry.role.as_deref(),
                credential: entry.credential,
                credential_id: entry.credential_id.as_deref(),
                agent_id: entry.agent_id.as_ref(),
                node_id: entry.node_id.as_ref(),
            },
            action: &entry.action,
            resource: Resource {
                kind: &entry.resource_type,
                id: entry.resource_id.as_deref(),
                name: entry.resource_name.as_deref(),
            },
            outcome: entry.outcome,
            address: entry.address.as_deref(),
            user_agent: entry.user_agent.as_deref(),
            request_id: entry.request_id.as_deref(),
            session_id: entry.session_id.as_ref(),
            task_id: entry.task_id.as_ref(),
            details: &entry.details,
            prev_hash: &entry.prev_hash,
        }
    }
}

/// The bytes that the hash of an entry is over: one JSON object without spaces. It is the entry's line in an export
/// without `,"hash":"…"`.
pub fn canonical(entry: &AuditEntry) -> String {
    serde_json::to_string(&Canonical::from(entry)).expect("texts and numbers are JSON")
}

/// An entry as a line of an export, without a line break.
pub fn line(entry: &AuditEntry) -> String {
    let mut line = canonical(entry);
    line.pop();
    line.push_str(r#","hash":""#);
    line.push_str(&entry.hash);
    line.push_str(r#""}"#);
    line
}

/// The hash of an entry's canonical bytes.
pub(super) fn hash(canonical: &str) -> String {
    hex::encode(Sha256::digest(canonical))
}

/// Appends entries to the chains of their tenants: one of the last things that a transaction does, because others wait
/// for the ends of these chains from here on. Returns the new ends.
pub(crate) fn append_in(
    tx: &mut dyn Tx,
    mut drafts: Vec<Draft>,
    new_id: impl Fn() -> AuditEntryId,
    now: Timestamp,
) -> Result<Vec<(TenantId, ChainHead)>> {
    // In one order everywhere, so that no two transactions wait for each other. Stable: one tenant's stay in order.
    drafts.sort_by(|one, other| one.tenant().cmp(other.tenant()));
    let mut heads: Vec<(TenantId, ChainHead)> = Vec::new();
    for draft in drafts {
        let tenant = draft.tenant();
        if heads.last().is_none_or(|(last, _)| last != tenant) {
            heads.push((tenant.clone(), tx.audit_head(tenant)?));
        }
        let Some((_, head)) = heads.last_mut() else { continue };
        let mut entry = draft.entry(new_id(), now);
        entry.number = head.number + 1;
        entry.prev_hash = std::mem::take(&mut head.hash);
        entry.hash = hash(&canonical(&entry));
        tx.append_audit_entry(&entry)?;
        *head = ChainHead { number: entry.number, hash: entry.hash };
    }
    Ok(heads)
}

/// How far the chains have come by what this process has written, for the checkpoints.
#[derive(Default)]
pub(crate) struct Heads {
    newest: Mutex<HashMap<TenantId, ChainHead>>,
    grown: Notify,
}

impl Heads {
    /// Notes the ends of chains that were committed just now.
    pub(crate) fn note(&self, heads: Vec<(TenantId, ChainHead)>) {
        let mut newest = self.newest.lock();
        for (tenant, head) in heads {
            let known = newest.entry(tenant).or_default();
            if known.number < head.number {
                *known = head;
            }
        }
        drop(newest);
        self.grown.notify_one();
    }

    /// Takes those that were noted since this was last called.
    pub(super) fn take(&self) -> HashMap<TenantId, ChainHead> {
        std::mem::take(&mut *self.newest.lock())
    }

    /// Resolves when more were noted.
    pub(super) async fn grown(&self) {
        self.grown.notified().await;
    }
}
