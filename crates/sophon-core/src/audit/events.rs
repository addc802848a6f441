//! What the gateway's own work leaves in the audit log: what agents do, and what becomes of their tasks. It follows from
//! the events of a unit of work that no request is; so what is new must be decided on here, too.

use sha2::{Digest, Sha256};
use sophon_model::ports::Tx;
use sophon_model::{
    Approval, ApprovalEvent, ApprovalStatus, AuditAction, AuditOutcome, Event, InfoRequest, InfoRequestEvent,
    Result, Task, TaskEvent, TaskStatus, ToolCall, ToolCallEvent, ToolCallStatus,
};

use super::{Draft, Performer};

/// The entries of a unit of work by its events.
pub(crate) fn drafts_of<'a>(tx: &dyn Tx, events: impl Iterator<Item = &'a Event>) -> Result<Vec<Draft>> {
    let drafts = events.map(|event| draft_of(tx, event)).collect::<Result<Vec<_>>>()?;
    Ok(drafts.into_iter().flatten().collect())
}

fn draft_of(tx: &dyn Tx, event: &Event) -> Result<Option<Draft>> {
    Ok(match event {
        Event::Task(event) => task(event),
        Event::ToolCall(ToolCallEvent::Started { call }) => tool_call(tx, call, AuditAction::ToolCallBegin)?,
        Event::ToolCall(ToolCallEvent::Ended { call }) => tool_call(tx, call, AuditAction::ToolCallEnd)?,
        Event::Approval(event) => Some(approval(event)),
        Event::InfoRequest(event) => Some(question(event)),
        // What an agent writes is the end of its task; a session changes with it.
        Event::Message(_) | Event::Session(_)
        // A command of an agent is a call of a tool, and what a node reports has an entry of its own.
        | Event::Node(_)
        // A run and its turns are tasks.
        | Event::Discussion(_)
        // Always a request.
        | Event::Announcement(_) | Event::Marks(_) => None,
    })
}

fn by_task(task: &Task) -> Performer {
    Performer::agent(task.tenant_id.clone(), task.user_id.clone(), task.agent_id.clone())
}

fn task(event: &TaskEvent) -> Option<Draft> {
    let (task, action) = match event {
        TaskEvent::Started(task) => (task, AuditAction::TaskBegin),
        TaskEvent::Completed(task) | TaskEvent::Failed(task) | TaskEvent::Cancelled(task) => {
            (task, AuditAction::TaskEnd)
        }
        // The request that asks for a task tells of it.
        TaskEvent::Queued(_) | TaskEvent::Progress(_) | TaskEvent::ModelUsed(_) => return None,
    };
    let is_failed = task.status == TaskStatus::Failed;
    let outcome = if is_failed { AuditOutcome::Failure } else { AuditOutcome::Success };
    let error_code = task.details.as_ref().and_then(|details| details.error_code.clone());
    let draft = Draft::new(by_task(task), action).about(&**task).outcome(outcome).details(|details| {
        details.status = Some(task.status.as_str().to_owned());
        details.code = error_code;
    });
    Some(draft)
}

fn tool_call(tx: &dyn Tx, call: &ToolCall, action: AuditAction) -> Result<Option<Draft>> {
    // An event of a call does not say whose it is.
    let Some(task) = tx.get(&call.task_id)? else { return Ok(None) };
    let is_failed = call.status == ToolCallStatus::Failed;
    let outcome = if is_failed { AuditOutcome::Failure } else { AuditOutcome::Success };
    let draft = Draft::new(by_task(&task), action).about(call).outcome(outcome).details(|details| {
        details.status = Some(call.status.as_str().to_owned());
        details.digest = Some(call.arguments_hash.clone());
        details.result_digest = call.result.as_ref().map(|result| hex::encode(Sha256::digest(result)));
        details.duration_ms = call.ended_at.map(|_| call.duration_ms());
    });
    Ok(Some(draft))
}

fn approval(event: &ApprovalEvent) -> Draft {
    let (approval, action) = match event {
        ApprovalEvent::Requested { approval } => (approval, AuditAction::ApprovalRequest),
        // Answers are requests.
        ApprovalEvent::Resolved { approval } => (approval, AuditAction::ApprovalExpire),
    };
    of_approval(approval, action).outcome(match approval.status {
        ApprovalStatus::TimedOut | ApprovalStatus::Cancelled => AuditOutcome::Denied,
        _ => AuditOutcome::Success,
    })
}

/// What an agent does with an approval.
pub(crate) fn of_approval(approval: &Approval, action: AuditAction) -> Draft {
    let agent = Some(approval.agent_id.clone());
    let by = Performer::agent(approval.tenant_id.clone(), approval.user_id.clone(), agent);
    Draft::new(by, action).about(approval).details(|details| {
        details.status = Some(approval.status.as_str().to_owned());
        details.risk = Some(approval.risk.as_str().to_owned());
        details.digest = Some(approval.digest.clone());
    })
}

fn question(event: &InfoRequestEvent) -> Draft {
    let (question, action): (&InfoRequest, _) = match event {
        InfoRequestEvent::Requested { request } => (request, AuditAction::QuestionAsk),
        InfoRequestEvent::Resolved { request } => (request, AuditAction::QuestionExpire),
    };
    let agent = Some(question.agent_id.clone());
    let by = Performer::agent(question.tenant_id.clone(), question.user_id.clone(), agent);
    let status = question.status.as_str().to_owned();
    Draft::new(by, action).about(question).details(|details| details.status = Some(status))
}
