//! Presence: the identity of a node, its heartbeats, its pending commands, and what ends when it falls silent.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sophon_model::ports::Tx;
use sophon_model::text::clean;
use sophon_model::{
    Error, Kind, Node, NodeCaller, NodeCommand, NodeEvent, NodeId, NodeScope, NodeStatus, Queue, Result,
    TenantId, TenantStatus,
};

use super::{Nodes, commands};
use crate::database::Unit;
use crate::identity::secret_hash;
use crate::jobs::{Chore, JobKind, JobOptions, Next};
use crate::policy::{Act, Granted, grant};

/// The longest that a node can wait for commands in one request.
pub const LONGEST_POLL: Duration = Duration::from_secs(30);
/// The code of the error for a node whose tenant is not in use.
const TENANT_DISABLED: &str = "tenant_disabled";
/// Silence after which a node is offline.
const SILENCE: Duration = Duration::from_secs(90);
/// A node that is there without saying so is noted this often, so that reading does not mean writing.
const NOTED_EVERY: Duration = Duration::from_secs(30);
/// What a node says of itself, in bytes; the rest is cut.
const LONGEST_WORD: usize = 50;

/// What a node says of itself, all of it optional.
#[derive(Clone, Debug, Default)]
pub struct Heartbeat {
    /// Whether it stops: it is offline with this, and not only after a silence.
    pub is_last: bool,
    /// Its operating system.
    pub platform: Option<String>,
    /// The version of its program.
    pub version: Option<String>,
    /// How long the machine has been up, in seconds.
    pub uptime_seconds: Option<i64>,
    /// How busy its processors are, in per cent of all of them.
    pub cpu_percent: Option<i64>,
    /// The memory in use, in MiB.
    pub memory_mb: Option<i64>,
}

/// What is to be sent to a connected node.
#[derive(Clone, Debug)]
pub enum NodeInstruction {
    /// Other scopes than it believes to have, if they are others, and the commands that were handed out to it.
    Tell {
        /// The scopes.
        scopes: Option<Vec<NodeScope>>,
        /// The commands.
        commands: Vec<NodeCommand>,
    },
    /// It is a node no more.
    Revoked,
    /// Its tenant is not in use. It is still a node, and may come back.
    Suspended,
}

impl Nodes {
    /// The node behind a token, `<nodeId>.<secret>`.
    pub async fn authenticate(&self, token: &str) -> Result<NodeCaller> {
        let (id, secret) = token.split_once('.').ok_or_else(rejected)?;
        let (id, hash) = (NodeId::from(id), secret_hash(secret));
        self.db
            .read(move |tx| {
                let (node, secrets) = tx.node_and_secrets(&id)?.ok_or_else(rejected)?;
                let is_it = node.status == NodeStatus::Paired && secrets.token_hash == Some(hash);
                if !is_it {
                    return Err(rejected());
                }
                require_tenant(tx, &node)?;
                Ok(NodeCaller { node: node.id, tenant: node.tenant_id, origin: Arc::default() })
            })
            .await
    }

    /// What it is allowed now.
    pub async fn scopes(&self, caller: &NodeCaller) -> Result<Vec<NodeScope>> {
        let caller = caller.clone();
        Ok(self.db.read(move |tx| paired(tx, &caller)).await?.scopes)
    }

    /// Takes in that a node is there and how it is.
    pub async fn record_heartbeat(&self, caller: &NodeCaller, heartbeat: Heartbeat) -> Result<()> {
        let caller = caller.clone();
        let is_last = heartbeat.is_last;
        let recorded = self.db.write(move |unit| {
            let mut node = paired(unit.tx, &caller)?;
            apply(&mut node, heartbeat);
            if is_last {
                note_offline(unit, &mut node)?;
            } else {
                note(unit, &mut node)?;
            }
            Ok(node)
        });
        let node = recorded.await?;
        if !is_last {
            self.db.pass(NodeEvent::Heard { node: Box::new(node) });
        }
        Ok(())
    }

    /// Waits for what is to be sent to a connected node that believes to have these scopes, and hands it out.
    pub async fn next_instruction(
        &self,
        caller: &NodeCaller,
        believed: &[NodeScope],
    ) -> Result<NodeInstruction> {
        loop {
            let mut waiting_for = self.instructions.subscribe(&caller.node);
            match self.look(caller).await {
                // What was handed out is this connection's to send, before anything else.
                Ok((node, commands)) => {
                    let scopes = (node.scopes != believed).then_some(node.scopes);
                    if scopes.is_some() || !commands.is_empty() {
                        return Ok(NodeInstruction::Tell { scopes, commands });
                    }
                    waiting_for.woken().await;
                }
                Err(error) if error.kind() == Kind::Unauthenticated => return Ok(NodeInstruction::Revoked),
                Err(error) if error.code() == TENANT_DISABLED => return Ok(NodeInstruction::Suspended),
                Err(error) => return Err(error),
            }
        }
    }

    /// The commands that wait for a node that asks; none if there are none within `wait`, which is kept below
    /// [`LONGEST_POLL`]. They are handed out with this: nobody else gets them.
    pub async fn take_commands(&self, caller: &NodeCaller, wait: Duration) -> Result<Vec<NodeCommand>> {
        let mut waiting_for = self.instructions.subscribe(&caller.node);
        let until = tokio::time::Instant::now() + wait.min(LONGEST_POLL);
        loop {
            let (_, commands) = self.look(caller).await?;
            let is_over = tokio::time::Instant::now() >= until || self.lifecycle.is_draining();
            if !commands.is_empty() || is_over {
                return Ok(commands);
            }
            tokio::select! {
                () = waiting_for.woken() => {}
                () = tokio::time::sleep_until(until) => {}
                () = self.lifecycle.draining() => {}
            }
        }
    }

