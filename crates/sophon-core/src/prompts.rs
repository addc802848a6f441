//! Prompts: what agents ask people. An action to be approved, or a question to be answered.
//!
//! A prompt is stored with its deadline before anybody is asked, and the turn that asked is parked until it is resolved.
//! The first answer counts. Silence until the deadline is an answer too: a job that was enqueued with the prompt resolves
//! it then.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sophon_model::ports::Tx;
use sophon_model::{
    AuditAction, AuditOutcome, Caller, Error, Priority, Queue, Result, Task, TaskId, TenantId, Timestamp,
};

use crate::audit::Subject;
use crate::database::{Database, Unit};
use crate::identity::as_of_now;
use crate::jobs::{Chore, JobKind, JobOptions, Next};
use crate::policy::{Answer, Granted, Guarded, May, grant};
use crate::registry::Registry;
use crate::tasks::TaskEndHook;

/// How a prompt is resolved that nobody answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// Its time is over.
    TimedOut,
    /// The task that asked has ended.
    Cancelled,
}

/// A kind of prompt.
pub(crate) trait Prompt: Clone + Send + Sized + 'static {
    /// Its identifier.
    type Id: Clone + Serialize + DeserializeOwned + Send + Sync + ToString + 'static;
    /// The kind of the job that resolves it at its deadline.
    const EXPIRY_JOB: &'static str;

    /// The tenant and the identifier.
    fn key(&self) -> (&TenantId, &Self::Id);
    /// The task that asks.
    fn task(&self) -> &TaskId;
    /// Whether it can still be answered.
    fn is_pending(&self) -> bool;
    /// Until when it can be answered.
    fn expires_at(&self) -> Timestamp;
    /// The same prompt, resolved without an answer.
    fn unanswered(self, why: Unanswered) -> Self;
    /// The prompt as it is stored now.
    fn stored(tx: &dyn Tx, tenant: &TenantId, id: &Self::Id) -> Result<Option<Self>>;
    /// All prompts of a task.
    fn of_task(tx: &dyn Tx, task: &TaskId) -> Result<Vec<Self>>;
    /// Stores how a pending prompt was resolved, and emits it; `false` if it was resolved before.
    fn resolve_in(&mut self, unit: &mut Unit<'_>) -> Result<bool>;
    /// What a late answer gets: a conflict with the code `already_resolved`.
    fn already_resolved(&self) -> Error;
}

/// Registers how prompts of a kind are resolved that nobody answers.
pub(crate) fn register<P: Prompt>(registry: &mut Registry) {
    registry.chore(Expire::<P>(PhantomData));
    registry.task_end(End::<P>(PhantomData));
}

/// Enqueues the job that resolves a prompt at its deadline: in the transaction that stores it.
pub(crate) fn expire_later<P: Prompt>(unit: &mut Unit<'_>, prompt: &P) -> Result<()> {
    let (tenant, id) = prompt.key();
    let options = JobOptions {
        run_at: Some(prompt.expires_at()),
        priority: Priority::High,
        dedupe_key: Some(id.to_string()),
        ..JobOptions::default()
    };
    unit.enqueue(&Expiry::<P> { tenant: tenant.clone(), id: id.clone() }, options)
}

/// Answers a prompt, if the caller may by the rights that it has now, with what `decide` makes of it.
pub(crate) async fn answer<P: Prompt + Guarded + May<Answer> + Subject + Serialize + DeserializeOwned>(
    db: &Database,
    caller: &Caller,
    id: &P::Id,
    action: AuditAction,
    decide: impl FnOnce(P) -> Result<P> + Clone + Send + 'static,
) -> Result<P> {
    let (known, wanted) = (caller.clone(), id.clone());
    let now = db.now();
    let find = move |tx: &dyn Tx| -> Result<Granted<P, Answer>> {
        let caller = as_of_now(tx, &known, now)?;
        grant(tx, &caller, P::stored(tx, &caller.tenant, &wanted)?)
    };
    let look = find.clone();
    let task = db.read(move |tx| Ok(Prompt::task(&*look(tx)?).clone())).await?;
    let answered = db.write_once(caller, action, move |unit| {
        // The job first: see `Unit::wake`.
        unit.wake(&task)?;
        let found = find(unit.tx)?;
        if !found.is_pending() {
            return Err(found.already_resolved());
        }
        let (is_late, found) = (found.expires_at() <= unit.now(), found.into_inner());
        let mut resolved = if is_late { found.unanswered(Unanswered::TimedOut) } else { decide(found)? };
        unit.about(&resolved);
        if is_late {
            unit.audit_outcome(AuditOutcome::Failure, "timeOut");
        }
        if !resolve_in(unit, &mut resolved)? {
            // Another process was faster.
            return Err(find(unit.tx)?.already_resolved());
        }
        // An error would undo that it expired.
        Ok((resolved, is_late))
    });
    match answered.await? {
        (late, true) => Err(late.already_resolved()),
        (resolved, false) => Ok(resolved),
    }
}

fn resolve_in<P: Prompt>(unit: &mut Unit<'_>, prompt: &mut P) -> Result<bool> {
    let resolved = prompt.resolve_in(unit)?;
    if resolved {
        let id = prompt.key().1.to_string();
        unit.drop_job::<Expiry<P>>(&id)?;
    }
    Ok(resolved)
}

/// The payload of the job that resolves a prompt at its deadline.
#[derive(Serialize, Deserialize)]
#[serde(bound = "")]
struct Expiry<P: Prompt> {
    tenant: TenantId,
    id: P::Id,
}

impl<P: Prompt> JobKind for Expiry<P> {
    const NAME: &'static str = P::EXPIRY_JOB;
    const QUEUE: Queue = Queue::Maintenance;
}

/// Resolves prompts at their deadlines.
struct Expire<P>(PhantomData<fn() -> P>);

impl<P: Prompt> Chore for Expire<P> {
    type Kind = Expiry<P>;

    fn run_in(&self, unit: &mut Unit<'_>, expiry: Expiry<P>) -> Result<Next> {
        let Some(prompt) = P::stored(unit.tx, &expiry.tenant, &expiry.id)?.filter(P::is_pending) else {
            return Ok(Next::Done);
        };
        if prompt.expires_at() > unit.now() {
            return Ok(Next::At(prompt.expires_at()));
        }
        let task = prompt.task().clone();
        unit.wake(&task)?;
        prompt.unanswered(Unanswered::TimedOut).resolve_in(unit)?;
        Ok(Next::Done)
    }
}

/// The open prompts of a task end with it.
struct End<P>(PhantomData<fn() -> P>);

impl<P: Prompt> TaskEndHook for End<P> {
    fn task_ended(&self, unit: &mut Unit<'_>, task: &Task) -> Result<()> {
        for prompt in P::of_task(unit.tx, &task.id)?.into_iter().filter(P::is_pending) {
            resolve_in(unit, &mut prompt.unanswered(Unanswered::Cancelled))?;
        }
        Ok(())
    }
}
