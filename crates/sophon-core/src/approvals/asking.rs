//! The side of the turn that wants to act: it requests approval, and consumes what was approved.

use std::time::Duration;

use serde_json::Value;
use sophon_model::{
    AgentId, Approval, ApprovalEvent, ApprovalId, ApprovalStatus, AuditAction, Result, Risk, SessionId, Task,
    TenantId, ToolCallId,
};

use super::Action;
use crate::audit;
use crate::database::Unit;
use crate::prompts::expire_later;

/// What is to be asked about.
#[derive(Clone)]
pub(crate) struct Asked {
    pub(crate) call: ToolCallId,
    pub(crate) tool: String,
    pub(crate) arguments: Value,
    pub(crate) risk: Risk,
    pub(crate) preview: Option<String>,
    pub(crate) is_editable: bool,
}

/// Requests approval of an action in `task`.
pub(crate) fn request_in(
    unit: &mut Unit<'_>,
    task: &Task,
    (session, agent): (&SessionId, &AgentId),
    asked: Asked,
    within: Duration,
) -> Result<Approval> {
    let mut approval = Approval {
        id: unit.new_id(),
        tenant_id: task.tenant_id.clone(),
        user_id: task.user_id.clone(),
        session_id: session.clone(),
        task_id: task.id.clone(),
        agent_id: agent.clone(),
        tool_call_id: asked.call,
        tool: asked.tool,
        risk: asked.risk,
        arguments: asked.arguments,
        preview: asked.preview,
        is_editable: asked.is_editable,
        digest: String::new(),
        status: ApprovalStatus::Pending,
        edited_arguments: None,
        reason: None,
        decided_by: None,
        requested_at: unit.now(),
        expires_at: unit.now().plus(within),
        resolved_at: None,
        consumed_at: None,
    };
    approval.digest = Action::of(&approval, &approval.arguments).digest();
    unit.tx.insert(&approval)?;
    expire_later(unit, &approval)?;
    unit.emit(ApprovalEvent::Requested { approval: Box::new(approval.clone()) });
    Ok(approval)
}

/// Why an approval does not cover what is about to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotCovered {
    /// It was used before.
    AlreadyConsumed,
    /// It is for something else, or there is none any more.
    OutOfScope,
}

impl NotCovered {
    /// What the model reads.
    pub(crate) fn text(self) -> &'static str {
        match self {
            Self::AlreadyConsumed => "already_consumed: the approval was used before. Nothing was done.",
            Self::OutOfScope => "out_of_scope: the approval is for something else. Nothing was done.",
        }
    }
}

/// Consumes the approval of the action with this digest, in the transaction in which the action begins.
pub(crate) fn consume_in(
    unit: &mut Unit<'_>,
    (tenant, id): (&TenantId, &ApprovalId),
    digest: &str,
) -> Result<Result<(), NotCovered>> {
    let now = unit.now();
    if unit.tx.consume_approval(id, digest, now)? {
        if let Some(approval) = unit.tx.get_in(tenant, id)? {
            unit.note(audit::of_approval(&approval, AuditAction::ApprovalConsume));
        }
        return Ok(Ok(()));
    }
    let used = unit.tx.get_in(tenant, id)?.is_some_and(|approval| approval.consumed_at.is_some());
    Ok(Err(if used { NotCovered::AlreadyConsumed } else { NotCovered::OutOfScope }))
}
