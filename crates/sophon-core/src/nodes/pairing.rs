//! Pairing: a node is registered, shows a code, is approved by a person, and fetches its token once.

use std::sync::Arc;
use std::time::Duration;

use sophon_model::ports::every;
use sophon_model::{
    AuditAction, AuditOutcome, Caller, Error, Kind, Node, NodeEvent, NodeId, NodeScope, NodeSecrets,
    NodeStatus, Origin, Result, Timestamp,
};

use super::{Nodes, distinct, managed, store, store_change};
use crate::audit::{Draft, Performer};
use crate::database::Unit;
use crate::identity::{new_secret, secret_hash};
use crate::limits::{bounded, name};
use crate::policy::{Allowed, Create, allow};

/// Nodes that a tenant may have; one more is refused.
const MOST_NODES: u64 = 500;
/// How long a pairing secret is good for.
const PAIRING_TIME: Duration = Duration::from_mins(15);
/// Wrong secrets and codes after which a pairing is void.
const MOST_FAILURES: i64 = 10;
/// The name of an operating system, in characters.
const LONGEST_PLATFORM: usize = 50;
/// Letters and digits of a code. Those that look like others are left out.
const LETTERS: &[u8] = b"ABCDEFGHJKMNPQRSTUVWXYZ";
const DIGITS: &[u8] = b"23456789";

/// A node to be registered.
#[derive(Clone, Debug)]
pub struct NewNode {
    /// What to call it.
    pub name: String,
    /// Its operating system.
    pub platform: String,
    /// What it may be instructed to do.
    pub scopes: Vec<NodeScope>,
}

/// A node that was just registered.
#[derive(Clone, Debug)]
pub struct RegisteredNode {
    /// The node, with the code for people to compare.
    pub node: Node,
    /// What its program pairs with. Nobody will see it again.
    pub pairing_secret: String,
    /// Until when it can be paired.
    pub expires_at: Timestamp,
}

/// The answer to a node that asks for its token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pairing {
    /// A person has still to approve it; this is the code for them to compare.
    Pending(String),
    /// Its token, handed out this once.
    Approved(String),
    /// A person turned it down.
    Rejected,
}

/// What became of one attempt to pair. That it failed is counted, and so committed like everything else.
enum Attempt {
    Answered(Pairing),
    Refused(Error),
}

impl Nodes {
    /// Registers one, which can be paired for 15 minutes.
    pub async fn register(&self, caller: &Caller, new: NewNode) -> Result<RegisteredNode> {
        let allowed = allow(caller)?;
        let new = NewNode { name: name("display_name", &new.name)?, ..new };
        bounded("platform", &new.platform, 1, LONGEST_PLATFORM)?;
        let secrets = self.secret_maker.source(&self.db, caller);
        let pairing_secret = move |id: &NodeId| new_secret("s_", secrets.secret_of(id.as_str()));
        let secret_of = pairing_secret.clone();
        let code = pairing_code(u64::from_be_bytes(self.db.random()));
        let registered = self.db.write_once(caller, AuditAction::NodeRegister, move |unit| {
            if unit.tx.count_in(allowed.tenant(), &every::<Node>())? >= MOST_NODES {
                return Err(Error::conflict(format!(
                    "There are {MOST_NODES} nodes already. Delete one that is not used."
                )));
            }
            let now = unit.now();
            let node = new_node(unit.new_id(), &allowed, new, code, now);
            let secrets = NodeSecrets {
                node_id: node.id.clone(),
                pairing_hash: secret_hash(&secret_of(&node.id)),
                pairing_expires_at: now.plus(PAIRING_TIME),
                pairing_failures: 0,
                token_hash: None,
            };
            unit.tx.insert(&node)?;
            unit.about(&node);
            unit.tx.insert(&secrets)?;
            unit.emit(NodeEvent::Changed { node: Box::new(node.clone()) });
            Ok((node, secrets.pairing_expires_at))
        });
        let (node, expires_at) = registered.await?;
        let pairing_secret = pairing_secret(&node.id);
        Ok(RegisteredNode { node, pairing_secret, expires_at })
    }

