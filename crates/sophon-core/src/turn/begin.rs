//! Taking up a turn: what it is about is read, and its beginning is stored, in the transaction that claims the job.

use serde::{Deserialize, Serialize};
use sophon_model::{
    Agent, Job, Message, MessageEvent, MessageId, MessageRole, MessageStatus, Queue, Result, Session, Task,
    TaskEvent, TaskId, TaskStatus,
};

use crate::database::Unit;
use crate::jobs::{Begun, JobKind, JobOptions};
use crate::tasks::{Outcome, finish_in};

/// The payload of a turn's job.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TurnJob {
    task: TaskId,
    /// The model that this turn alone is to ask first.
    #[serde(default)]
    model: Option<String>,
}

impl JobKind for TurnJob {
    const NAME: &'static str = "chat.turn";
    const QUEUE: Queue = Queue::Turns;
}

/// Puts a turn into the queue. The turns of an agent in a session follow each other.
pub(crate) fn enqueue_in(
    unit: &mut Unit<'_>,
    task: &Task,
    session: &Session,
    agent: &Agent,
    model: Option<String>,
) -> Result<()> {
    let options = JobOptions {
        serial_key: Some(format!("chat {} {}", session.id, agent.id)),
        ..JobOptions::of_task(task)
    };
    unit.enqueue(&TurnJob { task: task.id.clone(), model }, options)
}

/// How a turn starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Start {
    /// For the first time.
    Fresh,
    /// What it was parked for has happened. Nothing that was streamed is void.
    Resumed,
    /// Its worker went away in the middle of it. What was streamed since the last step is void.
    Interrupted,
}

/// A turn in the hands of a worker, with what it is about.
pub(crate) struct Claimed {
    pub(super) task: Task,
    pub(super) question: MessageId,
    pub(super) session: Session,
    pub(super) agent: Agent,
    pub(super) reply: Message,
    pub(super) start: Start,
}

/// Begins a turn, or ends it if it can or should not be begun.
pub(super) fn begin_in(unit: &mut Unit<'_>, job: &Job, payload: &TurnJob) -> Result<Begun<Claimed>> {
    let Some(mut task) = unit.tx.get(&payload.task)? else { return Ok(Begun::Done) };
    if task.cancel_requested_at.is_some() {
        return end(unit, task, Outcome::cancelled());
    }
    let (Some(session), Some(agent), Some(question)) =
        (task.session_id.clone(), task.agent_id.clone(), task.request_message_id.clone())
    else {
        return end(unit, task, Outcome::failed("It names no session, agent or message."));
    };
    let Some(mut session) = unit.tx.get(&session)? else {
        return end(unit, task, Outcome::failed("Its session was deleted before it began."));
    };
    let Some(agent) = unit.tx.agent(&task.tenant_id, agent.as_str())? else {
        return end(unit, task, Outcome::failed("Its agent was deleted before it began."));
    };
    // The model of the session is that of this turn, in the turn's hands.
    session.model = payload.model.clone().or(session.model);
    let begun = match &task.reply_message_id {
        Some(id) => unit.tx.get(id)?,
        None => None,
    };
    let start = match begun {
        None => Start::Fresh,
        Some(_) if job.interruptions > 0 => Start::Interrupted,
        Some(_) => Start::Resumed,
    };
    let reply = match begun {
        Some(reply) => reply,
        None => open_reply(unit, &mut task, &question, &session, &agent)?,
    };
    if start == Start::Interrupted {
        task.attempt += 1;
        unit.tx.update_open_task(&task)?;
    }
    // What the turn streams goes to those who are members now.
    unit.members_of(&session.id)?;
    Ok(Begun::Work(Claimed { task, question, session, agent, reply, start }))
}

fn end(unit: &mut Unit<'_>, task: Task, outcome: Outcome) -> Result<Begun<Claimed>> {
    finish_in(unit, task, outcome)?;
    Ok(Begun::Done)
}

/// Begins the answering message of a turn that starts.
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
        finish_reason: None,
        details: None,
        branch: session.branch,
        is_hidden: false,
        created_at: unit.now(),
        updated_at: unit.now(),
    };
    reply.number = unit.tx.insert_message(&reply)?;
    task.reply_message_id = Some(reply.id.clone());
    task.status = TaskStatus::Running;
    task.started_at = Some(unit.now());
    task.attempt += 1;
    unit.tx.update_open_task(task)?;
    unit.emit(TaskEvent::Started(Box::new(task.clone())));
    unit.emit(MessageEvent::Opened { message: Box::new(reply.clone()) });
    Ok(reply)
}
