//! Before any call of an answer runs: which of them need a person's leave, and whether they have it.

use std::collections::HashMap;

use futures_util::future::join_all;
use serde_json::Value;
use sophon_model::event::Activity;
use sophon_model::ports::ModelToolCall;
use sophon_model::{Approval, ApprovalStatus, Result, ToolCall, ToolCallId, ToolCallStatus};

use super::{Ended, Turn};
use crate::approvals::{Action, Asked, LONGEST_ARGUMENTS, request_in};
use crate::database::Unit;
use crate::tools::ToolFailure;

/// Whether a call may be made.
pub(super) enum Leave {
    /// It needs nobody's leave.
    Free,
    /// A person gave leave for it.
    Given(Box<Approval>),
    /// It may not; this is what the model reads.
    Refused(String),
}

impl Leave {
    /// What the tool is called with: what the model wrote, unless a person changed it.
    pub(super) fn arguments<'a>(&'a self, call: &'a ModelToolCall) -> &'a Value {
        match self {
            Leave::Given(approval) => approval.edited_arguments.as_ref().unwrap_or(&call.arguments),
            Leave::Free | Leave::Refused(_) => &call.arguments,
        }
    }

    fn by(approval: Approval) -> Self {
        let refused = |text: &str| match &approval.reason {
            Some(reason) => Leave::Refused(format!("{text} The reason given: {reason}")),
            None => Leave::Refused(text.to_owned()),
        };
        match approval.status {
            ApprovalStatus::Approved | ApprovalStatus::Edited => Leave::Given(Box::new(approval)),
            ApprovalStatus::Rejected => refused("The person refused this. Do not try it again."),
            ApprovalStatus::TimedOut => {
                refused("Nobody gave leave for this in time, which counts as a refusal.")
            }
            ApprovalStatus::Pending | ApprovalStatus::Cancelled => refused("Nobody gave leave for this."),
        }
    }
}

impl Turn {
    /// Asks for leave where it is needed and waits until each call has it or does not. Asked before an interruption
    /// counts as asked.
    pub(super) async fn leaves(
        &mut self,
        calls: &[ModelToolCall],
        known: &[ToolCall],
    ) -> Result<HashMap<String, Leave>, Ended> {
        let task = self.task.id.clone();
        let before = self.with.db.read(move |tx| tx.approvals_of_task(&task)).await?;
        let (mut leaves, mut to_ask, mut asked) = (HashMap::new(), Vec::new(), Vec::new());
        for call in calls.iter().filter(|call| !has_ended(call, known)) {
            if let Some(approval) = before.iter().find(|before| before.tool_call_id.as_str() == call.id) {
                asked.push(approval.clone());
                continue;
            }
            match self.judge(call) {
                Ok(Some(ask)) => to_ask.push(ask),
                Ok(None) => {}
                Err(ToolFailure(reason)) => {
                    leaves.insert(call.id.clone(), Leave::Refused(reason));
                }
            }
        }
        if !to_ask.is_empty() {
            asked.extend(self.ask_people(to_ask).await?);
        } else if asked.iter().any(|approval| approval.status == ApprovalStatus::Pending) {
            self.wait_for_people(|_| Ok(())).await?;
        }
        for approval in self.settled(asked).await? {
            leaves.insert(approval.tool_call_id.to_string(), Leave::by(approval));
        }
        Ok(leaves)
    }

    /// What a person is to be asked about this call, if one is.
    fn judge(&self, call: &ModelToolCall) -> Result<Option<Asked>, ToolFailure> {
        let Some(judged) = self.with.tools.judge(&self.agent, &call.name, &call.arguments)? else {
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

    async fn ask_people(&mut self, to_ask: Vec<Asked>) -> Result<Vec<Approval>, Ended> {
        let (task, within) = (self.task.clone(), self.with.limits.answer_within);
        let (session, agent) = (self.session.id.clone(), self.agent.id.clone());
        self.wait_for_people(move |unit| {
            to_ask.into_iter().map(|ask| request_in(unit, &task, (&session, &agent), ask, within)).collect()
        })
        .await
    }

    /// Stores that the turn has got somewhere, with `work`: from here on it waits for people, and being interrupted
    /// meanwhile is not its fault.
    pub(super) async fn wait_for_people<R, F>(&mut self, work: F) -> Result<R, Ended>
    where
        R: Send + 'static,
        F: FnOnce(&mut Unit<'_>) -> Result<R> + Send + 'static,
    {
        self.task.proven_attempt = self.task.attempt;
        let task = self.task.clone();
        let stored = self.with.db.write(move |unit| {
            if unit.tx.update_running_task(&task)? { work(unit).map(Some) } else { Ok(None) }
        });
        stored.await?.ok_or(Ended::Lost)
    }

    /// Waits for the answers, with the worker's place given to others.
    async fn settled(&self, asked: Vec<Approval>) -> Result<Vec<Approval>, Ended> {
        if asked.iter().all(|approval| approval.status != ApprovalStatus::Pending) {
            return Ok(asked);
        }
        let tools: Vec<&str> = asked.iter().map(|approval| approval.tool.as_str()).collect();
        self.progress(Activity::WaitingApproval, Some(tools.join(", ")));
        let answers = join_all(asked.iter().map(|approval| self.with.approvals.waiting.settled(approval)));
        self.seat.leave();
        let settled = tokio::select! {
            biased;
            () = self.cancel.cancelled() => return Err(Ended::Cancelled),
            settled = answers => settled,
        };
        self.take_seat().await?;
        settled.into_iter().collect::<Result<_>>().map_err(Ended::Failed)
    }

    /// Takes a worker's place again, after others had it.
    pub(super) async fn take_seat(&self) -> Result<(), Ended> {
        tokio::select! {
            biased;
            () = self.cancel.cancelled() => Err(Ended::Cancelled),
            () = self.seat.take() => Ok(()),
        }
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
