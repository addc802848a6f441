//! The workers: they take tasks out of the durable queue, each for the length of a lease that they renew.

use std::sync::Arc;
use std::time::Duration;

use sophon_model::{
    Agent, Error, Event, Message, MessageId, MessageRole, MessageStatus, Result, Session, Task, TaskKind,
    TaskStatus,
};
use tokio::sync::Semaphore;

use super::seat::Seat;
use super::{Running, end_reply};
use crate::database::{Database, Unit};
use crate::lifecycle::Lifecycle;
use crate::turn::Turns;

/// How long a worker holds a task without renewing.
pub(crate) const LEASE: Duration = Duration::from_secs(30);
/// How often the holder of a lease renews it.
pub(crate) const RENEW_EVERY: Duration = Duration::from_secs(10);
/// How often the queue is looked at without being told: for leases that have run out.
const POLL: Duration = Duration::from_secs(5);
/// How long to wait when storage does not answer.
const STORAGE_PAUSE: Duration = Duration::from_secs(1);
/// How often a task is taken up without getting anywhere before it counts as one that brings the process down.
const MOST_ATTEMPTS: i64 = 5;

/// A chat's task in the hands of a worker, with what it is about.
pub(crate) struct Claimed {
    pub(crate) task: Task,
    pub(crate) question: MessageId,
    pub(crate) session: Session,
    pub(crate) agent: Agent,
    pub(crate) reply: Message,
    /// Whether an earlier attempt was interrupted.
    pub(crate) is_resumed: bool,
}

/// What became of an attempt to take up a task.
enum Claim {
    Nothing,
    /// A task was ended rather than run.
    Ended,
    Work(Box<Claimed>),
}

/// The workers.
pub(crate) struct Pool {
    db: Database,
    running: Arc<Running>,
    turns: Turns,
    lifecycle: Lifecycle,
    workers: Arc<Semaphore>,
}

impl Pool {
    pub(crate) fn new(
        db: Database,
        running: Arc<Running>,
        turns: Turns,
        lifecycle: Lifecycle,
        workers: usize,
    ) -> Self {
        Self { db, running, turns, lifecycle, workers: Arc::new(Semaphore::new(workers)) }
    }

    /// Works until the gateway drains. Turns that run then may finish.
    pub(crate) async fn run(self) {
        while !self.lifecycle.is_draining() {
            let permit = tokio::select! {
                permit = self.workers.clone().acquire_owned() => permit,
                () = self.lifecycle.draining() => break,
            };
            let Ok(permit) = permit else { break };
            match self.db.write(claim).await {
                Ok(Claim::Work(claimed)) => {
                    let (turns, running) = (self.turns.clone(), self.running.clone());
                    let lifecycle = self.lifecycle.clone();
                    let cancel = running.begin(&claimed.task.id, &claimed.session.id);
                    let seat = Seat::new(self.workers.clone(), permit);
                    self.lifecycle.spawn(async move {
                        let task = claimed.task.id.clone();
                        tokio::select! {
                            () = turns.run(*claimed, seat, cancel) => {}
                            // Left as it is: who starts next takes it up again.
                            () = lifecycle.stopped() => {}
                        }
                        running.end(&task);
                    });
                }
                Ok(Claim::Ended) => {}
                Ok(Claim::Nothing) => {
                    drop(permit);
                    tokio::select! {
                        () = self.running.woken() => {}
                        () = tokio::time::sleep(POLL) => {}
                        () = self.lifecycle.draining() => break,
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "no task could be taken up");
                    tokio::time::sleep(STORAGE_PAUSE).await;
                }
            }
        }
    }
}

fn claim(unit: &mut Unit<'_>) -> Result<Claim> {
    let (now, lease_until) = (unit.now(), unit.now().plus(LEASE));
    let Some(task) = unit.tx.claim_task(now, lease_until)? else { return Ok(Claim::Nothing) };
    if task.attempt - task.proven_attempt > MOST_ATTEMPTS {
        let text =
            format!("It was interrupted {MOST_ATTEMPTS} times; something in it may bring the gateway down.");
        return give_up(unit, task, Some(text));
    }
    match task.kind {
        TaskKind::Chat => claim_turn(unit, task),
        TaskKind::Discussion | TaskKind::DiscussionTurn | TaskKind::DiscussionVerdict => {
            give_up(unit, task, Some("This version does not run discussions.".into()))
        }
    }
}

fn claim_turn(unit: &mut Unit<'_>, mut task: Task) -> Result<Claim> {
    let (Some(session), Some(agent), Some(question)) =
        (task.session_id.clone(), task.agent_id.clone(), task.request_message_id.clone())
    else {
        return Err(Error::internal("a chat's task names no session, agent or message"));
    };
    let Some(session) = unit.tx.session(&session)? else { return give_up(unit, task, None) };
    let Some(agent) = unit.tx.agent(&task.tenant_id, agent.as_str())? else {
        return give_up(unit, task, Some("Its agent was deleted before it began.".into()));
    };
    let begun = match &task.reply_message_id {
        Some(id) => unit.tx.message(id)?,
        None => None,
    };
    let is_resumed = begun.is_some();
    let reply = match begun {
        Some(reply) => reply,
        None => open_reply(unit, &mut task, &question, &session, &agent)?,
    };
    Ok(Claim::Work(Box::new(Claimed { task, question, session, agent, reply, is_resumed })))
}

/// Ends a task rather than running it.
fn give_up(unit: &mut Unit<'_>, mut task: Task, reason: Option<String>) -> Result<Claim> {
    task.status = TaskStatus::Failed;
    task.error = reason;
    task.ended_at = Some(unit.now());
    unit.tx.update_running_task(&task)?;
    end_reply(unit, &task)?;
    unit.emit(&task.user_id.clone(), Event::TaskFailed(Box::new(task)));
    Ok(Claim::Ended)
}

/// Begins the answering message of a task that starts.
fn open_reply(
    unit: &mut Unit<'_>,
    task: &mut Task,
    question: &MessageId,
    session: &Session,
    agent: &Agent,
) -> Result<Message> {
    let mut reply = Message {
        id: unit.new_id(),
        number: 0,
        tenant_id: task.tenant_id.clone(),
        session_id: session.id.clone(),
        role: MessageRole::Agent,
        user_id: None,
        agent_id: Some(agent.id.clone()),
        task_id: Some(task.id.clone()),
        content: String::new(),
        status: MessageStatus::Pending,
        local_id: None,
        reply_to: Some(question.clone()),
        attachments: Vec::new(),
        usage: None,
        created_at: unit.now(),
        updated_at: unit.now(),
    };
    reply.number = unit.tx.insert_message(&reply)?;
    task.reply_message_id = Some(reply.id.clone());
    unit.tx.update_running_task(task)?;
    unit.emit(&task.user_id, Event::TaskStarted(Box::new(task.clone())));
    unit.emit(&task.user_id, Event::MessageOpened { message: Box::new(reply.clone()) });
    Ok(reply)
}
