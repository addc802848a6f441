//! Approvals: an agent asks before it acts, and a person answers once, on whatever surface.
//!
//! It is a prompt, see `prompts`. It allows one action, the one of its digest, and is consumed in the transaction in
//! which that action begins.

mod action;
mod asking;

pub(crate) use action::Action;
pub(crate) use asking::{Asked, NotCovered, consume_in, request_in};

use serde_json::{Value, json};
use sophon_model::ports::{ApprovalFilter, Tx};
use sophon_model::text::{DEEPEST, is_too_deep};
use sophon_model::{
    Approval, ApprovalEvent, ApprovalId, ApprovalStatus, AuditAction, Caller, Error, Page, Paged, Result,
    TaskId, TenantId, Timestamp, UserId, UserInTenant,
};

use crate::database::{Database, Unit};
use crate::gateway::Shared;
use crate::identity::{ActingFor, acting_for};
use crate::limits::{LONGEST_DESCRIPTION, bounded};
use crate::policy::{Granted, Read, grant, visible};
use crate::prompts::{self, Prompt, Unanswered};
use crate::registry::Registry;
use crate::tools::{Tools, Toolset};

/// The longest arguments that a person is asked to judge, in bytes of JSON. They are shown whole or not at all.
pub const LONGEST_ARGUMENTS: usize = 64 * 1024;

/// What a person says to an action.
#[derive(Clone, Debug)]
pub enum Answer {
    /// Do it.
    Approve {
        /// A word on it.
        comment: Option<String>,
    },
    /// Do it with these arguments instead.
    Edit {
        /// The arguments.
        arguments: Value,
    },
    /// Do not do it.
    Reject {
        /// Why, for the agent to read.
        reason: Option<String>,
    },
}

/// The service.
#[derive(Clone)]
pub struct Approvals {
    db: Database,
    tools: Tools,
}

impl Approvals {
    pub(crate) fn open(shared: &Shared, registry: &mut Registry) -> Self {
        prompts::register::<Approval>(registry);
        let kept = shared.settings.retention.approvals;
        registry.keep::<Approval>(kept);
        Self { db: shared.db.clone(), tools: shared.tools.clone() }
    }

    /// What matches of what the caller's agents asked for; of what all agents of the tenant did if the caller may
    /// answer. Newest first. The filter's `user` narrows it to one person.
    pub async fn list(&self, caller: &Caller, filter: ApprovalFilter, page: Page) -> Result<Paged<Approval>> {
        let visible = visible::<Approval>(caller)?;
        let filter = ApprovalFilter { user: visible.owner(filter.user), ..filter };
        self.db.read(move |tx| tx.page(visible.tenant(), &filter, &page)).await
    }

    /// One.
    pub async fn get(&self, caller: &Caller, id: &ApprovalId) -> Result<Approval> {
        let (caller, wanted) = (caller.clone(), id.clone());
        self.db
            .read(move |tx| {
                let approval: Granted<Approval, Read> =
                    grant(tx, &caller, tx.get_in(&caller.tenant, &wanted)?)?;
                Ok(approval.into_inner())
            })
            .await
    }

    /// Answers one. An answer to one that was answered, or ran out, is a conflict with the code `already_resolved`
    /// and the outcome in its details.
    pub async fn answer(&self, caller: &Caller, id: &ApprovalId, answer: Answer) -> Result<Approval> {
        let by = caller.user.clone();
        let tools = match &answer {
            Answer::Edit { .. } => self.tools_of(self.get(caller, id).await?).await?,
            Answer::Approve { .. } | Answer::Reject { .. } => Toolset::default(),
        };
        let action = match &answer {
            Answer::Approve { .. } => AuditAction::ApprovalApprove,
            Answer::Edit { .. } => AuditAction::ApprovalEdit,
            Answer::Reject { .. } => AuditAction::ApprovalReject,
        };
        prompts::answer(&self.db, caller, id, action, move |approval| decided(&tools, by, approval, answer))
            .await
    }

    /// The tools that the agent has now which asked for this approval.
    async fn tools_of(&self, approval: Approval) -> Result<Toolset> {
        let (now, tools) = (self.db.now(), self.tools.clone());
        let read = self.db.read(move |tx| {
            let token = tx.get(&approval.task_id)?.and_then(|task| task.api_token_id);
            let user = UserInTenant { tenant: approval.tenant_id.clone(), user: approval.user_id.clone() };
            let asking = match acting_for(tx, &user, token, &approval.agent_id, now)? {
                ActingFor::Caller(asking) => asking,
                ActingFor::Nobody(reason) => return Err(Error::conflict(reason)),
            };
            let agent = tx.agent(&approval.tenant_id, approval.agent_id.as_str())?;
            tools.of(tx, &asking, &agent.ok_or_else(|| Error::not_found("agent"))?)
        });
        read.await
    }
}

