//! What subjects do with the jobs of their kinds.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::future::BoxFuture;
use sophon_model::{Error, Job, Result, Timestamp};

use super::enqueue::JobKind;
use super::held::{Held, Released};
use crate::database::Unit;

/// What a handler makes of a job that was just claimed.
pub(crate) enum Begun<W> {
    /// There is work to do, beside the transaction.
    Work(W),
    /// There is nothing to do: the job is finished.
    Done,
}

/// What becomes of a job that was done as it was claimed.
pub(crate) enum Next {
    /// It is finished.
    Done,
    /// It is to run again at this time.
    At(Timestamp),
}

/// How often a failed job is tried again.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Retry {
    /// How often in all; then it is dead, or its task has failed.
    pub(crate) attempts: i64,
    /// The pause after the first failure; doubled after each further one.
    pub(crate) first: Duration,
    /// The longest pause.
    pub(crate) longest: Duration,
}

impl Retry {
    /// A failure is final.
    pub(crate) const NEVER: Retry = Retry { attempts: 1, first: Duration::ZERO, longest: Duration::ZERO };
    /// It is tried again however often that takes.
    const ALWAYS: Retry =
        Retry { attempts: i64::MAX, first: Duration::from_secs(1), longest: Duration::from_mins(10) };

    /// The pause after this many failures in a row; `None` if it was the last attempt.
    pub(super) fn pause(&self, failures: i64) -> Option<Duration> {
        let doublings = u32::try_from(failures - 1).unwrap_or(0).min(20);
        (failures < self.attempts).then(|| self.first.saturating_mul(1 << doublings).min(self.longest))
    }
}

/// Does the jobs of one kind.
#[async_trait]
pub(crate) trait Handler: Send + Sync + 'static {
    /// The kind.
    type Kind: JobKind;
    /// What [`begin`](Self::begin) hands to [`run`](Self::run).
    type Work: Send + 'static;

    /// How often a failed job is tried again.
    fn retry(&self) -> Retry {
        Retry::NEVER
    }

    /// Begins, in the transaction in which the job is claimed: reads what it is about and stores what is to be known at
    /// once.
    fn begin(&self, unit: &mut Unit<'_>, job: &Job, payload: Self::Kind) -> Result<Begun<Self::Work>>;

    /// Does the work and brings the job to rest. An error is a failure of this attempt; so is a panic, which is final.
    async fn run(&self, work: Self::Work, held: Held) -> Result<Released>;
}

/// Does the jobs of one kind that are so small that the transaction in which they are claimed does them: deadlines,
/// cleaning up. They must not cease, so a failed one is tried again however often that takes.
pub(crate) trait Chore: Send + Sync + 'static {
    /// The kind.
    type Kind: JobKind;

    /// Does it.
    fn run_in(&self, unit: &mut Unit<'_>, payload: Self::Kind) -> Result<Next>;
}

/// Runs a job that has begun.
pub(super) type Run = Box<dyn FnOnce(Held) -> BoxFuture<'static, Result<Released>> + Send>;

/// What is to be done with a job that a handler of whatever kind was given.
pub(super) enum Taken {
    /// A worker runs it.
    Run(Run),
    /// Nothing: it needs no worker.
    Done(Next),
}

/// A handler of whatever kind.
pub(super) trait AnyHandler: Send + Sync {
    fn retry(&self) -> Retry;
    fn take(&self, unit: &mut Unit<'_>, job: &Job) -> Result<Taken>;
}

struct Typed<H>(Arc<H>);

impl<H: Handler> AnyHandler for Typed<H> {
    fn retry(&self) -> Retry {
        self.0.retry()
    }

    fn take(&self, unit: &mut Unit<'_>, job: &Job) -> Result<Taken> {
        let handler = self.0.clone();
        Ok(match self.0.begin(unit, job, payload_of(job)?)? {
            Begun::Work(work) => {
                Taken::Run(Box::new(move |held| Box::pin(async move { handler.run(work, held).await })))
            }
            Begun::Done => Taken::Done(Next::Done),
        })
    }
}

struct Small<C>(C);

impl<C: Chore> AnyHandler for Small<C> {
    fn retry(&self) -> Retry {
        Retry::ALWAYS
    }

    fn take(&self, unit: &mut Unit<'_>, job: &Job) -> Result<Taken> {
        self.0.run_in(unit, payload_of(job)?).map(Taken::Done)
    }
}

fn payload_of<K: JobKind>(job: &Job) -> Result<K> {
    serde_json::from_value(job.payload.clone()).map_err(Error::internal)
}

/// The handlers of all kinds. Subjects add theirs as the gateway is put together.
#[derive(Default)]
pub(crate) struct Handlers(HashMap<&'static str, Box<dyn AnyHandler>>);

impl Handlers {
    /// Has `handler` do the jobs of its kind.
    pub(crate) fn register<H: Handler>(&mut self, handler: H) {
        self.add(H::Kind::NAME, Box::new(Typed(Arc::new(handler))));
    }

    /// Has `chore` do the jobs of its kind.
    pub(crate) fn register_chore<C: Chore>(&mut self, chore: C) {
        self.add(C::Kind::NAME, Box::new(Small(chore)));
    }

    fn add(&mut self, kind: &'static str, handler: Box<dyn AnyHandler>) {
        let before = self.0.insert(kind, handler);
        debug_assert!(before.is_none(), "two handlers for {kind}");
    }

    pub(super) fn of(&self, kind: &str) -> Option<&dyn AnyHandler> {
        self.0.get(kind).map(|handler| &**handler)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_the_longest_and_end_with_the_attempts() {
        let retry = Retry { attempts: 5, first: Duration::from_secs(2), longest: Duration::from_secs(10) };
        let pauses: Vec<Option<u64>> =
            (1..=5).map(|failures| retry.pause(failures).map(|pause| pause.as_secs())).collect();
        assert_eq!(pauses, [Some(2), Some(4), Some(8), Some(10), None]);
        assert_eq!(Retry::NEVER.pause(1), None);
        assert_eq!(Retry::ALWAYS.pause(1_000_000), Some(Retry::ALWAYS.longest));
    }
}
