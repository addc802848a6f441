//! How a run begins and ends: in the transaction in which its task does.

use sha2::{Digest, Sha256};
use sophon_model::{
    DiscussionEvent, DiscussionRun, DiscussionRunStatus, DiscussionTurnStatus, Error, Event, Result, Task,
    TaskKind, TaskStatus, Usage, UserId, Verdict,
};

use crate::database::Unit;
use crate::tasks::ended;

/// What the judge leaves behind.
#[derive(Debug, Default)]
pub(super) struct Judgement {
    pub(super) verdict: Option<Verdict>,
    pub(super) usage: Option<Usage>,
}

/// Stores that the run behind a task is taken up, unless it was before. `None` if there is none.
pub(crate) fn begin_in(unit: &mut Unit<'_>, task: &Task) -> Result<Option<DiscussionRun>> {
    let Some(mut run) = unit.tx.discussion_run_of_task(&task.id)? else { return Ok(None) };
    if run.status == DiscussionRunStatus::Queued {
        run.status = DiscussionRunStatus::Running;
        run.started_at = Some(unit.now());
        unit.tx.update_discussion_run(&run)?;
        unit.emit(&task.user_id, Event::TaskStarted(Box::new(task.clone())));
        unit.emit(&task.user_id, started(&run));
    }
    Ok(Some(run))
}

pub(super) fn started(run: &DiscussionRun) -> Event {
    Event::Discussion(DiscussionEvent::Started { run: Box::new(run.clone()) })
}

/// Ends what a task that has ended leaves behind: the run that it stands for, and runs that its agent had called for.
pub(crate) fn end_with(unit: &mut Unit<'_>, task: &Task) -> Result<()> {
    match task.kind {
        TaskKind::Discussion => end_in(unit, task, Judgement::default()),
        TaskKind::Chat => {
            for mut part in unit.tx.child_tasks(&task.id)? {
                if part.kind == TaskKind::Discussion && !part.status.is_final() {
                    part.cancelled_by = part.cancelled_by.or_else(|| task.cancelled_by.clone());
                    end_part_in(unit, part, TaskStatus::Cancelled)?;
                }
            }
            Ok(())
        }
        TaskKind::DiscussionTurn | TaskKind::DiscussionVerdict => Ok(()),
    }
}

/// Ends the run that `task` stands for now, whoever works on it: from here on its worker can store nothing.
pub(super) fn abandon_in(unit: &mut Unit<'_>, task: &Task, by: &UserId) -> Result<()> {
    // As it is now, and nobody takes it up or ends it until this is done.
    let Some(task) = unit.tx.request_cancel(&task.id, by, unit.now())? else { return Ok(()) };
    if task.status != TaskStatus::Queued {
        return end_part_in(unit, task, TaskStatus::Cancelled);
    }
    let task = Task { status: TaskStatus::Cancelled, ended_at: Some(unit.now()), ..task };
    unit.tx.cancel_queued_task(&task)?;
    end_in(unit, &task, Judgement::default())?;
    unit.emit(&task.user_id.clone(), ended(task));
    Ok(())
}

/// Ends a task that runs, and what it leaves behind, unless it has ended meanwhile.
fn end_part_in(unit: &mut Unit<'_>, task: Task, status: TaskStatus) -> Result<()> {
    let task = Task { status, ended_at: Some(unit.now()), lease_until: None, ..task };
    if unit.tx.update_running_task(&task)? {
        end_with(unit, &task)?;
        unit.emit(&task.user_id.clone(), ended(task));
    }
    Ok(())
}

/// Ends the run that a task stands for as the task ended, with the turns and the judge's work that are still open.
pub(super) fn end_in(unit: &mut Unit<'_>, task: &Task, judgement: Judgement) -> Result<()> {
    let Some(mut run) = unit.tx.discussion_run_of_task(&task.id)? else { return Ok(()) };
    for mut turn in unit.tx.discussion_turns(&run.id)? {
        if turn.status == DiscussionTurnStatus::Running {
            turn.status = DiscussionTurnStatus::Cancelled;
            turn.ended_at = Some(unit.now());
            unit.tx.put_discussion_turn(&turn)?;
            unit.emit(&task.user_id, Event::Discussion(DiscussionEvent::TurnEnded { turn: Box::new(turn) }));
        }
    }
    for mut part in unit.tx.child_tasks(&task.id)? {
        if part.status.is_final() {
            continue;
        }
        let mut status = TaskStatus::Cancelled;
        if part.kind == TaskKind::DiscussionVerdict {
            status = task.status;
            part.error.clone_from(&task.error);
            part.usage.clone_from(&judgement.usage);
        }
        if status == TaskStatus::Cancelled {
            part.cancelled_by = part.cancelled_by.or_else(|| task.cancelled_by.clone());
        }
        end_part_in(unit, part, status)?;
    }
    if let Some(verdict) = judgement.verdict {
        let json = serde_json::to_string(&verdict).map_err(Error::internal)?;
        run.verdict_hash = Some(hex::encode(Sha256::digest(json)));
        run.verdict = Some(verdict.clone());
        let event = DiscussionEvent::Decided { run_id: run.id.clone(), verdict: Box::new(verdict) };
        unit.emit(&task.user_id, Event::Discussion(event));
    }
    run.status = match task.status {
        TaskStatus::Completed => DiscussionRunStatus::Completed,
        TaskStatus::Cancelled => DiscussionRunStatus::Cancelled,
        _ => DiscussionRunStatus::Failed,
    };
    run.error.clone_from(&task.error);
    run.cancelled_by.clone_from(&task.cancelled_by);
    run.ended_at = Some(unit.now());
    unit.tx.update_discussion_run(&run)?;
    unit.emit(&task.user_id, Event::Discussion(DiscussionEvent::Ended { run: Box::new(run) }));
    Ok(())
}
