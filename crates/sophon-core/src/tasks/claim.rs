//! Taking up a task: what it is about is read, and the beginning of the work is stored, in one transaction.

use sophon_model::{
    Agent, DiscussionRun, Error, Event, Message, MessageId, MessageRole, MessageStatus, Result, Session,
    Task, TaskKind, TaskStatus,
};

use super::{LEASE, end_rest};
use crate::database::Unit;
use crate::discussions;

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

/// A discussion's task in the hands of a worker, with the run.
pub(super) struct ClaimedRun {
    pub(super) task: Task,
    pub(super) run: DiscussionRun,
}

/// A task in the hands of a worker.
pub(super) enum Work {
    /// An agent's turn in a session.
    Turn(Box<Claimed>),
    /// A run of a discussion.
    Discussion(Box<ClaimedRun>),
}

impl Work {
    pub(super) fn task(&self) -> &Task {
        match self {
            Work::Turn(claimed) => &claimed.task,
            Work::Discussion(claimed) => &claimed.task,
        }
    }
}

/// What became of an attempt to take up a task.
pub(super) enum Claim {
    Nothing,
    /// A task was ended rather than run.
    Ended,
    Work(Work),
}

/// Takes up the task that has waited longest.
pub(super) fn claim(unit: &mut Unit<'_>) -> Result<Claim> {
    let (now, lease_until) = (unit.now(), unit.now().plus(LEASE));
    let Some(task) = unit.tx.claim_task(now, lease_until)? else { return Ok(Claim::Nothing) };
    if task.attempt - task.proven_attempt > MOST_ATTEMPTS {
        let text =
            format!("It was interrupted {MOST_ATTEMPTS} times; something in it may bring the gateway down.");
        return give_up(unit, task, Some(text));
    }
    match task.kind {
        TaskKind::Chat => claim_turn(unit, task),
        TaskKind::Discussion => claim_run(unit, task),
        // They have a parent, and are never in the queue.
        TaskKind::DiscussionTurn | TaskKind::DiscussionVerdict => give_up(unit, task, None),
    }
}

fn claim_run(unit: &mut Unit<'_>, task: Task) -> Result<Claim> {
    match discussions::begin_in(unit, &task)? {
        Some(run) => Ok(Claim::Work(Work::Discussion(Box::new(ClaimedRun { task, run })))),
        None => give_up(unit, task, Some("Its discussion was deleted before it began.".into())),
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
    Ok(Claim::Work(Work::Turn(Box::new(Claimed { task, question, session, agent, reply, is_resumed }))))
}

/// Ends a task rather than running it.
fn give_up(unit: &mut Unit<'_>, mut task: Task, reason: Option<String>) -> Result<Claim> {
    task.status = TaskStatus::Failed;
    task.error = reason;
    task.ended_at = Some(unit.now());
    unit.tx.update_running_task(&task)?;
    end_rest(unit, &task)?;
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
