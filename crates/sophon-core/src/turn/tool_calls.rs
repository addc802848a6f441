//! Running the tools that a model calls, side by side.

use std::time::Duration;

use futures_util::{StreamExt, stream};
use serde_json::Value;
use sha2::{Digest, Sha256};
use sophon_model::event::Activity;
use sophon_model::ports::{ModelMessage, ModelToolCall};
use sophon_model::{Caller, Timestamp, ToolCall, ToolCallEvent, ToolCallId, ToolCallStatus};

use super::clearance::Clearance;
use super::{Stop, Turn};
use crate::approvals::{NotCovered, consume_in};
use crate::tools::{ToolFailure, ToolOutput};

/// How long a tool that works is waited for once its turn was cancelled.
const CANCEL_GRACE: Duration = Duration::from_secs(3);

/// Tool calls of one answer that run.
pub(super) const MOST_CALLS: usize = 64;
/// How many of them run at the same time.
const SIDE_BY_SIDE: usize = 8;

/// What the model reads of an approved call that had begun when the gateway went down.
const UNKNOWN: &str = "Error: the gateway was interrupted while this ran. Whether it took effect is not known. \
    Look before you do it again.";

/// What became of a call for now.
enum Called {
    /// It has ended; the model reads this.
    Ended(String),
    /// It waits for something until then, and is made again when that has happened.
    Waits(Timestamp),
}

impl Turn {
    /// The results of `calls`, in their order. Calls that returned in an earlier attempt are not made again. While only
    /// calls are left that wait, the turn is parked.
    pub(super) async fn call_tools(&mut self, calls: &[ModelToolCall]) -> Result<Vec<ModelMessage>, Stop> {
        let clearances = self.clear_calls(calls).await?;
        // Only now: the person's permissions may have changed while the approval was waited for.
        let caller = self.caller().await?;
        loop {
            let task = self.task.id.clone();
            let known = self.held.read(move |tx| tx.tool_calls(&task)).await?;
            let this = &*self;
            let working: Vec<_> = calls
                .iter()
                .map(|call| {
                    let known = known.iter().find(|known| known.id.as_str() == call.id).cloned();
                    let clearance = clearances.get(&call.id).unwrap_or(&Clearance::NotNeeded);
                    this.call_tool(&caller, call, known, clearance)
                })
                .collect();
            let called: Vec<Result<Called, Stop>> =
                stream::iter(working).buffered(SIDE_BY_SIDE).collect().await;
            let called: Vec<Called> = called.into_iter().collect::<Result<_, _>>()?;
            let waits = called.iter().filter_map(|called| match called {
                Called::Ended(_) => None,
                Called::Waits(until) => Some(*until),
            });
            if let Some(until) = waits.min() {
                self.park(until).await?;
                continue;
            }
            let results = calls.iter().zip(called).filter_map(|(call, called)| match called {
                Called::Ended(content) => {
                    Some(ModelMessage::Tool { call_id: call.id.clone(), name: call.name.clone(), content })
                }
                Called::Waits(_) => None,
            });
            return Ok(results.collect());
        }
    }

    async fn call_tool(
        &self,
        caller: &Caller,
        call: &ModelToolCall,
        known: Option<ToolCall>,
        clearance: &Clearance,
    ) -> Result<Called, Stop> {
        if let Some(known) = &known
            && known.status != ToolCallStatus::Running
        {
            return Ok(Called::Ended(known.result.clone().unwrap_or_default()));
        }
        self.require_wanted()?;
        let started = match (known, clearance) {
            (Some(known), Clearance::Approved(_)) if !self.tools.is_resumable(&call.name) => {
                self.end(known, ToolCallStatus::Failed, UNKNOWN.into()).await?;
                return Ok(Called::Ended(UNKNOWN.into()));
            }
            (Some(known), _) => known,
            (None, Clearance::Refused(reason)) => return self.refuse(call, reason).await,
            (None, _) => match self.start(call, clearance).await? {
                Ok(started) => {
                    self.progress(Activity::CallingTool, Some(call.name.clone()));
                    started
                }
                Err(not_covered) => return self.refuse(call, not_covered.text()).await,
            },
        };
        let context = self.tool_context(caller, &started.id);
        let working = self.tools.call(&context, &call.name, started.arguments.clone());
        let outcome = tokio::select! {
            outcome = working => outcome,
            () = self.cancelled_and_waited() => {
                self.end(started, ToolCallStatus::Cancelled, "Cancelled.".into()).await?;
                return Err(Stop::Cancelled);
            }
        };
        let (status, mut result) = match outcome {
            Ok(ToolOutput::Waits(until)) => return Ok(Called::Waits(until)),
            Ok(ToolOutput::Text(text)) => (ToolCallStatus::Completed, text),
            Err(ToolFailure(reason)) => (ToolCallStatus::Failed, format!("Error: {reason}")),
        };
        if let Clearance::Approved(approval) = clearance
            && let Some(edited) = &approval.edited_arguments
        {
            result = format!("[The person changed the arguments to {edited}]\n{result}");
        }
        self.end(started, status, result.clone()).await?;
        Ok(Called::Ended(result))
    }

