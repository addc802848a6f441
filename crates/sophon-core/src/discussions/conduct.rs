//! One run, from its start or where it was interrupted to its end.

use std::sync::Arc;
use std::time::Duration;

use sophon_model::{
    DiscussionEvent, DiscussionRun, DiscussionRunStatus, DiscussionTurn, DiscussionTurnStatus, Error, Event,
    Result, Task, TaskId, TaskKind, TaskStatus, Usage, UserId,
};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::ending::{Judgement, end_in};
use crate::database::{Database, Unit};
use crate::models::Models;
use crate::tasks::{LEASE, Part, Running, ended, queued};

/// Conducts runs.
#[derive(Clone)]
pub(crate) struct Moderator {
    pub(crate) db: Database,
    pub(crate) models: Models,
    pub(crate) running: Arc<Running>,
}

/// The task that a worker took out of the queue, and the attempt: who has lost it to a later one stores nothing.
#[derive(Clone, Debug)]
pub(crate) struct Holder {
    pub(crate) task: TaskId,
    pub(crate) attempt: i64,
}

impl Holder {
    pub(crate) fn of(task: &Task) -> Self {
        Self { task: task.id.clone(), attempt: task.attempt }
    }
}

/// How a run ends other than well.
pub(super) enum Ended {
    /// Somebody cancelled it.
    Cancelled,
    /// There can be no verdict: in words for people.
    Failed(String),
    /// It has gone to another worker, or was ended elsewhere: nothing more is stored.
    Lost,
    /// Storage does not answer. Whoever takes the run up next goes on with it.
    Storage(Error),
}

impl From<Error> for Ended {
    fn from(error: Error) -> Self {
        Ended::Storage(error)
    }
}

/// One run at work.
pub(super) struct Conduct<'a> {
    pub(super) with: &'a Moderator,
    holder: Holder,
    pub(super) run: DiscussionRun,
    /// Those that have ended, and those that an earlier attempt had begun.
    pub(super) turns: Vec<DiscussionTurn>,
    judgement: Judgement,
    cancel: &'a CancellationToken,
}

impl Moderator {
    /// Conducts a run that was begun, and stores how it ended. Fails only if that could not be stored.
    pub(crate) async fn conduct(
        &self,
        run: DiscussionRun,
        holder: Holder,
        cancel: &CancellationToken,
    ) -> Result<()> {
        let id = run.id.clone();
        let turns = self.db.read(move |tx| tx.discussion_turns(&id)).await?;
        let judgement = Judgement::default();
        let mut conduct = Conduct { with: self, holder, run, turns, judgement, cancel };
        let outcome = conduct.work().await;
        conduct.finish(outcome).await
    }
}