    /// Approves one that waits, with these scopes if they are given. A code that is given must be the one it shows;
    /// ten wrong codes or secrets end the pairing.
    pub async fn approve(
        &self,
        caller: &Caller,
        id: &NodeId,
        scopes: Option<Vec<NodeScope>>,
        code: Option<String>,
    ) -> Result<Node> {
        let (known, wanted) = (caller.clone(), id.clone());
        let approved = self.db.write_once(caller, AuditAction::NodeApprove, move |unit| {
            let mut node = managed(unit, &known, &wanted)?;
            unit.about(&*node);
            let mut secrets = undecided(unit, &node)?;
            if secrets.pairing_expires_at <= unit.now() || is_void(&secrets) {
                return Err(pairing_over());
            }
            if code.is_some_and(|code| !code.trim().eq_ignore_ascii_case(&node.pairing_code)) {
                secrets.pairing_failures += 1;
                unit.tx.update(&secrets)?;
                unit.audit_outcome(AuditOutcome::Denied, "wrong_pairing_code");
                // An error would undo that it is counted.
                return Ok(None);
            }
            node.status = NodeStatus::Approved;
            node.decided_by = Some(known.user);
            if let Some(scopes) = scopes {
                node.scopes = distinct(scopes);
            }
            store_change(unit, &mut node)?;
            Ok(Some(node.into_inner()))
        });
        let text = "This is not the code that the node shows. Make sure that it is the right machine.";
        approved.await?.ok_or_else(|| Error::validation("pairing_code", text))
    }

    /// Turns down one that waits.
    pub async fn reject(&self, caller: &Caller, id: &NodeId) -> Result<Node> {
        let (known, wanted) = (caller.clone(), id.clone());
        self.db
            .write_once(caller, AuditAction::NodeReject, move |unit| {
                let mut node = managed(unit, &known, &wanted)?;
                unit.about(&*node);
                undecided(unit, &node)?;
                node.status = NodeStatus::Rejected;
                node.decided_by = Some(known.user);
                store_change(unit, &mut node)?;
                Ok(node.into_inner())
            })
            .await
    }

    /// Answers a node that asks for its token with its pairing secret. Whatever is wrong with id and secret has the
    /// same answer, `unauthenticated`, and counts; a token that was handed out is a conflict.
    pub async fn pair(&self, id: &NodeId, pairing_secret: &str, origin: Arc<Origin>) -> Result<Pairing> {
        let (wanted, hash) = (id.clone(), secret_hash(pairing_secret));
        let secret = new_secret("", self.db.random());
        let (audit, stranger) = (self.audit.clone(), self.audit.nobody(origin.clone()));
        let attempt = self.db.write_by(stranger.clone(), AuditAction::NodePair, move |unit| {
            // Strangers may ask as often as they like: see what follows.
            let Some((node, mut secrets)) = unit.tx.node_and_secrets(&wanted)? else {
                unit.is_no_action();
                return Ok(Attempt::Refused(wrong_secret()));
            };
            if is_void(&secrets) {
                unit.is_no_action();
                return Ok(Attempt::Refused(wrong_secret()));
            }
            if secrets.pairing_hash != hash {
                secrets.pairing_failures += 1;
                unit.tx.update(&secrets)?;
                unit.is_no_action();
                return Ok(Attempt::Refused(wrong_secret()));
            }
            unit.in_request(|request| {
                request.set_performer(Performer::node(node.tenant_id.clone(), node.id.clone(), origin));
                request.set_subject(&node);
            });
            answer(unit, node, secrets, &secret)
        });
        match attempt.await? {
            Attempt::Answered(pairing) => Ok(pairing),
            Attempt::Refused(error) => {
                if error.kind() == Kind::Unauthenticated {
                    let refused = Draft::new(stranger, AuditAction::NodePair).id(id.as_str());
                    audit.refuse_draft(refused.denied(error.code()));
                }
                Err(error)
            }
        }
    }
}