    /// Resolves a little after the turn was cancelled: what works may end well.
    async fn cancelled_and_waited(&self) {
        self.held.cancel().cancelled().await;
        tokio::time::sleep(CANCEL_GRACE).await;
    }

    /// Stores that a tool begins to work, and that the approval for it is consumed with that. If the approval does not
    /// cover it, nothing is stored.
    async fn start(
        &self,
        call: &ModelToolCall,
        clearance: &Clearance,
    ) -> Result<Result<ToolCall, NotCovered>, Stop> {
        let started = self.new_call(call, clearance.arguments(call).clone());
        let approval = match clearance {
            Clearance::Approved(approval) => {
                Some((approval.id.clone(), self.digest(call, &started.arguments)))
            }
            Clearance::NotNeeded | Clearance::Refused(_) => None,
        };
        let (tenant, task) = (self.task.tenant_id.clone(), self.task.id.clone());
        let stored = self.held.write(move |unit| {
            // Nothing begins after a cancel that was accepted, also if word of it is still on its way to this turn.
            if unit.tx.get(&task)?.is_none_or(|task| task.cancel_requested_at.is_some()) {
                return Ok(None);
            }
            if let Some((approval, digest)) = approval
                && let Err(not_covered) = consume_in(unit, (&tenant, &approval), &digest)?
            {
                return Ok(Some(Err(not_covered)));
            }
            unit.tx.insert(&started)?;
            unit.emit(ToolCallEvent::Started { call: Box::new(started.clone()) });
            Ok(Some(Ok(started)))
        });
        stored.await?.ok_or(Stop::Cancelled)
    }

    /// Stores a call that is not made, and returns what the model reads of it.
    async fn refuse(&self, call: &ModelToolCall, reason: &str) -> Result<Called, Stop> {
        let result = format!("Error: {reason}");
        let refused = ToolCall {
            status: ToolCallStatus::Failed,
            result: Some(result.clone()),
            ended_at: Some(self.held.now()),
            ..self.new_call(call, call.arguments.clone())
        };
        let stored = self.held.write(move |unit| {
            unit.tx.insert(&refused)?;
            unit.emit(ToolCallEvent::Started { call: Box::new(refused.clone()) });
            unit.emit(ToolCallEvent::Ended { call: Box::new(refused) });
            Ok(())
        });
        stored.await?;
        Ok(Called::Ended(result))
    }

    fn new_call(&self, call: &ModelToolCall, arguments: Value) -> ToolCall {
        ToolCall {
            id: ToolCallId::from(call.id.as_str()),
            task_id: self.task.id.clone(),
            session_id: self.session.id.clone(),
            tool: call.name.clone(),
            arguments_hash: hex::encode(Sha256::digest(arguments.to_string())),
            arguments,
            text_offset: i64::try_from(self.writer.text().len()).unwrap_or(i64::MAX),
            status: ToolCallStatus::Running,
            result: None,
            started_at: self.held.now(),
            ended_at: None,
        }
    }

    async fn end(&self, mut call: ToolCall, status: ToolCallStatus, result: String) -> Result<(), Stop> {
        // A model may make up names without end.
        let tool = if self.tools.has(&call.tool) { call.tool.clone() } else { "unknown".to_owned() };
        let ended = self.held.write(move |unit| {
            call.status = status;
            call.result = Some(result);
            call.ended_at = Some(unit.now());
            unit.tx.update(&call)?;
            unit.after_commit(move || {
                let labels = [("tool", tool), ("status", status.as_str().to_owned())];
                metrics::counter!("sophon_tool_calls_total", &labels).increment(1);
            });
            unit.emit(ToolCallEvent::Ended { call: Box::new(call) });
            Ok(())
        });
        Ok(ended.await?)
    }
}
