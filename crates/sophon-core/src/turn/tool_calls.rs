//! Running the tools that a model calls, side by side.

use std::time::Duration;

use futures_util::future::join_all;
use sha2::{Digest, Sha256};
use sophon_model::event::Activity;
use sophon_model::ports::{ModelMessage, ModelToolCall, Tx};
use sophon_model::{Caller, Event, Result, Task, ToolCall, ToolCallId, ToolCallStatus};

use super::{Ended, Turn};
use crate::identity::acting_for;
use crate::tools::ToolFailure;

/// How long a tool that works is waited for once its turn was cancelled.
const CANCEL_GRACE: Duration = Duration::from_secs(3);

impl Turn {
    /// The results of `calls`, in their order. Calls that returned in an earlier attempt are not made again.
    pub(super) async fn call_tools(&self, calls: &[ModelToolCall]) -> Result<Vec<ModelMessage>, Ended> {
        let (task, user, agent) = (self.task.id.clone(), self.task.user_id.clone(), self.agent.id.clone());
        let reading = move |tx: &dyn Tx| Ok((tx.tool_calls(&task)?, acting_for(tx, &user, &agent)?));
        let (known, caller) = self.with.db.read(reading).await?;
        let working = calls.iter().map(|call| async {
            let known = known.iter().find(|known| known.id.as_str() == call.id).cloned();
            let result = self.call_tool(&caller, call, known).await?;
            Ok(ModelMessage::Tool { call_id: call.id.clone(), name: call.name.clone(), content: result })
        });
        join_all(working).await.into_iter().collect()
    }

    async fn call_tool(
        &self,
        caller: &Caller,
        call: &ModelToolCall,
        known: Option<ToolCall>,
    ) -> Result<String, Ended> {
        if let Some(known) = &known
            && known.status != ToolCallStatus::Running
        {
            return Ok(known.result.clone().unwrap_or_default());
        }
        if self.cancel.is_cancelled() {
            return Err(Ended::Cancelled);
        }
        let started = self.start(call, known).await?;
        self.progress(Activity::CallingTool, Some(call.name.clone()));
        let context = self.tool_context(caller, &started.id);
        let working = self.with.tools.call(&context, &call.name, call.arguments.clone());
        let outcome = tokio::select! {
            outcome = working => outcome,
            () = self.cancelled_and_waited() => {
                self.end(started, ToolCallStatus::Cancelled, "Cancelled.".into()).await?;
                return Err(Ended::Cancelled);
            }
        };
        let (status, result) = match outcome {
            Ok(text) => (ToolCallStatus::Completed, text),
            Err(ToolFailure(reason)) => (ToolCallStatus::Failed, format!("Error: {reason}")),
        };
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

    /// Stores that a tool begins to work. One that an interrupted attempt had begun begins again.
    async fn start(&self, call: &ModelToolCall, known: Option<ToolCall>) -> Result<ToolCall> {
        if let Some(known) = known {
            return Ok(known);
        }
        let started = ToolCall {
            id: ToolCallId::from(call.id.as_str()),
            task_id: self.task.id.clone(),
            session_id: self.session.id.clone(),
            tool: call.name.clone(),
            arguments: call.arguments.clone(),
            arguments_hash: hex::encode(Sha256::digest(call.arguments.to_string())),
            status: ToolCallStatus::Running,
            result: None,
            started_at: self.with.db.now(),
            ended_at: None,
        };
        let (stored, owner) = (started.clone(), self.task.user_id.clone());
        self.with
            .db
            .write(move |unit| {
                unit.tx.insert_tool_call(&stored)?;
                unit.emit(&owner, Event::ToolCallStarted { call: Box::new(stored) });
                Ok(())
            })
            .await?;
        Ok(started)
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
