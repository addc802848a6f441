//! One run, from its start or where it was interrupted to its end.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use sha2::{Digest, Sha256};
use sophon_model::{
    DiscussionEvent, DiscussionRun, DiscussionRunStatus, DiscussionTurn, DiscussionTurnStatus, Error, Job,
    Result, Task, TaskEvent, TaskId, TaskKind, TaskStatus, Usage, Verdict,
};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::lifecycle::{RunJob, begin_in};
use crate::database::{Database, Unit};
use crate::identity::ended_rights;
use crate::jobs::{Begun, Handler, Held, HeldError, Released};
use crate::models::Models;
use crate::tasks::{Outcome, Running, RunningTask, finish_in, queued};

/// Conducts runs.
#[derive(Clone)]
pub(crate) struct DiscussionRunner {
    pub(crate) db: Database,
    pub(crate) models: Models,
    pub(crate) running: Arc<Running>,
}

/// How a run ends other than well.
pub(super) enum Stop {
    /// Somebody cancelled it.
    Cancelled,
    /// The rights that it was started with have ended: in words for people.
    RightsEnded(&'static str),
    /// There can be no verdict: in words for people.
    Failed(String),
    /// It has gone to another worker, or was ended elsewhere: nothing more is stored.
    Lost,
    /// Storage does not answer. The next worker that takes the run up goes on with it.
    Storage(Error),
}

impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Stop::Storage(error)
    }
}

impl From<HeldError> for Stop {
    fn from(error: HeldError) -> Self {
        match error {
            HeldError::Lost => Stop::Lost,
            HeldError::Failed(error) => Stop::Storage(error),
        }
    }
}

/// One run at work.
pub(super) struct ActiveRun<'a> {
    pub(super) with: &'a DiscussionRunner,
    /// The lease on the job of the run, or of the chat whose agent called for it.
    held: Held,
    pub(super) run: DiscussionRun,
    /// Those that have ended, and those that an earlier attempt had begun.
    pub(super) turns: Vec<DiscussionTurn>,
    cancel: &'a CancellationToken,
}

#[async_trait]
impl Handler for DiscussionRunner {
    type Kind = RunJob;
    type Work = DiscussionRun;

    fn begin(&self, unit: &mut Unit<'_>, job: &Job, payload: RunJob) -> Result<Begun<DiscussionRun>> {
        begin_in(unit, job, &payload)
    }

    async fn run(&self, run: DiscussionRun, held: Held) -> Result<Released> {
        let cancel = held.cancel().clone();
        self.conduct(run, held.clone(), &cancel).await?;
        // The job has gone with its task, unless the run goes on elsewhere.
        Ok(Released::elsewhere())
    }
}

impl DiscussionRunner {
    /// Conducts a run that was begun, and stores how it ended. Fails only if that could not be stored.
    pub(crate) async fn conduct(
        &self,
        run: DiscussionRun,
        held: Held,
        cancel: &CancellationToken,
    ) -> Result<()> {
        let (id, task, now) = (run.id.clone(), run.task_id.clone(), self.db.now());
        let read = self.db.read(move |tx| {
            let task = tx.get(&task)?.ok_or_else(|| Error::not_found("task"))?;
            Ok((tx.discussion_turns(&id)?, ended_rights(tx, &task, now)?))
        });
        let (turns, ended) = read.await?;
        let mut conducted = ActiveRun { with: self, held, run, turns, cancel };
        let outcome = match ended {
            Some(reason) => Err(Stop::RightsEnded(reason)),
            None => conducted.work().await,
        };
        conducted.finish(outcome).await
    }
}

