//! Waiting for the end of a command, and ending what no longer can or should end by itself.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sophon_model::{
    NodeCommand, NodeCommandId, NodeCommandStatus, NodeId, Priority, Queue, Result, Task, TaskId, Timestamp,
};
use tokio::sync::oneshot;

use super::Nodes;
use super::commands::{end, explain};
use crate::database::Unit;
use crate::jobs::{Chore, JobKind, JobOptions, Next};
use crate::tasks::TaskEndHook;
use crate::wakers::Wakers;

/// How long a turn keeps its worker while a node does what it asked for. Then it is parked.
const LINGER: Duration = Duration::from_secs(2);

impl Nodes {
    /// Waits for the end of a command, at most for its time.
    pub(super) async fn ended(&self, sent: NodeCommand) -> Result<NodeCommand> {
        if sent.status.is_final() {
            return Ok(sent);
        }
        let left = sent.expires_at.since(self.db.now());
        match tokio::time::timeout(left, self.until_ended(&sent)).await {
            Ok(ended) => ended,
            Err(_) => self.expire(sent.clone()).await,
        }
    }

    /// The command as it is when it has ended, or a moment later: most end at once, and what waits need not be parked.
    pub(super) async fn linger(&self, sent: NodeCommand) -> Result<NodeCommand> {
        let lingering = tokio::time::timeout(LINGER, self.until_ended(&sent)).await;
        lingering.unwrap_or_else(|_| Ok(sent.clone()))
    }

    /// Waits for the end of a command, however long that takes.
    async fn until_ended(&self, sent: &NodeCommand) -> Result<NodeCommand> {
        let mut ending = self.endings.subscribe(&sent.id);
        loop {
            let Some(command) = self.look_up(&sent.node_id, &sent.id).await? else {
                return Ok(lost_with_its_node(sent.clone(), self.db.now()));
            };
            if command.status.is_final() {
                return Ok(command);
            }
            ending.woken().await;
        }
    }

    pub(super) async fn look_up(&self, node: &NodeId, id: &NodeCommandId) -> Result<Option<NodeCommand>> {
        let (node, id) = (node.clone(), id.clone());
        self.db.read(move |tx| tx.get_in(&node, &id)).await
    }

    /// Ends a command whose time is over, and says how it stands. It may have ended well at the last moment.
    async fn expire(&self, command: NodeCommand) -> Result<NodeCommand> {
        let endings = self.endings.clone();
        self.db
            .write(move |unit| {
                let stored = unit.tx.get_in(&command.node_id, &command.id)?;
                let Some(stored) = stored else { return Ok(lost_with_its_node(command, unit.now())) };
                expire_in(unit, stored, &endings)
            })
            .await
    }

    /// Calls a command back, unless its node has taken it.
    async fn call_back(&self, node: NodeId, id: NodeCommandId) -> Result<()> {
        self.db
            .write(move |unit| match unit.tx.get_in(&node, &id)? {
                Some(command) if command.status == NodeCommandStatus::Queued => cancel(unit, command),
                _ => Ok(()),
            })
            .await
    }
}

/// Ends a command whose time is over, unless it has ended.
fn expire_in(
    unit: &mut Unit<'_>,
    mut command: NodeCommand,
    endings: &Wakers<NodeCommandId>,
) -> Result<NodeCommand> {
    let from = command.status;
    let (status, message) = match from {
        NodeCommandStatus::Queued => {
            (NodeCommandStatus::Expired, "The node did not take the command in time: it did not run.")
        }
        NodeCommandStatus::Dispatched => (
            NodeCommandStatus::Unknown,
            "The node took the command and did not say in time what became of it: it may have run.",
        ),
        _ => return Ok(command),
    };
    command.status = status;
    explain(&mut command, "timeout", message);
    let (id, endings) = (command.id.clone(), endings.clone());
    let command = end(unit, command, from)?;
    unit.after_commit(move || endings.wake(&id));
    Ok(command)
}

/// The payload of the job that ends a command when its time is over.
#[derive(Serialize, Deserialize)]
pub(crate) struct CommandExpiry {
    node: NodeId,
    id: NodeCommandId,
}

impl JobKind for CommandExpiry {
    const NAME: &'static str = "node_command.expire";
    const QUEUE: Queue = Queue::Maintenance;
}

