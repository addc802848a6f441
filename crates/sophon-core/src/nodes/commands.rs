//! Commands: sending one, handing them out once, taking in results.

use std::time::Duration;

use serde_json::Value;
use sophon_model::ports::{Tx, every};
use sophon_model::text::{DEEPEST, clean, is_too_deep};
use sophon_model::{
    AuditAction, AuditOutcome, Caller, Error, Kind, Node, NodeCaller, NodeCommand, NodeCommandId,
    NodeCommandSpec, NodeCommandStatus, NodeEvent, NodeId, NodeStatus, Page, Paged, Result, TaskId,
    Timestamp, UserId,
};

use super::Nodes;
use super::endings::{CommandExpiry, Waiter, expire_later};
use crate::database::Unit;
use crate::jobs::HeldError;
use crate::policy::{Covered, Granted, Report, covers, grant, may_command};
use crate::tools::ToolContext;
use crate::wakers::Wakers;

/// How long a command is waited for unless its sender says otherwise.
const USUAL_TIME: Duration = Duration::from_secs(30);
/// The shortest and the longest that can be asked for.
const SHORTEST_TIME: Duration = Duration::from_secs(1);
const LONGEST_TIME: Duration = Duration::from_mins(10);
/// What a node that ran out of time has left to say so.
const TO_REPORT: Duration = Duration::from_secs(2);
/// Commands of a node that may wait or run; one more is refused.
const MOST_OPEN: usize = 32;
/// The parameters, as JSON, in bytes.
const LARGEST_PARAMS: usize = 64 * 1024;
/// A result, as JSON, in bytes. What is larger is dropped, and the command has failed.
const LARGEST_RESULT: usize = 256 * 1024;
/// What a node says of an error, in bytes; the rest is cut.
const LONGEST_CODE: usize = 64;
const LONGEST_ERROR: usize = 2_000;

/// A command to be sent.
#[derive(Clone, Debug)]
pub struct SendCommand {
    /// To which node.
    pub node: NodeId,
    /// What to do: one of [`NODE_COMMANDS`](sophon_model::NODE_COMMANDS).
    pub command: String,
    /// With which parameters.
    pub params: Value,
    /// How long to wait for the outcome: 1 second to 10 minutes, 30 seconds if absent.
    pub time: Option<Duration>,
}

impl SendCommand {
    /// Refuses what no node can be sent, for every caller.
    pub(crate) fn check(&self) -> Result<()> {
        NodeCommandSpec::of(&self.command)?;
        if !self.params.is_object() {
            return Err(Error::validation("params", "The parameters are an object."));
        }
        if self.params.to_string().len() > LARGEST_PARAMS {
            let text = format!("The parameters have at most {LARGEST_PARAMS} bytes.");
            return Err(Error::new(Kind::PayloadTooLarge, text));
        }
        if is_too_deep(&self.params) {
            let text = format!("The parameters are nested at most {DEEPEST} levels deep.");
            return Err(Error::validation("params", text));
        }
        if self.time.is_some_and(|time| !(SHORTEST_TIME..=LONGEST_TIME).contains(&time)) {
            let range = format!(
                "A command is waited for between {} and {} ms.",
                SHORTEST_TIME.as_millis(),
                LONGEST_TIME.as_millis()
            );
            return Err(Error::validation("timeout_ms", range));
        }
        Ok(())
    }
}

/// What a node says became of a command.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// It was done.
    Done(Value),
    /// It was not.
    Failed {
        /// Why, for programs.
        code: String,
        /// Why, for people.
        message: String,
    },
}

impl Nodes {
    /// Sends a command and returns it when it has ended or its time is over. If nobody waits for that any more and no
    /// node has taken the command, it is called back.
    pub async fn command(&self, caller: &Caller, send: SendCommand) -> Result<NodeCommand> {
        send.check()?;
        let (nodes, known, id) = (self.clone(), caller.clone(), self.db.new_id::<NodeCommandId>());
        let (waiter, stored) = Waiter::new(self, send.node.clone(), id.clone());
        let sent = self.db.write_once(caller, AuditAction::NodeCommandSend, move |unit| {
            unit.after_commit(move || drop(stored));
            nodes.send_in(unit, &known, id, None, send)
        });
        let ended = match sent.await {
            Ok(sent) => self.ended(sent).await,
            Err(error) => Err(error),
        };
        waiter.answered();
        ended
    }

