//! Before any call of an answer runs: which of them need a person's approval, and whether they have it.

use std::collections::HashMap;

use serde_json::Value;
use sophon_model::event::Activity;
use sophon_model::ports::ModelToolCall;
use sophon_model::text::DEEPEST;
use sophon_model::{Approval, ApprovalStatus, ToolCall, ToolCallId, ToolCallStatus};

use super::tool_calls::MOST_CALLS;
use super::{Stop, Turn};
use crate::approvals::{Action, Asked, LONGEST_ARGUMENTS, request_in};
use crate::tools::ToolFailure;

/// Whether a call may be made.
pub(super) enum Clearance {
    /// It needs no approval.
    NotNeeded,
    /// A person approved it.
    Approved(Box<Approval>),
    /// It may not be made; this is what the model reads.
    Refused(String),
}

impl Clearance {
    /// What the tool is called with: what the model wrote, unless a person changed it.
    pub(super) fn arguments<'a>(&'a self, call: &'a ModelToolCall) -> &'a Value {
        match self {
            Clearance::Approved(approval) => approval.edited_arguments.as_ref().unwrap_or(&call.arguments),
            Clearance::NotNeeded | Clearance::Refused(_) => &call.arguments,
        }
    }

    /// What a resolved approval amounts to.
    fn of(approval: Approval) -> Self {
        let refused = |text: &str| match &approval.reason {
            Some(reason) => Clearance::Refused(format!("{text} The reason given: {reason}")),
            None => Clearance::Refused(text.to_owned()),
        };
        match approval.status {
            ApprovalStatus::Approved | ApprovalStatus::Edited => Clearance::Approved(Box::new(approval)),
            ApprovalStatus::Rejected => refused("The person rejected this. Do not try it again."),
            ApprovalStatus::TimedOut => {
                refused("The approval request expired without an answer, which counts as a rejection.")
            }
            ApprovalStatus::Pending | ApprovalStatus::Cancelled => refused("Nobody approved this."),
        }
    }
}

impl Turn {
    /// Asks for approval where it is needed, and parks the turn until each request is resolved. A request that was made
    /// before an interruption counts.
    pub(super) async fn clear_calls(
        &mut self,
        calls: &[ModelToolCall],
    ) -> Result<HashMap<String, Clearance>, Stop> {
        loop {
            let task = self.task.id.clone();
            let read = move |tx: &dyn sophon_model::ports::Tx| {
                Ok((tx.tool_calls(&task)?, tx.approvals_of_task(&task)?))
            };
            let (known, mut approvals) = self.held.read(read).await?;
            let mut clearances = HashMap::new();
            let mut to_ask = Vec::new();
            for (place, call) in calls.iter().enumerate().filter(|(_, call)| !has_ended(call, &known)) {
                if approvals.iter().any(|approval| approval.tool_call_id.as_str() == call.id) {
                    continue;
                }
                match self.judge(call, place) {
                    Ok(Some(ask)) => to_ask.push(ask),
                    Ok(None) => {}
                    Err(ToolFailure(reason)) => {
                        clearances.insert(call.id.clone(), Clearance::Refused(reason));
                    }
                }
            }
            if !to_ask.is_empty() {
                approvals.extend(self.ask_people(to_ask).await?);
            }
            approvals.retain(|approval| calls.iter().any(|call| call.id == approval.tool_call_id.as_str()));
            let pending = approvals.iter().filter(|approval| approval.status == ApprovalStatus::Pending);
            let Some(until) = pending.clone().map(|approval| approval.expires_at).min() else {
                let resolved = approvals.into_iter();
                clearances.extend(
                    resolved.map(|approval| (approval.tool_call_id.to_string(), Clearance::of(approval))),
                );
                return Ok(clearances);
            };
            let tools: Vec<&str> = pending.map(|approval| approval.tool.as_str()).collect();
            self.progress(Activity::WaitingApproval, Some(tools.join(", ")));
            self.park(until).await?;
        }
    }

    /// What a person is to be asked about this call, if one is. `place` is its place in the answer.
    fn judge(&self, call: &ModelToolCall, place: usize) -> Result<Option<Asked>, ToolFailure> {
        if place >= MOST_CALLS {
            let text = format!("Of the calls of one answer the first {MOST_CALLS} run. Make this one again.");
            return Err(ToolFailure(text));
        }
        if !call.arguments.is_object() {
            let text = format!(
                "The arguments are no whole JSON object of at most {DEEPEST} levels, so the call did not run. If they were \
                 cut because they are long, make the call in smaller parts."
            );
            return Err(ToolFailure(text));
        }
        let Some(judged) = self.tools.judge(&call.name, &call.arguments)? else {
            return Ok(None);
        };
        if call.arguments.to_string().len() > LONGEST_ARGUMENTS {
            let text = format!(
                "The arguments are too long to be shown to a person: at most {LONGEST_ARGUMENTS} bytes."
            );
            return Err(ToolFailure(text));
        }
        Ok(Some(Asked {
            call: ToolCallId::from(call.id.as_str()),
            tool: call.name.clone(),
            arguments: call.arguments.clone(),
            risk: judged.risk,
            preview: judged.preview,
            is_editable: judged.is_editable,
        }))
    }

    async fn ask_people(&self, to_ask: Vec<Asked>) -> Result<Vec<Approval>, Stop> {
        let (task, within) = (self.task.clone(), self.with.limits.answer_within);
        let (session, agent) = (self.session.id.clone(), self.agent.id.clone());
        let asked = self.held.write(move |unit| {
            to_ask.into_iter().map(|ask| request_in(unit, &task, (&session, &agent), ask, within)).collect()
        });
        Ok(asked.await?)
    }

    /// The digest of what this turn would do with these arguments.
    pub(super) fn digest(&self, call: &ModelToolCall, arguments: &Value) -> String {
        Action {
            tenant: &self.task.tenant_id,
            user: &self.task.user_id,
            agent: &self.agent.id,
            session: &self.session.id,
            task: &self.task.id,
            call: &ToolCallId::from(call.id.as_str()),
            tool: &call.name,
            arguments,
        }
        .digest()
    }
}

pub(super) fn has_ended(call: &ModelToolCall, known: &[ToolCall]) -> bool {
    known.iter().any(|known| known.id.as_str() == call.id && known.status != ToolCallStatus::Running)
}