impl ActiveRun<'_> {
    async fn work(&mut self) -> Result<(), Stop> {
        for round in 1..=self.run.rounds {
            self.hold_round(round).await?;
        }
        self.require_wanted()?;
        if self.turns.iter().all(|turn| turn.status != DiscussionTurnStatus::Completed) {
            let reason = self.turns.iter().find_map(|turn| turn.error.as_deref()).unwrap_or_default();
            return Err(Stop::Failed(format!("Nobody spoke. {reason}").trim().to_owned()));
        }
        self.judge().await
    }

    /// Has the judge decide, in the time of a round.
    async fn judge(&mut self) -> Result<(), Stop> {
        let task = self.run.task_id.clone();
        let begun = self.with.db.read(move |tx| tx.child_tasks(&task)).await?;
        let begun = begun.into_iter().find(|part| part.kind == TaskKind::DiscussionVerdict);
        let part_id = begun.map_or_else(|| self.with.db.new_id(), |part| part.id);
        let part = self.part(&part_id);
        self.begin_judging(part_id.clone()).await?;
        let mut usage = Usage::default();
        let judging = self.with.judge(&self.run, &self.turns, &mut usage);
        let outcome = tokio::select! {
            biased;
            () = part.cancel().cancelled() => Err(Stop::Cancelled),
            decided = timeout(self.round_timeout(), judging) => match decided {
                Ok(Ok(verdict)) => Ok(verdict),
                Ok(Err(error)) => Err(Stop::Failed(error.message().to_owned())),
                Err(_) => {
                    let limit = self.round_timeout().as_secs();
                    Err(Stop::Failed(format!("The judge did not decide within {limit} s.")))
                }
            },
        };
        let usage = (usage.total() > 0).then_some(usage);
        self.end_judging(part_id, outcome, usage).await
    }

    /// Stores what came of the judge's work: its task ends, and the run has its verdict if there is one.
    async fn end_judging(
        &self,
        part: TaskId,
        decided: Result<Verdict, Stop>,
        usage: Option<Usage>,
    ) -> Result<(), Stop> {
        let (outcome, verdict) = match &decided {
            Ok(verdict) => (Outcome::completed(), Some(verdict.clone())),
            Err(Stop::Failed(reason)) => (Outcome::failed(reason), None),
            Err(_) => (Outcome::cancelled(), None),
        };
        let mut run = self.run.clone();
        let stored = self.write(move |unit, task| {
            if let Some(part) = unit.tx.get_in(&task.tenant_id, &part)? {
                finish_in(unit, Task { usage: usage.clone(), ..part.cancelled_with(task) }, outcome)?;
            }
            count(task, usage.as_ref());
            unit.tx.update_open_task(task)?;
            if let Some(verdict) = verdict {
                let json = serde_json::to_string(&verdict).map_err(Error::internal)?;
                run.status = DiscussionRunStatus::Judging;
                run.verdict_hash = Some(hex::encode(Sha256::digest(json)));
                run.verdict = Some(verdict.clone());
                unit.tx.update(&run)?;
                unit.emit(DiscussionEvent::Decided { run_id: run.id, verdict: Box::new(verdict) });
            }
            Ok(())
        });
        stored.await?;
        decided.map(drop)
    }

    async fn begin_judging(&self, part: TaskId) -> Result<(), Stop> {
        let (mut run, running) = (self.run.clone(), self.with.running.clone());
        self.write(move |unit, task| {
            let asked = format!("The verdict of {}: {}", run.judge.name, run.topic);
            begin_part_in(unit, &running, task, &part, TaskKind::DiscussionVerdict, &asked)?;
            if run.status != DiscussionRunStatus::Judging {
                run.status = DiscussionRunStatus::Judging;
                unit.tx.update(&run)?;
                unit.emit(DiscussionEvent::JudgeStarted { run_id: run.id });
            }
            Ok(())
        })
        .await
    }

    /// Stores how the run ended, with its task and all that is still open of it.
    async fn finish(self, outcome: Result<(), Stop>) -> Result<()> {
        let mut reason = None;
        let outcome = match outcome {
            Ok(()) => Outcome::completed(),
            Err(Stop::Cancelled) => Outcome::cancelled(),
            Err(Stop::RightsEnded(ended)) => {
                reason = Some(ended.to_owned());
                Outcome::cancelled()
            }
            Err(Stop::Failed(reason)) => {
                tracing::warn!(run.id = %self.run.id, reason, "a discussion failed");
                Outcome::failed(reason)
            }
            Err(Stop::Lost) => {
                tracing::warn!(run.id = %self.run.id, "a discussion goes on, or was ended, elsewhere");
                return Ok(());
            }
            Err(Stop::Storage(error)) => return Err(error),
        };
        let stored = self.write(move |unit, task| {
            let mut task = Task { cancel_reason: task.cancel_reason.clone().or(reason), ..task.clone() };
            if outcome.status() == TaskStatus::Cancelled {
                task = cancelled_with_those_involved(unit, task)?;
            }
            finish_in(unit, task, outcome).map(drop)
        });
        match stored.await {
            Err(Stop::Storage(error)) => Err(error),
            _ => Ok(()),
        }
    }

    /// Goes on only if nobody has cancelled the run.
    pub(super) fn require_wanted(&self) -> Result<(), Stop> {
        if self.cancel.is_cancelled() { Err(Stop::Cancelled) } else { Ok(()) }
    }

    pub(super) fn part(&self, task: &TaskId) -> RunningTask {
        self.with.running.begin_part(task, &self.run.task_id)
    }

    pub(super) fn round_timeout(&self) -> Duration {
        Duration::from_secs(u64::try_from(self.run.round_timeout_seconds).unwrap_or_default())
    }

    /// Stores something of the run through the lease, if the run has not been ended elsewhere. `work` is given the
    /// run's task as it is stored.
    pub(super) async fn write<F>(&self, work: F) -> Result<(), Stop>
    where
        F: FnOnce(&mut Unit<'_>, &mut Task) -> Result<()> + Clone + Send + 'static,
    {
        let run = self.run.task_id.clone();
        let goes_on = self.held.write_progress(move |unit| {
            let task = unit.tx.get(&run)?.filter(|task| task.status == TaskStatus::Running);
            let Some(mut task) = task else { return Ok(false) };
            work(unit, &mut task)?;
            Ok(true)
        });
        if goes_on.await? { Ok(()) } else { Err(Stop::Lost) }
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
    if let Some(begun) = unit.tx.get_in(&task.tenant_id, part)? {
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
        ..queued(unit, task, kind, asked)
    };
    unit.tx.insert(&part)?;
    unit.emit(TaskEvent::Started(Box::new(part)));
    Ok(())
}

/// The task of a run, cancelled as it was itself, the chat that it is a part of, or its judge.
fn cancelled_with_those_involved(unit: &Unit<'_>, task: Task) -> Result<Task> {
    let mut involved = Vec::new();
    if let Some(chat) = &task.parent_id {
        involved.extend(unit.tx.get_in(&task.tenant_id, chat)?);
    }
    let parts = unit.tx.child_tasks(&task.id)?;
    involved.extend(parts.into_iter().filter(|part| part.kind == TaskKind::DiscussionVerdict));
    Ok(involved.iter().fold(task, Task::cancelled_with))
}

/// Adds to what the run's task consumed.
pub(super) fn count(task: &mut Task, usage: Option<&Usage>) {
    if let Some(used) = usage {
        task.usage.get_or_insert_default().add(used);
    }
}
