//! Running the tools that a model calls, side by side.

use std::time::Duration;

use futures_util::future::join_all;
use serde_json::Value;
use sha2::{Digest, Sha256};
use sophon_model::event::Activity;
use sophon_model::ports::{ModelMessage, ModelToolCall};
use sophon_model::{Caller, Event, Result, Task, ToolCall, ToolCallId, ToolCallStatus};

use super::leave::{Leave, has_ended};
use super::{Ended, Turn};
use crate::approvals::{NotCovered, consume_in};
use crate::identity::acting_for;
use crate::tools::ToolFailure;

/// How long a tool that works is waited for once its turn was cancelled.
const CANCEL_GRACE: Duration = Duration::from_secs(3);

/// What the model reads of a call that had begun, with leave, when the gateway went down.
const UNKNOWN: &str = "Error: the gateway was interrupted while this ran. Whether it took effect is not known. \
    Look before you do it again.";

impl Turn {
    /// The results of `calls`, in their order. Calls that returned in an earlier attempt are not made again.
    pub(super) async fn call_tools(&mut self, calls: &[ModelToolCall]) -> Result<Vec<ModelMessage>, Ended> {
        let task = self.task.id.clone();
        let known = self.with.db.read(move |tx| tx.tool_calls(&task)).await?;
        let mut leaves = self.leaves(calls, &known).await?;
        let waits =
            calls.iter().any(|call| self.with.tools.waits_for_person(&call.name) && !has_ended(call, &known));
        if waits {
            self.wait_for_people(|_| Ok(())).await?;
            self.seat.leave();
        }
        // Only now: what the person may do can have changed while its leave was waited for.
        let (user, agent) = (self.task.user_id.clone(), self.agent.id.clone());
        let caller = self.with.db.read(move |tx| acting_for(tx, &user, &agent)).await?;
        let this = &*self;
        let working = calls.iter().map(|call| {
            let known = known.iter().find(|known| known.id.as_str() == call.id).cloned();
            let (leave, caller) = (leaves.remove(&call.id).unwrap_or(Leave::Free), &caller);
            async move {
                let result = this.call_tool(caller, call, known, leave).await?;
                Ok(ModelMessage::Tool { call_id: call.id.clone(), name: call.name.clone(), content: result })
            }
        });
        let results = join_all(working).await.into_iter().collect();
        this.take_seat().await?;
        results
    }

    async fn call_tool(
        &self,
        caller: &Caller,
        call: &ModelToolCall,
        known: Option<ToolCall>,
        leave: Leave,
    ) -> Result<String, Ended> {
        if let Some(known) = &known
            && known.status != ToolCallStatus::Running
        {
            return Ok(known.result.clone().unwrap_or_default());
        }
        if self.cancel.is_cancelled() {
            return Err(Ended::Cancelled);
        }
        let started = match (known, &leave) {
            (Some(known), Leave::Given(_)) if !self.with.tools.is_resumable(&call.name) => {
                self.end(known, ToolCallStatus::Failed, UNKNOWN.into()).await?;
                return Ok(UNKNOWN.into());
            }
            (Some(known), _) => known,
            (None, Leave::Refused(reason)) => return self.refuse(call, reason).await,
            (None, _) => match self.start(call, &leave).await? {
                Ok(started) => started,
                Err(not_covered) => return self.refuse(call, not_covered.text()).await,
            },
        };
        self.progress(Activity::CallingTool, Some(call.name.clone()));
        let context = self.tool_context(caller, &started.id);
        let working = self.with.tools.call(&context, &call.name, started.arguments.clone());
        let outcome = tokio::select! {
            outcome = working => outcome,
            () = self.cancelled_and_waited() => {
                self.end(started, ToolCallStatus::Cancelled, "Cancelled.".into()).await?;
                return Err(Ended::Cancelled);
            }
        };
        let (status, mut result) = match outcome {
            Ok(text) => (ToolCallStatus::Completed, text),
            Err(ToolFailure(reason)) => (ToolCallStatus::Failed, format!("Error: {reason}")),
        };
        if let Leave::Given(approval) = &leave
            && let Some(edited) = &approval.edited_arguments
        {
            result = format!("[The person changed the arguments to {edited}]\n{result}");
        }
        metrics::counter!("sophon_tool_calls_total", "tool" => call.name.clone(), "status" => status.as_str())
            .increment(1);
        self.end(started, status, result.clone()).await?;
        Ok(result)
    }

