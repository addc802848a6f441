//! A run that an agent calls for in the middle of a chat.

use sophon_model::{
    DiscussionRun, DiscussionRunId, Error, Id, Result, Task, TaskEvent, TaskKind, TaskStatus, ToolCallId,
};

use super::input::Plan;
use super::lifecycle::started;
use super::runner::DiscussionRunner;
use super::{NewDiscussion, require_room_for_run, run_of};
use crate::database::Unit;
use crate::jobs::HeldError;
use crate::policy::{Allowed, Create, allow};
use crate::tasks::queued;
use crate::tools::ToolContext;

impl DiscussionRunner {
    /// Conducts a run inside the chat that `context` names, and returns it as it ended. A call that is made again
    /// goes on with the run it had begun.
    pub(crate) async fn run_for(
        &self,
        context: &ToolContext,
        new: NewDiscussion,
    ) -> Result<DiscussionRun, HeldError> {
        let allowed = allow::<DiscussionRun, Create>(&context.caller)?;
        self.models.current().require_language_model()?;
        new.require_models(&self.models).await?;
        let (id, called) = (run_id(&context.call), context.clone());
        let wanted = id.clone();
        let run = context.held.write(move |unit| match unit.tx.get(&wanted)? {
            Some(begun) => Ok(begun),
            None => begin_in(unit, &called, &allowed, wanted, new),
        });
        let run = run.await?;
        if !run.status.is_final() {
            let part = self.running.begin_part(&run.task_id, &context.task);
            self.conduct(run, context.held.clone(), part.cancel()).await?;
        }
        Ok(self.db.read(move |tx| tx.get(&id)?.ok_or_else(|| Error::not_found("run"))).await?)
    }
}

/// The run that a call begins: by this id it is found again.
fn run_id(call: &ToolCallId) -> DiscussionRunId {
    let unique = call.as_str().strip_prefix(ToolCallId::PREFIX).unwrap_or(call.as_str());
    format!("{}{unique}", DiscussionRunId::PREFIX).into()
}

fn begin_in(
    unit: &mut Unit<'_>,
    context: &ToolContext,
    allowed: &Allowed<DiscussionRun, Create>,
    id: DiscussionRunId,
    new: NewDiscussion,
) -> Result<DiscussionRun> {
    let (tenant, user) = (allowed.tenant(), allowed.user());
    require_room_for_run(unit, user)?;
    let plan = Plan::of(unit.tx, tenant, new)?;
    let task = Task {
        parent_id: Some(context.task.clone()),
        agent_id: Some(context.agent.id.clone()),
        status: TaskStatus::Running,
        attempt: 1,
        started_at: Some(unit.now()),
        ..queued(unit, &context.caller, TaskKind::Discussion, &plan.topic)
    };
    let run = run_of((id, None), &task, plan);
    unit.tx.insert(&task)?;
    unit.tx.insert(&run)?;
    unit.emit(TaskEvent::Started(Box::new(task)));
    unit.emit(started(&run));
    Ok(run)
}
