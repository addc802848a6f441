//! Discussions: several speakers argue in rounds, and a judge decides.
//!
//! A discussion is a plan; a run of it is a task in the ledger, whose parts are the turns of its panelists and the work
//! of its judge. It is done by the worker that has taken the run up, or by the chat whose agent called for it.

mod called;
mod input;
mod lifecycle;
mod rounds;
mod runner;
mod speak;
mod tool;
mod verdict;

pub use input::{
    ChangeDiscussion, LONGEST_PERSONA, LONGEST_TOPIC, MOST_ROUNDS, NewDiscussion, ROUND_TIMEOUT, ROUNDS,
};
pub use speak::LONGEST_TURN;

use std::sync::Arc;

use sophon_model::ports::{Canceller, Tx, every};
use sophon_model::{
    AuditAction, Caller, Discussion, DiscussionId, DiscussionRun, DiscussionRunId, DiscussionRunStatus,
    DiscussionTurn, Error, Page, Paged, Result, Task, TaskEvent, TaskKind, UserId,
};

use crate::database::{Database, Unit};
use crate::gateway::Shared;
use crate::limits::MOST_OPEN_DISCUSSIONS;
use crate::maintenance::REMOVED_AT_ONCE;
use crate::models::Models;
use crate::policy::{Cancel, Create, Granted, Read, Write, allow, grant, visible};
use crate::registry::Registry;
use crate::tasks::{Outcome, Running, cancel_in, finish_in, queued, require_room};
use input::Plan;
use lifecycle::RunsEnd;
use runner::DiscussionRunner;

/// The most runs that are removed at once: with their turns about as many rows as of other kinds.
const RUNS_REMOVED_AT_ONCE: usize = REMOVED_AT_ONCE / 100;

/// A run with its turns.
#[derive(Clone, Debug)]
pub struct RunDetail {
    /// The run.
    pub run: DiscussionRun,
    /// Its turns, by round, and within one in order of start.
    pub turns: Vec<DiscussionTurn>,
}

/// The service.
#[derive(Clone)]
pub struct Discussions {
    db: Database,
    models: Models,
    running: Arc<Running>,
}

impl Discussions {
    pub(crate) fn open(shared: &Shared, registry: &mut Registry) -> Self {
        let (db, models, running) = (shared.db.clone(), shared.models.clone(), shared.running.clone());
        let runner = DiscussionRunner { db: db.clone(), models: models.clone(), running: running.clone() };
        registry.handler(runner.clone());
        registry.task_end(RunsEnd);
        registry.tool(tool::Run::new(runner));
        let kept = shared.settings.retention.discussion_runs;
        registry.keep_for(kept, |unit, before| unit.tx.prune::<DiscussionRun>(before, RUNS_REMOVED_AT_ONCE));
        Self { db, models, running }
    }

    /// Plans one.
    pub async fn create(&self, caller: &Caller, new: NewDiscussion) -> Result<Discussion> {
        let allowed = allow::<Discussion, Create>(caller)?;
        new.require_models(&self.models).await?;
        self.db
            .write_once(caller, AuditAction::DiscussionCreate, move |unit| {
                let plan = Plan::of(unit.tx, allowed.tenant(), new)?;
                let discussion = Discussion {
                    id: unit.new_id(),
                    tenant_id: allowed.tenant().clone(),
                    owner_id: allowed.user().clone(),
                    topic: plan.topic,
                    panelists: plan.panelists,
                    judge: plan.judge,
                    rounds: plan.rounds,
                    round_timeout_seconds: plan.round_timeout_seconds,
                    created_at: unit.now(),
                    updated_at: unit.now(),
                };
                unit.tx.insert(&discussion)?;
                unit.about(&discussion);
                Ok(discussion)
            })
            .await
    }

    /// The caller's, newest first.
    pub async fn list(&self, caller: &Caller, page: Page) -> Result<Paged<Discussion>> {
        let visible = visible::<Discussion>(caller)?;
        self.db.read(move |tx| tx.page(visible.own(), &every::<Discussion>(), &page)).await
    }

