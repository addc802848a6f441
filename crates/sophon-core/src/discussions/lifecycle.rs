//! How a run begins and ends: in the transaction in which its task does.

use serde::{Deserialize, Serialize};
use sophon_model::{
    DiscussionEvent, DiscussionRun, DiscussionTurnStatus, Job, Queue, Result, Task, TaskEvent, TaskId,
    TaskKind, TaskStatus,
};

use crate::database::Unit;
use crate::jobs::{Begun, JobKind, JobOptions};
use crate::tasks::{Outcome, TaskEndHook, finish_in};

/// The payload of the job of a run that was asked for by itself.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RunJob {
    task: TaskId,
}

impl JobKind for RunJob {
    const NAME: &'static str = "discussion.run";
    const QUEUE: Queue = Queue::Turns;
}

/// Puts a run into the queue.
pub(super) fn enqueue_in(unit: &mut Unit<'_>, task: &Task) -> Result<()> {
    unit.enqueue(&RunJob { task: task.id.clone() }, JobOptions::of_task(task))
}

/// Begins a run that was claimed, or ends it if it can or should not be begun.
pub(super) fn begin_in(unit: &mut Unit<'_>, job: &Job, payload: &RunJob) -> Result<Begun<DiscussionRun>> {
    let Some(mut task) = unit.tx.get(&payload.task)? else { return Ok(Begun::Done) };
    let Some(mut run) = unit.tx.discussion_run_of_task(&task.id)? else {
        finish_in(unit, task, Outcome::failed("Its discussion was deleted before it began."))?;
        return Ok(Begun::Done);
    };
    if task.cancel_requested_at.is_some() {
        finish_in(unit, task, Outcome::cancelled())?;
        return Ok(Begun::Done);
    }
    let is_first = task.status == TaskStatus::Queued;
    if is_first || job.interruptions > 0 {
        task.status = TaskStatus::Running;
        task.started_at = task.started_at.or(Some(unit.now()));
        task.attempt += 1;
        unit.tx.update_open_task(&task)?;
    }
    if is_first {
        run.follow(&task);
        unit.tx.update(&run)?;
        unit.emit(TaskEvent::Started(Box::new(task.clone())));
        unit.emit(started(&run));
    }
    Ok(Begun::Work(run))
}

/// The event of a run that begins.
pub(super) fn started(run: &DiscussionRun) -> DiscussionEvent {
    DiscussionEvent::Started { run: Box::new(run.clone()) }
}

/// A run ends with its task, and so do its turns that are still open.
pub(super) struct RunsEnd;

impl TaskEndHook for RunsEnd {
    fn task_ended(&self, unit: &mut Unit<'_>, task: &Task) -> Result<()> {
        if task.kind != TaskKind::Discussion {
            return Ok(());
        }
        let Some(mut run) = unit.tx.discussion_run_of_task(&task.id)? else { return Ok(()) };
        for mut turn in unit.tx.discussion_turns(&run.id)? {
            if turn.status == DiscussionTurnStatus::Running {
                turn.status = DiscussionTurnStatus::Cancelled;
                turn.ended_at = Some(unit.now());
                unit.tx.put(&turn)?;
                unit.emit(DiscussionEvent::TurnEnded { turn: Box::new(turn) });
            }
        }
        run.follow(task);
        unit.tx.update(&run)?;
        unit.emit(DiscussionEvent::Ended { run: Box::new(run) });
        let status = task.status.as_str();
        unit.after_commit(move || {
            metrics::counter!("sophon_discussions_total", "status" => status).increment(1);
        });
        Ok(())
    }
}
