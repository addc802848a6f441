//! Presence: who a node is, that it was heard of, what it has to do, and what ends when it falls silent.

use std::time::Duration;

use sophon_model::ports::Tx;
use sophon_model::{
    Error, Event, Kind, Node, NodeCaller, NodeCommand, NodeEvent, NodeId, NodeScope, NodeStatus, Result,
};

use super::{Nodes, commands, tell};
use crate::database::Unit;
use crate::identity::secret_hash;
use crate::lifecycle::Lifecycle;
use crate::limits::storable;

/// The longest that a node can wait for commands in one request.
pub const LONGEST_POLL: Duration = Duration::from_secs(30);
/// Silence after which a node is offline.
const SILENCE: Duration = Duration::from_secs(90);
/// A node that is there without saying so is noted this often, so that reading does not mean writing.
const NOTED_EVERY: Duration = Duration::from_secs(30);
/// The pace at which silent nodes and commands whose time is over are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(2);
/// Nodes and commands that one sweep ends; what is left waits for the next.
const MOST_SWEPT: usize = 100;
/// What a node says of itself, in bytes; the rest is cut.
const LONGEST_WORD: usize = 50;

/// What a node says of itself, all of it optional.
#[derive(Clone, Debug, Default)]
pub struct Heartbeat {
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

/// What is to be told to a connected node.
#[derive(Clone, Debug)]
pub enum Errand {
    /// Other scopes than it believes to have, if they are others, and the commands that were handed out to it.
    Tell {
        /// The scopes.
        scopes: Option<Vec<NodeScope>>,
        /// The commands.
        commands: Vec<NodeCommand>,
    },
    /// It is a node no more.
    Revoked,
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
                if is_it { Ok(NodeCaller { node: node.id, tenant: node.tenant_id }) } else { Err(rejected()) }
            })
            .await
    }

    /// What it is allowed now.
    pub async fn scopes(&self, caller: &NodeCaller) -> Result<Vec<NodeScope>> {
        let caller = caller.clone();
        Ok(self.db.read(move |tx| paired(tx, &caller)).await?.scopes)
    }

    /// Takes in that a node is there and how it is.
    pub async fn heard(&self, caller: &NodeCaller, heartbeat: Heartbeat) -> Result<()> {
        let caller = caller.clone();
        let heard = self.db.write(move |unit| {
            let mut node = paired(unit.tx, &caller)?;
            apply(&mut node, heartbeat);
            note(unit, &mut node)?;
            Ok(node)
        });
        let node = heard.await?;
        self.db.tell(&node.registered_by.clone(), Event::Node(NodeEvent::Heard { node: Box::new(node) }));
        Ok(())
    }

    /// Waits for what is to be told to a connected node that believes to have these scopes, and hands it out.
    pub async fn errand(&self, caller: &NodeCaller, believed: &[NodeScope]) -> Result<Errand> {
        loop {
            let mut bell = self.errands.listen(&caller.node);
            match self.look(caller).await {
                // What was handed out is this connection's to tell, whatever else there is to tell.
                Ok((node, commands)) => {
                    let scopes = (node.scopes != believed).then_some(node.scopes);
                    if scopes.is_some() || !commands.is_empty() {
                        return Ok(Errand::Tell { scopes, commands });
                    }
                    bell.rung().await;
                }
                Err(error) if error.kind() == Kind::Unauthenticated => return Ok(Errand::Revoked),
                Err(error) => return Err(error),
            }
        }
    }

    /// The commands that wait for a node that asks; none if there are none within `wait`, which is kept below
    /// [`LONGEST_POLL`]. They are handed out with this: nobody else gets them.
    pub async fn take_commands(&self, caller: &NodeCaller, wait: Duration) -> Result<Vec<NodeCommand>> {
        let mut bell = self.errands.listen(&caller.node);
        let until = tokio::time::Instant::now() + wait.min(LONGEST_POLL);
        loop {
            let (_, commands) = self.look(caller).await?;
            let is_over = tokio::time::Instant::now() >= until || self.lifecycle.is_draining();
            if !commands.is_empty() || is_over {
                return Ok(commands);
            }
            tokio::select! {
                () = bell.rung() => {}
                () = tokio::time::sleep_until(until) => {}
                () = self.lifecycle.draining() => {}
            }
        }
    }

    /// How long the node has for a command from now on.
    pub fn time_left(&self, command: &NodeCommand) -> Duration {
        commands::time_left(command, self.db.now())
    }

    /// The node as it is, noted as heard of, and the commands that wait for it.
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
        if open == 0 && is_noted {
            return Ok((node, Vec::new()));
        }
        let (writing, endings) = (caller.clone(), self.endings.clone());
        self.db
            .write(move |unit| {
                let mut node = paired(unit.tx, &writing)?;
                if !is_noted {
                    note(unit, &mut node)?;
                }
                let commands = commands::hand_out(unit, &node, &endings)?;
                Ok((node, commands))
            })
            .await
    }

    /// Marks silent nodes offline and ends commands whose time is over, until the gateway drains.
    pub(crate) async fn watch(self, lifecycle: Lifecycle) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(SWEEP_EVERY) => {}
                () = lifecycle.draining() => return,
            }
            if let Err(error) = self.sweep().await {
                tracing::error!(%error, "silent nodes and overdue commands could not be looked for");
            }
        }
    }

    async fn sweep(&self) -> Result<()> {
        let now = self.db.now();
        let (silent, overdue) = self
            .db
            .read(move |tx| {
                let silent = tx.silent_nodes(now.minus(SILENCE), MOST_SWEPT)?;
                Ok((silent, tx.overdue_node_commands(now, MOST_SWEPT)?))
            })
            .await?;
        if !silent.is_empty() {
            self.db.write(move |unit| silent.iter().try_for_each(|node| mark_offline(unit, node))).await?;
        }
        for command in overdue {
            self.give_up(command).await?;
        }
        Ok(())
    }
}