    /// One.
    pub async fn get(&self, caller: &Caller, id: &DiscussionId) -> Result<Discussion> {
        let (caller, wanted) = (caller.clone(), id.clone());
        self.db.read(move |tx| Ok(readable(tx, &caller, &wanted)?.into_inner())).await
    }

    /// Changes one.
    pub async fn update(
        &self,
        caller: &Caller,
        id: &DiscussionId,
        change: ChangeDiscussion,
    ) -> Result<Discussion> {
        change.require_models(&self.models).await?;
        let (by, caller, wanted) = (caller, caller.clone(), id.clone());
        self.db
            .write_as(by, AuditAction::DiscussionUpdate, move |unit| {
                let mut discussion: Granted<Discussion, Write> =
                    grant(unit.tx, &caller, unit.tx.get(&wanted)?)?;
                change.only_if.require(&discussion)?;
                let before = Discussion::clone(&discussion);
                apply(unit.tx, &mut discussion, change)?;
                discussion.updated_at = unit.now();
                unit.tx.update(&*discussion)?;
                unit.about_change(&before, &*discussion)?;
                Ok(discussion.into_inner())
            })
            .await
    }

    /// Deletes one with its runs. Those that wait or run are ended; their tasks stay in the ledger.
    pub async fn delete(&self, caller: &Caller, id: &DiscussionId) -> Result<()> {
        let (by, caller, wanted, running) = (caller, caller.clone(), id.clone(), self.running.clone());
        self.db
            .write_as(by, AuditAction::DiscussionDelete, move |unit| {
                let discussion: Granted<Discussion, Write> = grant(unit.tx, &caller, unit.tx.get(&wanted)?)?;
                unit.about(&*discussion);
                let mut page = Page::new(Some(Page::MOST), None);
                loop {
                    let runs = unit.tx.page(&wanted, &every::<DiscussionRun>(), &page)?;
                    for run in runs.items.into_iter().filter(|run| !run.status.is_final()) {
                        // As it is now, and its worker can store nothing from here on.
                        unit.wake(&run.task_id)?;
                        let now = unit.now();
                        if let Some(task) =
                            unit.tx.request_cancel(&run.task_id, Canceller::User(&caller.user), now)?
                        {
                            finish_in(unit, task, Outcome::cancelled())?;
                        }
                        let running = running.clone();
                        unit.after_commit(move || running.cancel_everywhere(&run.task_id));
                    }
                    let Some(next) = runs.next else { break };
                    page.after = Some(next);
                }
                unit.tx.delete(&discussion.id)?;
                Ok(())
            })
            .await
    }

    /// Asks for a run of one. It is in the queue when this returns. Without a model provider it is a conflict with the
    /// code `no_model_provider`; with [`MOST_OPEN_DISCUSSIONS`] that wait or run, one with the code `too_many_runs`.
    pub async fn start(&self, caller: &Caller, id: &DiscussionId) -> Result<DiscussionRun> {
        let (known, wanted, models) = (caller.clone(), id.clone(), self.models.clone());
        self.db
            .write_once(caller, AuditAction::DiscussionRunStart, move |unit| {
                let discussion: Granted<Discussion, Write> = grant(unit.tx, &known, unit.tx.get(&wanted)?)?;
                models.current().require_language_model()?;
                require_room(unit, &known.user)?;
                require_room_for_run(unit, &discussion.owner_id)?;
                let task = queued(unit, &known, TaskKind::Discussion, &discussion.topic);
                let asked = (unit.new_id(), Some(discussion.id.clone()));
                let run = run_of(asked, &task, discussion.into_inner().into());
                unit.tx.insert(&task)?;
                unit.tx.insert(&run)?;
                unit.about(&run);
                lifecycle::enqueue_in(unit, &task)?;
                unit.emit(TaskEvent::Queued(Box::new(task)));
                Ok(run)
            })
            .await
    }