    /// Resolves a little after the turn was cancelled: what works may end well.
    async fn cancelled_and_waited(&self) {
        self.cancel.cancelled().await;
        tokio::time::sleep(CANCEL_GRACE).await;
    }

    /// Stores that a tool begins to work, and that the leave for it is used up with that. If the leave does not cover
    /// it, nothing is stored.
    async fn start(&self, call: &ModelToolCall, leave: &Leave) -> Result<Result<ToolCall, NotCovered>> {
        let started = self.new_call(call, leave.arguments(call).clone());
        let approval = match leave {
            Leave::Given(approval) => Some((approval.id.clone(), self.digest(call, &started.arguments))),
            Leave::Free | Leave::Refused(_) => None,
        };
        let (tenant, owner) = (self.task.tenant_id.clone(), self.task.user_id.clone());
        let stored = self.with.db.write(move |unit| {
            if let Some((approval, digest)) = approval
                && let Err(not_covered) = consume_in(unit, (&tenant, &approval), &digest)?
            {
                return Ok(Err(not_covered));
            }
            unit.tx.insert_tool_call(&started)?;
            unit.emit(&owner, Event::ToolCallStarted { call: Box::new(started.clone()) });
            Ok(Ok(started))
        });
        stored.await
    }

    /// Stores a call that is not made, and returns what the model reads of it.
    async fn refuse(&self, call: &ModelToolCall, reason: &str) -> Result<String, Ended> {
        let result = format!("Error: {reason}");
        let refused = ToolCall {
            status: ToolCallStatus::Failed,
            result: Some(result.clone()),
            ended_at: Some(self.with.db.now()),
            ..self.new_call(call, call.arguments.clone())
        };
        let owner = self.task.user_id.clone();
        let stored = self.with.db.write(move |unit| {
            unit.tx.insert_tool_call(&refused)?;
            unit.emit(&owner, Event::ToolCallStarted { call: Box::new(refused.clone()) });
            unit.emit(&owner, Event::ToolCallEnded { call: Box::new(refused) });
            Ok(())
        });
        stored.await?;
        Ok(result)
    }

    fn new_call(&self, call: &ModelToolCall, arguments: Value) -> ToolCall {
        ToolCall {
            id: ToolCallId::from(call.id.as_str()),
            task_id: self.task.id.clone(),
            session_id: self.session.id.clone(),
            tool: call.name.clone(),
            arguments_hash: hex::encode(Sha256::digest(arguments.to_string())),
            arguments,
            status: ToolCallStatus::Running,
            result: None,
            started_at: self.with.db.now(),
            ended_at: None,
        }
    }

    async fn end(&self, mut call: ToolCall, status: ToolCallStatus, result: String) -> Result<()> {
        let owner = self.task.user_id.clone();
        self.with
            .db
            .write(move |unit| {
                call.status = status;
                call.result = Some(result);
                call.ended_at = Some(unit.now());
                unit.tx.update_tool_call(&call)?;
                unit.emit(&owner, Event::ToolCallEnded { call: Box::new(call) });
                Ok(())
            })
            .await
    }
}

/// Ends the calls of a task that are still noted as running: the turn has ended without them.
pub(super) fn end_open_calls(unit: &mut crate::database::Unit<'_>, task: &Task) -> Result<Vec<ToolCall>> {
    let mut calls = unit.tx.tool_calls(&task.id)?;
    for call in calls.iter_mut().filter(|call| call.status == ToolCallStatus::Running) {
        call.status = ToolCallStatus::Cancelled;
        call.ended_at = Some(unit.now());
        unit.tx.update_tool_call(call)?;
        unit.emit(&task.user_id, Event::ToolCallEnded { call: Box::new(call.clone()) });
    }
    Ok(calls)
}