/// Enqueues the job that ends a command when its time is over.
pub(super) fn expire_later(unit: &mut Unit<'_>, command: &NodeCommand) -> Result<()> {
    let payload = CommandExpiry { node: command.node_id.clone(), id: command.id.clone() };
    let options = JobOptions {
        run_at: Some(command.expires_at),
        priority: Priority::High,
        dedupe_key: Some(command.id.to_string()),
        ..JobOptions::default()
    };
    unit.enqueue(&payload, options)
}

/// Ends commands whose time is over.
pub(crate) struct ExpireCommands {
    pub(super) endings: Wakers<NodeCommandId>,
}

impl Chore for ExpireCommands {
    type Kind = CommandExpiry;

    fn run_in(&self, unit: &mut Unit<'_>, expiry: CommandExpiry) -> Result<Next> {
        let Some(command) = unit.tx.get_in(&expiry.node, &expiry.id)? else { return Ok(Next::Done) };
        if command.expires_at > unit.now() {
            return Ok(Next::At(command.expires_at));
        }
        if let Some(task) = &command.task_id {
            unit.wake(task)?;
        }
        expire_in(unit, command, &self.endings)?;
        Ok(Next::Done)
    }
}

/// The commands that no node has taken are called back when the task ends that they are for.
pub(super) struct CommandsEnd;

impl TaskEndHook for CommandsEnd {
    fn task_ended(&self, unit: &mut Unit<'_>, task: &Task) -> Result<()> {
        call_back_in(unit, &task.id)
    }
}

/// A request that waits for the end of a command. A command that no node has taken when the request goes away is called
/// back, also if it goes away while the command is being stored.
pub(super) struct Waiter<'a> {
    nodes: &'a Nodes,
    node: NodeId,
    id: NodeCommandId,
    /// Resolves when the command has been stored, or will not be.
    is_stored: Option<oneshot::Receiver<()>>,
}

impl<'a> Waiter<'a> {
    /// A waiter, and what is to be dropped once the command has been stored.
    pub(super) fn new(nodes: &'a Nodes, node: NodeId, id: NodeCommandId) -> (Self, Arc<oneshot::Sender<()>>) {
        let (stored, is_stored) = oneshot::channel();
        (Self { nodes, node, id, is_stored: Some(is_stored) }, Arc::new(stored))
    }

    pub(super) fn answered(mut self) {
        self.is_stored = None;
    }
}

impl Drop for Waiter<'_> {
    fn drop(&mut self) {
        // When the gateway stops, it is taken for a crash: the turn is taken up again, and finds its command.
        let Some(is_stored) = self.is_stored.take().filter(|_| !self.nodes.lifecycle.is_draining()) else {
            return;
        };
        let (nodes, node, id) = (self.nodes.clone(), self.node.clone(), self.id.clone());
        self.nodes.lifecycle.spawn(async move {
            let _ = is_stored.await;
            if let Err(error) = nodes.call_back(node, id).await {
                tracing::warn!(%error, "a command that nobody waits for could not be called back");
            }
        });
    }
}

/// Calls back what a cancelled task waits for and no node has taken.
pub(crate) fn call_back_in(unit: &mut Unit<'_>, task: &TaskId) -> Result<()> {
    let queued = unit.tx.queued_node_commands(task)?;
    queued.into_iter().try_for_each(|command| cancel(unit, command))
}

/// A request that still waits sees it at its next look.
fn cancel(unit: &mut Unit<'_>, mut command: NodeCommand) -> Result<()> {
    command.status = NodeCommandStatus::Cancelled;
    let message = "Nobody waited for it any more, and the node had not taken it: it did not run.";
    explain(&mut command, "cancelled", message);
    end(unit, command, NodeCommandStatus::Queued)?;
    Ok(())
}

/// A command whose record went with its node. Whether it was taken before, nobody knows any more.
fn lost_with_its_node(mut command: NodeCommand, now: Timestamp) -> NodeCommand {
    command.status = NodeCommandStatus::Unknown;
    command.ended_at = Some(now);
    explain(
        &mut command,
        "node_deleted",
        "The node was deleted before it said what became of it: it may have run.",
    );
    command
}