    /// The runs of one, newest first.
    pub async fn runs(&self, caller: &Caller, id: &DiscussionId, page: Page) -> Result<Paged<DiscussionRun>> {
        let (caller, wanted) = (caller.clone(), id.clone());
        self.db
            .read(move |tx| {
                let discussion = readable(tx, &caller, &wanted)?;
                tx.page(&discussion.id, &every::<DiscussionRun>(), &page)
            })
            .await
    }

    /// One run, with its turns.
    pub async fn run(&self, caller: &Caller, id: &DiscussionRunId) -> Result<RunDetail> {
        let (caller, wanted) = (caller.clone(), id.clone());
        self.db
            .read(move |tx| {
                let run: Granted<DiscussionRun, Read> = grant(tx, &caller, tx.get(&wanted)?)?;
                let turns = tx.discussion_turns(&run.id)?;
                Ok(RunDetail { run: run.into_inner(), turns })
            })
            .await
    }

    /// Cancels a run. One that waits has ended when this returns; one that runs is notified, and ends within seconds.
    /// One that has ended is a conflict.
    pub async fn cancel(&self, caller: &Caller, id: &DiscussionRunId) -> Result<DiscussionRun> {
        let (known, wanted, running) = (caller.clone(), id.clone(), self.running.clone());
        self.db
            .write_once(caller, AuditAction::DiscussionRunCancel, move |unit| {
                let run: Granted<DiscussionRun, Cancel> = grant(unit.tx, &known, unit.tx.get(&wanted)?)?;
                unit.about(&*run);
                let task = grant(unit.tx, &known, unit.tx.get_in(&run.tenant_id, &run.task_id)?)?;
                cancel_in(unit, &known.user, &task, running)?;
                unit.tx.get(&run.id)?.ok_or_else(|| Error::not_found("run"))
            })
            .await
    }
}

/// Refuses one more run while its owner has as many as one may.
fn require_room_for_run(unit: &Unit<'_>, owner: &UserId) -> Result<()> {
    if unit.tx.open_discussion_runs(owner)? < MOST_OPEN_DISCUSSIONS {
        return Ok(());
    }
    let text = format!(
        "{MOST_OPEN_DISCUSSIONS} runs of discussions wait or run for you, and that is the most. \
         Wait until one has ended, or cancel one."
    );
    Err(Error::conflict(text).with_code("too_many_runs"))
}

/// A run of this plan that is asked for now, and what it is a run of.
fn run_of(
    (id, discussion_id): (DiscussionRunId, Option<DiscussionId>),
    task: &Task,
    plan: Plan,
) -> DiscussionRun {
    let mut run = DiscussionRun {
        id,
        discussion_id,
        tenant_id: task.tenant_id.clone(),
        owner_id: task.user_id.clone(),
        task_id: task.id.clone(),
        topic: plan.topic,
        panelists: plan.panelists,
        judge: plan.judge,
        rounds: plan.rounds,
        round_timeout_seconds: plan.round_timeout_seconds,
        status: DiscussionRunStatus::Queued,
        verdict: None,
        verdict_hash: None,
        error: None,
        cancelled_by: None,
        created_at: task.created_at,
        started_at: None,
        ended_at: None,
    };
    run.follow(task);
    run
}

fn apply(tx: &dyn Tx, discussion: &mut Discussion, change: ChangeDiscussion) -> Result<()> {
    if let Some(topic) = change.topic {
        discussion.topic = input::topic(topic)?;
    }
    if let Some(panelists) = change.panelists {
        discussion.panelists = input::panel(tx, &discussion.tenant_id, panelists)?;
    }
    if let Some(judge) = change.judge {
        discussion.judge = input::judge(tx, &discussion.tenant_id, Some(judge))?;
    }
    if let Some(rounds) = change.rounds {
        discussion.rounds = input::rounds(rounds)?;
    }
    if let Some(seconds) = change.round_timeout_seconds {
        discussion.round_timeout_seconds = input::round_timeout(seconds)?;
    }
    Ok(())
}

fn readable(tx: &dyn Tx, caller: &Caller, id: &DiscussionId) -> Result<Granted<Discussion, Read>> {
    grant(tx, caller, tx.get(id)?)
}