impl Conduct<'_> {
    async fn work(&mut self) -> Result<(), Ended> {
        for round in 1..=self.run.rounds {
            self.hold_round(round).await?;
        }
        self.require_wanted()?;
        if self.turns.iter().all(|turn| turn.status != DiscussionTurnStatus::Completed) {
            let reason = self.turns.iter().find_map(|turn| turn.error.as_deref()).unwrap_or_default();
            return Err(Ended::Failed(format!("Nobody spoke. {reason}").trim().to_owned()));
        }
        self.judge().await
    }

    /// Has the judge decide, in the time of a round.
    async fn judge(&mut self) -> Result<(), Ended> {
        let task = self.run.task_id.clone();
        let begun = self.with.db.read(move |tx| tx.child_tasks(&task)).await?;
        let begun = begun.into_iter().find(|part| part.kind == TaskKind::DiscussionVerdict);
        let id = begun.map_or_else(|| self.with.db.new_id(), |part| part.id);
        let part = self.part(&id);
        self.begin_judging(id).await?;
        let mut usage = Usage::default();
        let judging = self.with.judge(&self.run, &self.turns, &mut usage);
        let outcome = tokio::select! {
            biased;
            () = part.cancel().cancelled() => Err(Ended::Cancelled),
            decided = timeout(self.round_timeout(), judging) => match decided {
                Ok(Ok(verdict)) => Ok(verdict),
                Ok(Err(error)) => Err(Ended::Failed(error.message().to_owned())),
                Err(_) => {
                    let limit = self.round_timeout().as_secs();
                    Err(Ended::Failed(format!("The judge did not decide within {limit} s.")))
                }
            },
        };
        self.judgement.usage = (usage.total() > 0).then_some(usage);
        self.judgement.verdict = Some(outcome?);
        Ok(())
    }

    async fn begin_judging(&self, part: TaskId) -> Result<(), Ended> {
        let (mut run, running) = (self.run.clone(), self.with.running.clone());
        self.write(move |unit, task| {
            let asked = format!("The verdict of {}: {}", run.judge.name, run.topic);
            begin_part_in(unit, &running, task, &part, TaskKind::DiscussionVerdict, &asked)?;
            if run.status != DiscussionRunStatus::Judging {
                run.status = DiscussionRunStatus::Judging;
                unit.tx.update_discussion_run(&run)?;
                unit.emit(&task.user_id, Event::Discussion(DiscussionEvent::JudgeStarted { run_id: run.id }));
            }
            Ok(())
        })
        .await
    }

    /// Stores how the run ended, with its task and all that is still open of it.
    async fn finish(mut self, outcome: Result<(), Ended>) -> Result<()> {
        let (status, error) = match outcome {
            Ok(()) => (TaskStatus::Completed, None),
            Err(Ended::Cancelled) => (TaskStatus::Cancelled, None),
            Err(Ended::Failed(reason)) => {
                tracing::warn!(run.id = %self.run.id, reason, "a discussion failed");
                (TaskStatus::Failed, Some(reason))
            }
            Err(Ended::Lost) => {
                tracing::warn!(run.id = %self.run.id, "a discussion goes on, or was ended, elsewhere");
                return Ok(());
            }
            Err(Ended::Storage(error)) => return Err(error),
        };
        metrics::counter!("sophon_discussions_total", "status" => status.as_str()).increment(1);
        let judgement = std::mem::take(&mut self.judgement);
        let stored = self.write(move |unit, task| {
            task.status = status;
            task.error = error;
            task.ended_at = Some(unit.now());
            task.lease_until = None;
            if status == TaskStatus::Cancelled {
                task.cancelled_by = cancelled_by(unit, task)?;
            }
            count(task, judgement.usage.as_ref());
            unit.tx.update_running_task(task)?;
            end_in(unit, task, judgement)?;
            unit.emit(&task.user_id, ended(task.clone()));
            Ok(())
        });
        match stored.await {
            Err(Ended::Storage(error)) => Err(error),
            _ => Ok(()),
        }
    }

    /// Goes on only if nobody has cancelled the run.
    pub(super) fn require_wanted(&self) -> Result<(), Ended> {
        if self.cancel.is_cancelled() { Err(Ended::Cancelled) } else { Ok(()) }
    }

    pub(super) fn part(&self, task: &TaskId) -> Part {
        self.with.running.begin_part(task, &self.run.task_id)
    }

    pub(super) fn round_timeout(&self) -> Duration {
        Duration::from_secs(u64::try_from(self.run.round_timeout_seconds).unwrap_or_default())
    }

    /// Stores something of the run, if this is still the one to do it, and renews the lease with that. `work` is given
    /// the run's task as it is stored.
    pub(super) async fn write<F>(&self, work: F) -> Result<(), Ended>
    where
        F: FnOnce(&mut Unit<'_>, &mut Task) -> Result<()> + Send + 'static,
    {
        let (holder, run) = (self.holder.clone(), self.run.task_id.clone());
        let held = self.with.db.write(move |unit| {
            let until = unit.now().plus(LEASE);
            let Some(held) = unit.tx.renew_lease(&holder.task, holder.attempt, until)? else {
                return Ok(false);
            };
            let task = unit.tx.task(&held.tenant_id, &run)?;
            let Some(mut task) = task.filter(|task| task.status == TaskStatus::Running) else {
                return Ok(false);
            };
            work(unit, &mut task)?;
            Ok(true)
        });
        if held.await? { Ok(()) } else { Err(Ended::Lost) }
    }
}

/// Begins a part of the run's task; one that an earlier attempt had begun goes on, unless it is to be cancelled.
pub(super) fn begin_part_in(
    unit: &mut Unit<'_>,
    running: &Arc<Running>,
    task: &Task,
    part: &TaskId,
    kind: TaskKind,
    asked: &str,
) -> Result<()> {
    if let Some(begun) = unit.tx.task(&task.tenant_id, part)? {
        if begun.cancel_requested_at.is_some() {
            running.cancel(part);
        }
        return Ok(());
    }
    let part = Task {
        id: part.clone(),
        parent_id: Some(task.id.clone()),
        status: TaskStatus::Running,
        attempt: 1,
        started_at: Some(unit.now()),
        ..queued(unit, (&task.tenant_id, &task.user_id), kind, asked)
    };
    unit.tx.insert_task(&part)?;
    unit.emit(&task.user_id, Event::TaskStarted(Box::new(part)));
    Ok(())
}

/// Who cancelled a run: itself, the chat that it is a part of, or its judge.
fn cancelled_by(unit: &Unit<'_>, task: &Task) -> Result<Option<UserId>> {
    let mut involved = vec![task.clone()];
    if let Some(chat) = &task.parent_id {
        involved.extend(unit.tx.task(&task.tenant_id, chat)?);
    }
    let parts = unit.tx.child_tasks(&task.id)?;
    involved.extend(parts.into_iter().filter(|part| part.kind == TaskKind::DiscussionVerdict));
    Ok(involved.into_iter().find_map(|task| task.cancelled_by))
}

/// Adds to what the run's task consumed.
pub(super) fn count(task: &mut Task, usage: Option<&Usage>) {
    if let Some(used) = usage {
        task.usage.get_or_insert_default().add(used);
    }
}