/// The approval as it is by this answer.
fn decided(tools: &Toolset, by: UserId, mut approval: Approval, answer: Answer) -> Result<Approval> {
    let reason = match answer {
        Answer::Approve { comment } => {
            approval.status = ApprovalStatus::Approved;
            comment
        }
        Answer::Reject { reason } => {
            approval.status = ApprovalStatus::Rejected;
            reason
        }
        Answer::Edit { arguments } => {
            check_edit(tools, &approval, &arguments)?;
            approval.status = ApprovalStatus::Edited;
            approval.digest = Action::of(&approval, &arguments).digest();
            approval.edited_arguments = Some(arguments);
            None
        }
    };
    if let Some(reason) = &reason {
        bounded("reason", reason, 0, LONGEST_DESCRIPTION)?;
    }
    approval.reason = reason.filter(|reason| !reason.trim().is_empty());
    approval.decided_by = Some(by);
    Ok(approval)
}

/// Refuses other arguments where the tool allows none or cannot work with these, and what is worse than what was asked
/// about: nobody was asked about that.
fn check_edit(tools: &Toolset, approval: &Approval, arguments: &Value) -> Result<()> {
    let refused = |text: String| Error::validation("edited_arguments", text);
    if !approval.is_editable {
        let text = format!("The arguments of {} cannot be changed: approve or reject it.", approval.tool);
        return Err(Error::conflict(text).with_code("not_editable"));
    }
    if arguments.to_string().len() > LONGEST_ARGUMENTS {
        return Err(refused(format!("The arguments have at most {LONGEST_ARGUMENTS} bytes.")));
    }
    if is_too_deep(arguments) {
        return Err(refused(format!("The arguments are nested at most {DEEPEST} levels deep.")));
    }
    let risk = tools.judge_edited(&approval.tool, arguments).map_err(|failure| refused(failure.0))?;
    if risk > approval.risk {
        return Err(refused(format!(
            "That can do more harm ({}) than what was asked about ({}): reject it, and let the agent ask for the other.",
            risk.as_str(),
            approval.risk.as_str()
        )));
    }
    Ok(())
}

impl Prompt for Approval {
    type Id = ApprovalId;
    const EXPIRY_JOB: &'static str = "approval.expire";

    fn key(&self) -> (&TenantId, &ApprovalId) {
        (&self.tenant_id, &self.id)
    }

    fn task(&self) -> &TaskId {
        &self.task_id
    }

    fn is_pending(&self) -> bool {
        self.status == ApprovalStatus::Pending
    }

    fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    fn unanswered(mut self, why: Unanswered) -> Self {
        self.status = match why {
            Unanswered::TimedOut => ApprovalStatus::TimedOut,
            Unanswered::Cancelled => ApprovalStatus::Cancelled,
        };
        self
    }

    fn stored(tx: &dyn Tx, tenant: &TenantId, id: &ApprovalId) -> Result<Option<Self>> {
        tx.get_in(tenant, id)
    }

    fn of_task(tx: &dyn Tx, task: &TaskId) -> Result<Vec<Self>> {
        tx.approvals_of_task(task)
    }

    fn resolve_in(&mut self, unit: &mut Unit<'_>) -> Result<bool> {
        self.resolved_at = Some(unit.now());
        if !unit.tx.resolve_approval(self)? {
            return Ok(false);
        }
        let outcome = self.status.as_str();
        unit.after_commit(move || {
            metrics::counter!("sophon_approvals_total", "outcome" => outcome).increment(1);
        });
        unit.emit(ApprovalEvent::Resolved { approval: Box::new(self.clone()) });
        Ok(true)
    }

    fn already_resolved(&self) -> Error {
        let outcome = self.status.as_str();
        let text = match self.status {
            ApprovalStatus::TimedOut => "Nobody answered in time, which counts as a refusal.".to_owned(),
            ApprovalStatus::Cancelled => {
                "The task that asked has ended; there is nothing to answer.".to_owned()
            }
            _ => format!("Somebody has answered already: {outcome}. The first answer counts."),
        };
        Error::conflict(text).with_code("already_resolved").with_details(json!({ "outcome": outcome }))
    }
}