    /// How long the node has for a command from now on.
    pub fn time_left(&self, command: &NodeCommand) -> Duration {
        commands::time_left(command, self.db.now())
    }

    /// The node as it is, with its heartbeat recorded, and the commands that wait for it.
    async fn look(&self, caller: &NodeCaller) -> Result<(Node, Vec<NodeCommand>)> {
        let reading = caller.clone();
        let (node, open) = self
            .db
            .read(move |tx| {
                let node = paired(tx, &reading)?;
                let open = tx.open_node_commands(&node.id)?;
                Ok((node, open))
            })
            .await?;
        let is_noted =
            node.is_online && node.last_seen_at.is_some_and(|seen| self.db.now().since(seen) < NOTED_EVERY);
        if open.is_empty() && is_noted {
            return Ok((node, Vec::new()));
        }
        let (writing, endings) = (caller.clone(), self.endings.clone());
        let taken = self.db.write(move |unit| {
            let mut node = paired(unit.tx, &writing)?;
            if !is_noted {
                note(unit, &mut node)?;
            }
            let commands = commands::hand_out(unit, &node, &endings)?;
            Ok((node, commands))
        });
        taken.await
    }
}

/// The payload of the job that marks a node offline when it has fallen silent.
#[derive(Serialize, Deserialize)]
pub(crate) struct NodeSilence {
    tenant: TenantId,
    node: NodeId,
}

impl JobKind for NodeSilence {
    const NAME: &'static str = "node.silence";
    const QUEUE: Queue = Queue::Maintenance;
}

/// Marks nodes offline that have fallen silent. There is one job for each node that is online.
pub(crate) struct NoticeSilence;

impl Chore for NoticeSilence {
    type Kind = NodeSilence;

    fn run_in(&self, unit: &mut Unit<'_>, silence: NodeSilence) -> Result<Next> {
        let node = unit.tx.get_in(&silence.tenant, &silence.node)?.filter(|node| node.is_online);
        let Some(mut node) = node else { return Ok(Next::Done) };
        let silent_at = node.last_seen_at.unwrap_or(node.created_at).plus(SILENCE);
        if silent_at > unit.now() {
            return Ok(Next::At(silent_at));
        }
        note_offline(unit, &mut node)?;
        Ok(Next::Done)
    }
}

/// The node that asks, if it still may.
fn paired(tx: &dyn Tx, caller: &NodeCaller) -> Result<Node> {
    let node: Result<Granted<Node, Act>> = grant(tx, caller, tx.get_in(&caller.tenant, &caller.node)?);
    let node = node.map(Granted::into_inner).map_err(|_| rejected())?;
    require_tenant(tx, &node)?;
    Ok(node)
}

/// Refuses a node whose tenant is not in use.
fn require_tenant(tx: &dyn Tx, node: &Node) -> Result<()> {
    if tx.get(&node.tenant_id)?.is_some_and(|tenant| tenant.status == TenantStatus::Active) {
        return Ok(());
    }
    let text = "The node's tenant is not in use. Ask an administrator of the gateway.";
    Err(Error::new(Kind::NotAuthorized, text).with_code(TENANT_DISABLED))
}

/// Stores that a node is there.
fn note(unit: &mut Unit<'_>, node: &mut Node) -> Result<()> {
    let comes = !node.is_online;
    node.is_online = true;
    node.last_seen_at = Some(unit.now());
    unit.tx.update(node)?;
    if comes {
        let payload = NodeSilence { tenant: node.tenant_id.clone(), node: node.id.clone() };
        let options = JobOptions {
            run_at: Some(unit.now().plus(SILENCE)),
            dedupe_key: Some(node.id.to_string()),
            ..JobOptions::default()
        };
        unit.enqueue(&payload, options)?;
        unit.emit(NodeEvent::Online { node: Box::new(node.clone()) });
    }
    Ok(())
}

/// Stores that a node is not there any more, if it was.
fn note_offline(unit: &mut Unit<'_>, node: &mut Node) -> Result<()> {
    if std::mem::take(&mut node.is_online) {
        unit.tx.update(node)?;
        unit.emit(NodeEvent::Offline { node: Box::new(node.clone()) });
    }
    Ok(())
}

fn apply(node: &mut Node, heartbeat: Heartbeat) {
    let word = |mut text: String| {
        text.truncate(text.floor_char_boundary(LONGEST_WORD));
        clean(text)
    };
    if let Some(platform) = heartbeat.platform {
        node.platform = word(platform);
    }
    node.version = heartbeat.version.map(word).or(node.version.take());
    node.uptime_seconds = heartbeat.uptime_seconds.or(node.uptime_seconds);
    node.cpu_percent = heartbeat.cpu_percent.or(node.cpu_percent);
    node.memory_mb = heartbeat.memory_mb.or(node.memory_mb);
}

/// One answer for every reason, so that it reveals nothing.
fn rejected() -> Error {
    Error::unauthenticated("The node's token is missing, wrong or void. Pair the node anew.")
}