    /// Sends a command for a turn under an id of the turn's choice, and gives it a moment to end. A command that has
    /// the id already is not sent again.
    pub(crate) async fn send_for(
        &self,
        context: &ToolContext,
        id: NodeCommandId,
        send: SendCommand,
    ) -> Result<NodeCommand, HeldError> {
        send.check()?;
        let (nodes, caller, task) = (self.clone(), context.caller.clone(), context.task.clone());
        let sent = context.held.write(move |unit| nodes.send_in(unit, &caller, id, Some(task), send));
        Ok(self.linger(sent.await?).await?)
    }

    fn send_in(
        &self,
        unit: &mut Unit<'_>,
        caller: &Caller,
        id: NodeCommandId,
        task: Option<TaskId>,
        send: SendCommand,
    ) -> Result<NodeCommand> {
        let spec = NodeCommandSpec::of(&send.command)?;
        let node = may_command(unit.tx, caller, unit.tx.get_in(&caller.tenant, &send.node)?, spec)?;
        if let Some(known) = unit.tx.get_in(&node.id, &id)? {
            return Ok(known);
        }
        can_take(unit.tx, &node)?;
        let command = new_command(unit, (&node, &caller.user), id, task, send);
        unit.tx.insert(&command)?;
        unit.about(&command);
        expire_later(unit, &command)?;
        emit_update(unit, &command);
        let instructions = self.instructions.clone();
        unit.after_commit(move || instructions.wake(&node.id));
        Ok(command)
    }

    /// One.
    pub async fn get_command(
        &self,
        caller: &Caller,
        node: &NodeId,
        id: &NodeCommandId,
    ) -> Result<NodeCommand> {
        self.get(caller, node).await?;
        self.look_up(node, id).await?.ok_or_else(|| Error::not_found("command"))
    }

    /// Those of a node, newest first.
    pub async fn commands(&self, caller: &Caller, node: &NodeId, page: Page) -> Result<Paged<NodeCommand>> {
        let node = self.get(caller, node).await?;
        self.db.read(move |tx| tx.page(&node.id, &every::<NodeCommand>(), &page)).await
    }

    /// Takes in what became of a command that was handed to this node. The first report counts; that it comes again,
    /// or too late for the caller, is no error.
    pub async fn report(&self, caller: &NodeCaller, id: &NodeCommandId, outcome: Outcome) -> Result<()> {
        let (asking, wanted) = (caller.clone(), id.clone());
        let granted = self.db.read(move |tx| grant(tx, &asking, tx.get_in(&asking.node, &wanted)?));
        let command: Granted<NodeCommand, Report> = granted.await?;
        let endings = self.endings.clone();
        self.db
            .write_by(caller, AuditAction::NodeCommandReport, move |unit| {
                if let Some(task) = &command.task_id {
                    unit.wake(task)?;
                }
                let command = unit.tx.get_in(&command.node_id, &command.id)?;
                let command = command.filter(|command| command.dispatched_at.is_some());
                let mut command = command.ok_or_else(|| Error::not_found("command"))?;
                let from = command.status;
                if matches!(from, NodeCommandStatus::Dispatched | NodeCommandStatus::Unknown) {
                    finish(&mut command, outcome);
                    let command = end(unit, command, from)?;
                    unit.about(&command);
                    if command.status == NodeCommandStatus::Failed {
                        let code = command.error_code.as_deref().unwrap_or("failed");
                        unit.audit_outcome(AuditOutcome::Failure, code);
                    }
                    unit.after_commit(move || endings.wake(&command.id));
                } else {
                    // It comes again, or too late.
                    unit.is_no_action();
                }
                Ok(())
            })
            .await
    }
}

/// Whether the node is there and has room for one more.
fn can_take(tx: &dyn Tx, node: &Node) -> Result<()> {
    if node.status != NodeStatus::Paired || !node.is_online {
        let text = "The node is not online, so the command was not sent. Start its program and try again.";
        return Err(Error::conflict(text).with_code("node_offline"));
    }
    if tx.open_node_commands(&node.id)?.len() >= MOST_OPEN {
        let text = format!("The node has {MOST_OPEN} commands to do. Wait until some have ended.");
        return Err(Error::conflict(text).with_code("node_busy"));
    }
    Ok(())
}