/// The node that asks, if it still may.
fn paired(tx: &dyn Tx, caller: &NodeCaller) -> Result<Node> {
    let node = tx.node(&caller.tenant, &caller.node)?;
    node.filter(|node| node.status == NodeStatus::Paired).ok_or_else(rejected)
}

/// Stores that a node is there.
fn note(unit: &mut Unit<'_>, node: &mut Node) -> Result<()> {
    let comes = !node.is_online;
    node.is_online = true;
    node.last_seen_at = Some(unit.now());
    unit.tx.update_node(node)?;
    if comes {
        tell(unit, NodeEvent::Online { node: Box::new(node.clone()) }, node);
    }
    Ok(())
}

/// Marks a silent node offline, unless it was heard of meanwhile.
fn mark_offline(unit: &mut Unit<'_>, silent: &Node) -> Result<()> {
    let node = unit.tx.node(&silent.tenant_id, &silent.id)?;
    let Some(mut node) = node.filter(|node| node.is_online && node.last_seen_at == silent.last_seen_at)
    else {
        return Ok(());
    };
    node.is_online = false;
    unit.tx.update_node(&node)?;
    tell(unit, NodeEvent::Offline { node: Box::new(node.clone()) }, &node);
    Ok(())
}

fn apply(node: &mut Node, heartbeat: Heartbeat) {
    let word = |mut text: String| {
        text.truncate(text.floor_char_boundary(LONGEST_WORD));
        storable(text)
    };
    if let Some(platform) = heartbeat.platform {
        node.platform = word(platform);
    }
    node.version = heartbeat.version.map(word).or(node.version.take());
    node.uptime_seconds = heartbeat.uptime_seconds.or(node.uptime_seconds);
    node.cpu_percent = heartbeat.cpu_percent.or(node.cpu_percent);
    node.memory_mb = heartbeat.memory_mb.or(node.memory_mb);
}

/// One answer for every reason, so that it tells nothing.
fn rejected() -> Error {
    Error::unauthenticated("The node's token is missing, wrong or void. Pair the node anew.")
}