/// The answer to a node that has proved itself.
fn answer(unit: &mut Unit<'_>, mut node: Node, mut secrets: NodeSecrets, secret: &str) -> Result<Attempt> {
    if node.status != NodeStatus::Approved {
        // Nothing is handed out: the program asks again and again.
        unit.is_no_action();
    }
    let pairing = match node.status {
        NodeStatus::Rejected => Pairing::Rejected,
        NodeStatus::Paired => {
            let text =
                "The token was handed out already. If it was lost, delete the node and register it anew.";
            return Ok(Attempt::Refused(Error::conflict(text).with_code("already_paired")));
        }
        NodeStatus::Pending | NodeStatus::Approved if secrets.pairing_expires_at <= unit.now() => {
            unit.is_no_action();
            return Ok(Attempt::Refused(pairing_over()));
        }
        NodeStatus::Pending => Pairing::Pending(node.pairing_code),
        NodeStatus::Approved => {
            secrets.token_hash = Some(secret_hash(secret));
            unit.tx.update(&secrets)?;
            node.status = NodeStatus::Paired;
            store(unit, &mut node)?;
            Pairing::Approved(format!("{}.{secret}", node.id))
        }
    };
    Ok(Attempt::Answered(pairing))
}

fn new_node(
    id: NodeId,
    allowed: &Allowed<Node, Create>,
    new: NewNode,
    pairing_code: String,
    now: Timestamp,
) -> Node {
    Node {
        id,
        tenant_id: allowed.tenant().clone(),
        name: new.name,
        platform: new.platform.trim().to_owned(),
        status: NodeStatus::Pending,
        scopes: distinct(new.scopes),
        pairing_code,
        registered_by: allowed.user().clone(),
        decided_by: None,
        version: None,
        is_online: false,
        last_seen_at: None,
        uptime_seconds: None,
        cpu_percent: None,
        memory_mb: None,
        created_at: now,
        updated_at: now,
    }
}

/// The secrets of a node that nobody has decided on.
fn undecided(unit: &Unit<'_>, node: &Node) -> Result<NodeSecrets> {
    if node.status != NodeStatus::Pending {
        let text = format!("The node was decided on already: it is {}.", node.status.as_str());
        return Err(Error::conflict(text));
    }
    let secrets = unit.tx.node_and_secrets(&node.id)?.map(|(_, secrets)| secrets);
    secrets.ok_or_else(|| Error::not_found("node"))
}

fn is_void(secrets: &NodeSecrets) -> bool {
    secrets.pairing_failures >= MOST_FAILURES
}

fn wrong_secret() -> Error {
    Error::unauthenticated("There is no pairing with this id and secret. Register the node anew.")
}

fn pairing_over() -> Error {
    Error::conflict("The pairing took too long or too many attempts. Register the node anew.")
        .with_code("pairing_over")
}

/// `ABC-123` out of chance.
fn pairing_code(mut chance: u64) -> String {
    let mut next = |from: &[u8]| {
        let picked = from[(chance % from.len() as u64) as usize];
        chance /= from.len() as u64;
        char::from(picked)
    };
    let letters: String = (0..3).map(|_| next(LETTERS)).collect();
    let digits: String = (0..3).map(|_| next(DIGITS)).collect();
    format!("{letters}-{digits}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_three_letters_and_three_digits_that_cannot_be_confused() {
        assert_eq!(pairing_code(0), "AAA-222");
        for chance in [1, 77, u64::MAX, 0x0123_4567_89ab_cdef] {
            let code = pairing_code(chance);
            assert_eq!(code.len(), 7);
            assert!(!code.contains(['I', 'L', 'O', '0', '1']), "{code}");
        }
        assert_ne!(pairing_code(5), pairing_code(6));
    }
}
