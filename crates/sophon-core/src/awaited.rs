//! What people are asked and somebody waits for: an action to be approved, a question to be answered.
//!
//! It is stored with its deadline before anybody is asked, so that it and the task that waits outlive the process. The
//! first answer counts. Silence until the deadline is an answer too, whoever notices it first: who waits, who answers
//! too late, or the sweep.

use std::hash::Hash;

use sophon_model::ports::Tx;
use sophon_model::{Approval, Error, InfoRequest, Result, Task, TaskId, Timestamp};

use crate::database::{Database, Unit};
use crate::doorbells::Doorbells;

/// How many one round of the sweep ends; the rest waits for the next.
const MOST_EXPIRED: usize = 1_000;

/// How something ends that nobody answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Unanswered {
    /// Its time is over.
    TimedOut,
    /// The task that waited has ended.
    Cancelled,
}

/// A kind of thing that people are asked.
pub(crate) trait Awaited: Clone + Send + 'static {
    /// What names one.
    type Id: Clone + Eq + Hash + Send + Sync + 'static;

    fn id(&self) -> &Self::Id;
    fn is_pending(&self) -> bool;
    fn expires_at(&self) -> Timestamp;
    /// The same, ended without an answer.
    fn unanswered(self, why: Unanswered) -> Self;
    /// The same as it is stored now; `None` if it is gone with its session.
    fn stored(&self, tx: &dyn Tx) -> Result<Option<Self>>;
    /// All that a task has asked.
    fn of_task(tx: &dyn Tx, task: &TaskId) -> Result<Vec<Self>>;
    /// Pending ones whose time is over, oldest first.
    fn overdue(tx: &dyn Tx, now: Timestamp, limit: usize) -> Result<Vec<Self>>;
    /// Stores how a pending one ended, and tells of it; false if it had ended before.
    fn resolve_in(&mut self, unit: &mut Unit<'_>) -> Result<bool>;
    /// What a late answer is told: a conflict with the code `already_resolved`.
    fn already_resolved(&self) -> Error;
}

/// Those of one kind, and who waits for them in this process.
pub(crate) struct Waiting<T: Awaited> {
    db: Database,
    bells: Doorbells<T::Id>,
}

impl<T: Awaited> Clone for Waiting<T> {
    fn clone(&self) -> Self {
        Self { db: self.db.clone(), bells: self.bells.clone() }
    }
}

impl<T: Awaited> Waiting<T> {
    pub(crate) fn new(db: Database) -> Self {
        Self { db, bells: Doorbells::default() }
    }

    /// Answers the one that `find` finds, if the caller may, with what `decide` makes of it.
    pub(crate) async fn answer(
        &self,
        find: impl Fn(&dyn Tx) -> Result<T> + Send + 'static,
        decide: impl FnOnce(T) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let bells = self.bells.clone();
        let answered = self.db.write(move |unit| {
            let found = find(unit.tx)?;
            if !found.is_pending() {
                return Err(found.already_resolved());
            }
            let is_late = found.expires_at() <= unit.now();
            let mut ended = if is_late { found.unanswered(Unanswered::TimedOut) } else { decide(found)? };
            if !resolve_in(unit, &mut ended, &bells)? {
                // Another replica was faster.
                return Err(find(unit.tx)?.already_resolved());
            }
            // An error would undo that it ran out.
            Ok((ended, is_late))
        });
        match answered.await? {
            (late, true) => Err(late.already_resolved()),
            (ended, false) => Ok(ended),
        }
    }

    /// Waits until it has ended and gives it as it is then. When its time is over it is ended here.
    pub(crate) async fn settled(&self, asked: &T) -> Result<T> {
        let mut bell = self.bells.listen(asked.id());
        loop {
            let wanted = asked.clone();
            let Some(stored) = self.db.read(move |tx| wanted.stored(tx)).await? else {
                // Gone with its session: then the task that waits is about to be ended.
                return Ok(asked.clone().unanswered(Unanswered::Cancelled));
            };
            if !stored.is_pending() {
                return Ok(stored);
            }
            let left = stored.expires_at().since(self.db.now());
            if left.is_zero() {
                self.expire(stored).await?;
            } else {
                let _rung_or_over = tokio::time::timeout(left, bell.rung()).await;
            }
        }
    }

    /// Ends what nobody answered in time and nobody waits for here. At a steady pace.
    pub(crate) async fn expire_overdue(&self) -> Result<()> {
        let now = self.db.now();
        for overdue in self.db.read(move |tx| T::overdue(tx, now, MOST_EXPIRED)).await? {
            self.expire(overdue).await?;
        }
        Ok(())
    }

    async fn expire(&self, overdue: T) -> Result<()> {
        let (mut ended, bells) = (overdue.unanswered(Unanswered::TimedOut), self.bells.clone());
        self.db.write(move |unit| resolve_in(unit, &mut ended, &bells).map(drop)).await
    }
}

/// Stores how a pending one ended, tells of it and wakes who waits; false if it had ended before.
fn resolve_in<T: Awaited>(unit: &mut Unit<'_>, ended: &mut T, bells: &Doorbells<T::Id>) -> Result<bool> {
    let resolved = ended.resolve_in(unit)?;
    if resolved {
        let (id, bells) = (ended.id().clone(), bells.clone());
        unit.after_commit(move || bells.ring(&id));
    }
    Ok(resolved)
}

/// Ends what a task still asks: it has ended itself, so nobody waits.
pub(crate) fn cancel_open_in(unit: &mut Unit<'_>, task: &Task) -> Result<()> {
    cancel_in::<Approval>(unit, task)?;
    cancel_in::<InfoRequest>(unit, task)
}

fn cancel_in<T: Awaited>(unit: &mut Unit<'_>, task: &Task) -> Result<()> {
    for asked in T::of_task(unit.tx, &task.id)?.into_iter().filter(T::is_pending) {
        asked.unanswered(Unanswered::Cancelled).resolve_in(unit)?;
    }
    Ok(())
}
