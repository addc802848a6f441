//! Approvals: an agent asks before it acts, and a person answers once, on whatever surface.
//!
//! An approval is stored with its deadline before anybody is asked, so that it and the task that waits for it outlive
//! the process. The first answer counts. It allows one action, the one of its digest, and is used up in the
//! transaction in which that action begins.

mod action;
mod asking;

pub(crate) use action::Action;
pub(crate) use asking::{Asked, cancel_open_in, request_in};

use serde_json::{Value, json};
use sophon_model::ports::{ApprovalFilter, Tx};
use sophon_model::{
    Approval, ApprovalEvent, ApprovalId, ApprovalStatus, Caller, Error, Event, Page, Paged, Permission,
    Result, Risk,
};

use crate::database::{Database, Unit};
use crate::doorbells::Doorbells;
use crate::limits::{LONGEST_DESCRIPTION, bounded};
use crate::policy::{Act, authorize};
use crate::tools::Tools;

/// From this risk on a person is asked.
pub const ASKED_FROM: Risk = Risk::High;
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
    bells: Doorbells<ApprovalId>,
}

impl Approvals {
    pub(crate) fn new(db: Database, tools: Tools) -> Self {
        Self { db, tools, bells: Doorbells::default() }
    }

    /// What matches of what the caller's agents asked for; of what all agents of the tenant did if the caller may
    /// answer. Newest first. The filter's `user` narrows it to one person.
    pub async fn list(&self, caller: &Caller, filter: ApprovalFilter, page: Page) -> Result<Paged<Approval>> {
        authorize(Some(caller), Act::SignedIn)?;
        let answers = caller.has(Permission::ApproveActions);
        let user = if answers { filter.user } else { Some(caller.user.clone()) };
        let (tenant, filter) = (caller.tenant.clone(), ApprovalFilter { user, ..filter });
        self.db.read(move |tx| tx.approvals(&tenant, &filter, &page)).await
    }

    /// One.
    pub async fn get(&self, caller: &Caller, id: &ApprovalId) -> Result<Approval> {
        let (caller, wanted) = (caller.clone(), id.clone());
        self.db.read(move |tx| readable(tx, &caller, &wanted)).await
    }

    /// Answers one. An answer to one that was answered, or ran out, is a conflict with the code `already_resolved`
    /// and the outcome in its details.
    pub async fn answer(&self, caller: &Caller, id: &ApprovalId, answer: Answer) -> Result<Approval> {
        let (caller, wanted) = (caller.clone(), id.clone());
        let (tools, bells) = (self.tools.clone(), self.bells.clone());
        let answered = self.db.write(move |unit| {
            let approval = readable(unit.tx, &caller, &wanted)?;
            authorize(Some(&caller), Act::DecideApproval(&approval))?;
            if approval.status != ApprovalStatus::Pending {
                return Err(already_resolved(approval.status));
            }
            let is_late = approval.expires_at <= unit.now();
            let mut resolved = if is_late {
                Approval { status: ApprovalStatus::TimedOut, ..approval }
            } else {
                decided(&tools, &caller, approval, answer)?
            };
            if !resolve_in(unit, &mut resolved, &bells)? {
                // Another replica was faster.
                let winner = readable(unit.tx, &caller, &wanted)?;
                return Err(already_resolved(winner.status));
            }
            // An error would undo that it ran out.
            Ok((resolved, is_late))
        });
        match answered.await? {
            (late, true) => Err(already_resolved(late.status)),
            (resolved, false) => Ok(resolved),
        }
    }
}

fn readable(tx: &dyn Tx, caller: &Caller, id: &ApprovalId) -> Result<Approval> {
    let approval = tx.approval(&caller.tenant, id)?.ok_or_else(|| Error::not_found("approval"))?;
    authorize(Some(caller), Act::ReadApproval(&approval))?;
    Ok(approval)
}

/// The approval as it is by this answer.
fn decided(tools: &Tools, caller: &Caller, mut approval: Approval, answer: Answer) -> Result<Approval> {
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
            if !approval.is_editable {
                let text =
                    format!("The arguments of {} cannot be changed: approve or reject it.", approval.tool);
                return Err(Error::conflict(text).with_code("not_editable"));
            }
            if arguments.to_string().len() > LONGEST_ARGUMENTS {
                let text = format!("The arguments have at most {LONGEST_ARGUMENTS} bytes.");
                return Err(Error::validation("modifiedParams", text));
            }
            tools
                .check(&approval.tool, &arguments)
                .map_err(|failure| Error::validation("modifiedParams", failure.0))?;
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
    approval.decided_by = Some(caller.user.clone());
    Ok(approval)
}

/// Stores how a pending approval ended, tells of it and wakes who waits; false if it had ended before.
fn resolve_in(unit: &mut Unit<'_>, approval: &mut Approval, bells: &Doorbells<ApprovalId>) -> Result<bool> {
    approval.resolved_at = Some(unit.now());
    if !unit.tx.resolve_approval(approval)? {
        return Ok(false);
    }
    metrics::counter!("sophon_approvals_total", "outcome" => approval.status.as_str()).increment(1);
    let event = ApprovalEvent::Resolved { approval: Box::new(approval.clone()) };
    unit.emit(&approval.user_id, Event::Approval(event));
    let (id, bells) = (approval.id.clone(), bells.clone());
    unit.after_commit(move || bells.ring(&id));
    Ok(true)
}

fn already_resolved(status: ApprovalStatus) -> Error {
    let text = match status {
        ApprovalStatus::TimedOut => "Nobody answered in time, which counts as a refusal.",
        ApprovalStatus::Cancelled => "The task that asked has ended; there is nothing to answer.",
        _ => "Somebody has answered already. The first answer counts.",
    };
    Error::conflict(text).with_code("already_resolved").with_details(json!({ "outcome": status.as_str() }))
}
