//! Nodes: machines that pair with the gateway, come and go, and run commands within their scopes.
//!
//! Everything is in storage, so that a node may be connected to another process than the one that its caller asks. A
//! command is handed out at most once: that it was is committed before it is sent.

mod commands;
mod endings;
mod pairing;
mod presence;
mod tools;

pub use commands::{Outcome, SendCommand};
pub(crate) use endings::call_back_in;
use endings::{CommandsEnd, ExpireCommands};
pub use pairing::{NewNode, Pairing, RegisteredNode};
use presence::NoticeSilence;
pub use presence::{Heartbeat, LONGEST_POLL, NodeInstruction};

use sophon_model::ports::every;
use sophon_model::{
    AuditAction, Caller, Node, NodeCommand, NodeCommandId, NodeEvent, NodeId, NodeScope, Page, Paged, Result,
    TenantId,
};

use crate::audit::Audit;
use crate::database::{Database, Unit};
use crate::gateway::Shared;
use crate::lifecycle::Lifecycle;
use crate::limits;
use crate::once::SecretMaker;
use crate::only_if::OnlyIf;
use crate::policy::{Granted, Read, Write, grant, visible};
use crate::registry::Registry;
use crate::wakers::Wakers;

/// Nodes of a tenant that are woken when it is disabled. Others notice at their next heartbeat.
const MOST_WOKEN: usize = 10_000;

/// The service.
#[derive(Clone)]
pub struct Nodes {
    db: Database,
    secret_maker: SecretMaker,
    audit: Audit,
    lifecycle: Lifecycle,
    /// Wakes the connection of a node when there is something for it to do or to know.
    instructions: Wakers<NodeId>,
    /// Wakes the requests that wait for a command.
    endings: Wakers<NodeCommandId>,
}

impl Nodes {
    pub(crate) fn open(shared: &Shared, registry: &mut Registry, audit: Audit) -> Self {
        let (db, lifecycle) = (shared.db.clone(), shared.lifecycle.clone());
        let instructions = Wakers::open(&db, registry, "nodes.instructions");
        let endings = Wakers::open(&db, registry, "nodes.endings");
        let secret_maker = SecretMaker::new(&shared.settings.signing_key);
        let nodes = Self { db, secret_maker, audit, lifecycle, instructions, endings };
        registry.chore(NoticeSilence);
        registry.chore(ExpireCommands { endings: nodes.endings.clone() });
        registry.task_end(CommandsEnd);
        registry.tool_source(tools::NodeTools::new(nodes.clone()));
        let kept = shared.settings.retention.node_commands;
        registry.keep::<NodeCommand>(kept);
        nodes
    }

    /// The tenant's nodes, in order of registration.
    pub async fn list(&self, caller: &Caller, page: Page) -> Result<Paged<Node>> {
        let visible = visible::<Node>(caller)?;
        self.db.read(move |tx| tx.page(visible.tenant(), &every::<Node>(), &page)).await
    }

    /// One.
    pub async fn get(&self, caller: &Caller, id: &NodeId) -> Result<Node> {
        let (caller, wanted) = (caller.clone(), id.clone());
        self.db
            .read(move |tx| {
                let node: Granted<Node, Read> = grant(tx, &caller, tx.get_in(&caller.tenant, &wanted)?)?;
                Ok(node.into_inner())
            })
            .await
    }

    /// Calls one by another name.
    pub async fn rename(
        &self,
        caller: &Caller,
        id: &NodeId,
        name: String,
        only_if: OnlyIf<Node>,
    ) -> Result<Node> {
        let name = limits::name("display_name", &name)?;
        self.change(caller, id, AuditAction::NodeUpdate, move |node| {
            only_if.require(node)?;
            node.name = name;
            Ok(())
        })
        .await
    }

    /// Says what one may be instructed to do from now on. It is notified at once if it is connected; what waits for it
    /// and is no longer covered is not handed out.
    pub async fn set_scopes(&self, caller: &Caller, id: &NodeId, scopes: Vec<NodeScope>) -> Result<Node> {
        self.change(caller, id, AuditAction::NodeScope, move |node| {
            node.scopes = distinct(scopes);
            Ok(())
        })
        .await
    }

    /// Deletes one: its token is void, its connection ends, and its commands are forgotten. A request that waits for
    /// one of them is told that the node is gone.
    pub async fn revoke(&self, caller: &Caller, id: &NodeId) -> Result<()> {
        let (by, caller, wanted) = (caller, caller.clone(), id.clone());
        let (instructions, endings) = (self.instructions.clone(), self.endings.clone());
        self.db
            .write_as(by, AuditAction::NodeDelete, move |unit| {
                let node = managed(unit, &caller, &wanted)?;
                unit.about(&*node);
                let open = unit.tx.open_node_commands(&wanted)?;
                unit.tx.delete(&wanted)?;
                for task in open.iter().filter_map(|command| command.task_id.as_ref()) {
                    unit.wake_afterwards(task)?;
                }
                unit.emit(NodeEvent::Removed { node: Box::new(node.into_inner()) });
                unit.after_commit(move || {
                    instructions.wake(&wanted);
                    for command in &open {
                        endings.wake(&command.id);
                    }
                });
                Ok(())
            })
            .await
    }

    /// Has all connected nodes of a tenant looked at once the transaction is durable: whether they may still be there.
    pub(crate) fn wake_all_in(&self, unit: &mut Unit<'_>, tenant: &TenantId) -> Result<()> {
        let nodes = unit.tx.list_in(tenant, &every::<Node>(), MOST_WOKEN)?;
        let instructions = self.instructions.clone();
        unit.after_commit(move || nodes.iter().for_each(|node| instructions.wake(&node.id)));
        Ok(())
    }

    async fn change(
        &self,
        caller: &Caller,
        id: &NodeId,
        action: AuditAction,
        change: impl FnOnce(&mut Node) -> Result<()> + Clone + Send + 'static,
    ) -> Result<Node> {
        let (known, wanted, instructions) = (caller.clone(), id.clone(), self.instructions.clone());
        self.db
            .write_once(caller, action, move |unit| {
                let mut node = managed(unit, &known, &wanted)?;
                let before = Node::clone(&node);
                change(&mut node)?;
                store_change(unit, &mut node)?;
                unit.about_change(&before, &*node)?;
                unit.after_commit(move || instructions.wake(&wanted));
                Ok(node.into_inner())
            })
            .await
    }
}

/// A node that the caller may manage.
fn managed(unit: &Unit<'_>, caller: &Caller, id: &NodeId) -> Result<Granted<Node, Write>> {
    grant(unit.tx, caller, unit.tx.get_in(&caller.tenant, id)?)
}

/// Stores a node that a user changed, and emits its event.
fn store_change(unit: &mut Unit<'_>, node: &mut Granted<Node, Write>) -> Result<()> {
    store(unit, node)
}

/// Stores a node that changed by what its own program did, and emits its event.
fn store(unit: &mut Unit<'_>, node: &mut Node) -> Result<()> {
    node.updated_at = unit.now();
    unit.tx.update(node)?;
    unit.emit(NodeEvent::Changed { node: Box::new(node.clone()) });
    Ok(())
}

fn distinct(mut scopes: Vec<NodeScope>) -> Vec<NodeScope> {
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}
