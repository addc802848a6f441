//! Nodes: machines that pair with the gateway, come and go, and do what they are told within their scopes.
//!
//! Everything is in storage, so that a node may be connected to another process than the one that its caller asks. A
//! command is handed out at most once: that it was is committed before it is sent.

mod commands;
mod endings;
mod pairing;
mod presence;

pub use commands::{Outcome, SendCommand};
use endings::ExpireCommands;
pub(crate) use endings::{CommandsEnd, call_back_in};
pub use pairing::{NewNode, Pairing, RegisteredNode};
use presence::NoticeSilence;
pub use presence::{Heartbeat, LONGEST_POLL, NodeInstruction};

use sophon_model::{
    Caller, Error, Event, Node, NodeCommandId, NodeEvent, NodeId, NodeScope, Page, Paged, Permission, Result,
};

use crate::database::{Database, Unit};
use crate::jobs::Handlers;
use crate::lifecycle::Lifecycle;
use crate::limits::{LONGEST_NAME, bounded};
use crate::policy::{Act, authorize};
use crate::wakers::Wakers;

/// The service.
#[derive(Clone)]
pub struct Nodes {
    db: Database,
    lifecycle: Lifecycle,
    /// Wakes the connection of a node when there is something for it to do or to know.
    instructions: Wakers<NodeId>,
    /// Wakes the requests that wait for a command.
    endings: Wakers<NodeCommandId>,
}

impl Nodes {
    pub(crate) fn new(db: Database, lifecycle: Lifecycle) -> Self {
        let (instructions, endings) = (Wakers::new(db.is_exclusive()), Wakers::new(db.is_exclusive()));
        Self { db, lifecycle, instructions, endings }
    }

    /// Registers what nodes do in jobs.
    pub(crate) fn register_jobs(&self, handlers: &mut Handlers) {
        handlers.register_chore(NoticeSilence);
        handlers.register_chore(ExpireCommands { endings: self.endings.clone() });
    }

    /// The tenant's nodes, in order of registration.
    pub async fn list(&self, caller: &Caller, page: Page) -> Result<Paged<Node>> {
        authorize(Some(caller), Act::Use(Permission::ManageNodes))?;
        let tenant = caller.tenant.clone();
        self.db.read(move |tx| tx.nodes(&tenant, &page)).await
    }

    /// One.
    pub async fn get(&self, caller: &Caller, id: &NodeId) -> Result<Node> {
        let (caller, wanted) = (caller.clone(), id.clone());
        self.db
            .read(move |tx| {
                let node = tx.node(&caller.tenant, &wanted)?.ok_or_else(|| Error::not_found("node"))?;
                authorize(Some(&caller), Act::ManageNode(&node))?;
                Ok(node)
            })
            .await
    }

    /// Calls one by another name.
    pub async fn rename(&self, caller: &Caller, id: &NodeId, name: String) -> Result<Node> {
        bounded("display_name", &name, 1, LONGEST_NAME)?;
        self.change(caller, id, move |node| name.trim().clone_into(&mut node.name)).await
    }

    /// Says what one may be told to do from now on. It is told at once if it is connected; what waits for it and is
    /// no longer covered is not handed out.
    pub async fn set_scopes(&self, caller: &Caller, id: &NodeId, scopes: Vec<NodeScope>) -> Result<Node> {
        self.change(caller, id, move |node| node.scopes = distinct(scopes)).await
    }

    /// Deletes one: its token is void, its connection ends, and its commands are forgotten.
    pub async fn revoke(&self, caller: &Caller, id: &NodeId) -> Result<()> {
        let (caller, wanted, instructions) = (caller.clone(), id.clone(), self.instructions.clone());
        self.db
            .write(move |unit| {
                let node = managed(unit, &caller, &wanted)?;
                unit.tx.delete_node(&wanted)?;
                tell(unit, NodeEvent::Removed { node: Box::new(node.clone()) }, &node);
                unit.after_commit(move || instructions.wake(&wanted));
                Ok(())
            })
            .await
    }

    async fn change(
        &self,
        caller: &Caller,
        id: &NodeId,
        change: impl FnOnce(&mut Node) + Send + 'static,
    ) -> Result<Node> {
        let (caller, wanted, instructions) = (caller.clone(), id.clone(), self.instructions.clone());
        self.db
            .write(move |unit| {
                let mut node = managed(unit, &caller, &wanted)?;
                change(&mut node);
                store_change(unit, &mut node)?;
                unit.after_commit(move || instructions.wake(&wanted));
                Ok(node)
            })
            .await
    }
}

/// A node that the caller may manage.
fn managed(unit: &Unit<'_>, caller: &Caller, id: &NodeId) -> Result<Node> {
    let node = unit.tx.node(&caller.tenant, id)?.ok_or_else(|| Error::not_found("node"))?;
    authorize(Some(caller), Act::ManageNode(&node))?;
    Ok(node)
}

fn store_change(unit: &mut Unit<'_>, node: &mut Node) -> Result<()> {
    node.updated_at = unit.now();
    unit.tx.update_node(node)?;
    tell(unit, NodeEvent::Changed { node: Box::new(node.clone()) }, node);
    Ok(())
}

fn tell(unit: &mut Unit<'_>, event: NodeEvent, node: &Node) {
    unit.emit(&node.registered_by, Event::Node(event));
}

fn distinct(mut scopes: Vec<NodeScope>) -> Vec<NodeScope> {
    scopes.sort_unstable();
    scopes.dedup();
    scopes
}
