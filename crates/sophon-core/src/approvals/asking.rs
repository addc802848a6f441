//! The asking side: a turn that wants to act, and waits.

use std::time::Duration;

use serde_json::Value;
use sophon_model::{
    AgentId, Approval, ApprovalEvent, ApprovalStatus, Event, Result, Risk, SessionId, Task, ToolCallId,
};

use super::{Action, Approvals, resolve_in};
use crate::database::Unit;
use crate::doorbells::Doorbells;

/// Approvals that one round of the sweep ends; the rest waits for the next.
const MOST_EXPIRED: usize = 1_000;

/// What is to be asked about.
pub(crate) struct Asked {
    pub(crate) call: ToolCallId,
    pub(crate) tool: String,
    pub(crate) arguments: Value,
    pub(crate) risk: Risk,
    pub(crate) preview: Option<String>,
    pub(crate) is_editable: bool,
}

/// Asks for the leave to do something in `task`.
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
    unit.tx.insert_approval(&approval)?;
    let event = ApprovalEvent::Requested { approval: Box::new(approval.clone()) };
    unit.emit(&task.user_id, Event::Approval(event));
    Ok(approval)
}

/// Ends what a task still asks for: it has ended itself.
pub(crate) fn cancel_open_in(unit: &mut Unit<'_>, task: &Task) -> Result<()> {
    for mut approval in unit.tx.approvals_of_task(&task.id)? {
        if approval.status == ApprovalStatus::Pending {
            approval.status = ApprovalStatus::Cancelled;
            // Who waited for it has ended; no bell is to be rung.
            resolve_in(unit, &mut approval, &Doorbells::default())?;
        }
    }
    Ok(())
}

impl Approvals {
    /// Waits until an approval is no longer pending. When its time is over it is refused here.
    pub(crate) async fn settled(&self, approval: &Approval) -> Result<Approval> {
        let mut bell = self.bells.listen(&approval.id);
        loop {
            let (tenant, id) = (approval.tenant_id.clone(), approval.id.clone());
            let stored = self.db.read(move |tx| tx.approval(&tenant, &id)).await?;
            // Gone with its session: then its turn is about to be ended.
            let Some(stored) = stored else {
                return Ok(Approval { status: ApprovalStatus::Cancelled, ..approval.clone() });
            };
            if stored.status != ApprovalStatus::Pending {
                return Ok(stored);
            }
            let left = stored.expires_at.since(self.db.now());
            if left.is_zero() {
                self.expire(stored).await?;
            } else {
                let _rung_or_over = tokio::time::timeout(left, bell.rung()).await;
            }
        }
    }

    /// Refuses what nobody answered in time and whose turn is not here to do it. At a steady pace.
    pub(crate) async fn expire_overdue(&self) -> Result<()> {
        let now = self.db.now();
        for overdue in self.db.read(move |tx| tx.overdue_approvals(now, MOST_EXPIRED)).await? {
            self.expire(overdue).await?;
        }
        Ok(())
    }

    async fn expire(&self, mut approval: Approval) -> Result<()> {
        let bells = self.bells.clone();
        let expired = self.db.write(move |unit| {
            approval.status = ApprovalStatus::TimedOut;
            resolve_in(unit, &mut approval, &bells).map(|_| ())
        });
        expired.await
    }
}