fn new_command(
    unit: &Unit<'_>,
    (node, by): (&Granted<Node, Covered>, &UserId),
    id: NodeCommandId,
    task_id: Option<TaskId>,
    send: SendCommand,
) -> NodeCommand {
    let now = unit.now();
    NodeCommand {
        id,
        node_id: node.id.clone(),
        tenant_id: node.tenant_id.clone(),
        command: send.command,
        params: send.params,
        status: NodeCommandStatus::Queued,
        result: None,
        error_code: None,
        error_message: None,
        requested_by: by.clone(),
        task_id,
        created_at: now,
        expires_at: now.plus(send.time.unwrap_or(USUAL_TIME)).plus(TO_REPORT),
        dispatched_at: None,
        ended_at: None,
    }
}

/// Hands out the commands that wait for `node`. Commands that its scopes no longer cover end here.
pub(super) fn hand_out(
    unit: &mut Unit<'_>,
    node: &Node,
    endings: &Wakers<NodeCommandId>,
) -> Result<Vec<NodeCommand>> {
    let now = unit.now();
    let taken = unit.tx.dispatch_node_commands(&node.id, now, MOST_OPEN)?;
    let mut handed = Vec::with_capacity(taken.len());
    for mut command in taken {
        if NodeCommandSpec::of(&command.command).is_ok_and(|spec| covers(node, spec)) {
            emit_update(unit, &command);
            handed.push(command);
        } else {
            command.status = NodeCommandStatus::Failed;
            command.dispatched_at = None;
            explain(
                &mut command,
                "scope_denied",
                "The node lost the scope before the command was sent: it did not run.",
            );
            let ended = end(unit, command, NodeCommandStatus::Dispatched)?;
            if let Some(task) = &ended.task_id {
                unit.wake_afterwards(task)?;
            }
            let endings = endings.clone();
            unit.after_commit(move || endings.wake(&ended.id));
        }
    }
    Ok(handed)
}

/// The time that a node has for a command from now on.
pub(super) fn time_left(command: &NodeCommand, now: Timestamp) -> Duration {
    command.expires_at.minus(TO_REPORT).since(now)
}

fn finish(command: &mut NodeCommand, outcome: Outcome) {
    let outcome = match outcome {
        Outcome::Done(result) if result.to_string().len() > LARGEST_RESULT => Outcome::Failed {
            code: "failed".into(),
            message: format!(
                "It was done, but its result has more than {LARGEST_RESULT} bytes and was dropped."
            ),
        },
        Outcome::Done(result) if is_too_deep(&result) => Outcome::Failed {
            code: "failed".into(),
            message: format!(
                "It was done, but its result is nested more than {DEEPEST} levels deep and was dropped."
            ),
        },
        outcome => outcome,
    };
    match outcome {
        Outcome::Done(result) => {
            command.status = NodeCommandStatus::Completed;
            command.result = Some(result);
            command.error_code = None;
            command.error_message = None;
        }
        Outcome::Failed { mut code, mut message } => {
            code.truncate(code.floor_char_boundary(LONGEST_CODE));
            message.truncate(message.floor_char_boundary(LONGEST_ERROR));
            command.status = NodeCommandStatus::Failed;
            command.error_code = Some(clean(code));
            command.error_message = Some(clean(message));
        }
    }
}

/// Stores that a command has ended, unless it is no longer as it was in `from`. The job of its task is woken before.
pub(super) fn end(
    unit: &mut Unit<'_>,
    mut command: NodeCommand,
    from: NodeCommandStatus,
) -> Result<NodeCommand> {
    command.ended_at = Some(unit.now());
    if unit.tx.update_node_command(&command, from)? {
        unit.drop_job::<CommandExpiry>(command.id.as_str())?;
        emit_update(unit, &command);
    }
    Ok(command)
}

fn emit_update(unit: &mut Unit<'_>, command: &NodeCommand) {
    unit.emit(NodeEvent::Command { command: Box::new(command.clone()) });
}

pub(super) fn explain(command: &mut NodeCommand, code: &str, message: &str) {
    command.error_code = Some(code.into());
    command.error_message = Some(message.into());
}
