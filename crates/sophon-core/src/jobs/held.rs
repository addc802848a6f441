//! A job in the hands of a worker: whatever the worker writes, it writes through the lease that it holds.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use sophon_model::ports::Tx;
use sophon_model::{Error, Event, Id, Job, JobStatus, Kind, Result, Timestamp};
use tokio_util::sync::CancellationToken;

use super::holdings::Lapses;
use crate::database::{Database, Unit};

/// The code of the error that undoes a transaction whose job has gone to another worker.
const LEASE_LOST: &str = "lease_lost";

/// Why a worker could not write.
#[derive(Debug)]
pub(crate) enum HeldError {
    /// The job has gone to another worker, or is gone. Nothing was written.
    Lost,
    /// Storage refused, or the work did.
    Failed(Error),
}

impl From<Error> for HeldError {
    fn from(error: Error) -> Self {
        if error.code() == LEASE_LOST { HeldError::Lost } else { HeldError::Failed(error) }
    }
}

/// Proof that a job was brought to rest: it is finished, parked or rescheduled, or was not this worker's any more.
#[derive(Debug)]
#[must_use]
pub(crate) struct Released(());

impl Released {
    /// A job that could not be brought to rest because it has gone to another worker is at rest here.
    pub(crate) fn here_or_elsewhere(released: Result<Self, HeldError>) -> Result<Self> {
        match released {
            Ok(released) => Ok(released),
            Err(HeldError::Lost) => Ok(Self::elsewhere()),
            Err(HeldError::Failed(error)) => Err(error),
        }
    }

    /// Of a job that has gone to another worker.
    pub(crate) fn elsewhere() -> Self {
        Released(())
    }
}

/// A job that a worker holds. Cloning makes another handle on the same lease.
#[derive(Clone)]
pub(crate) struct Held {
    db: Database,
    job: Arc<Job>,
    /// The wakes that the worker knows of.
    wakes: Arc<AtomicI64>,
    lease: Duration,
    lapses: Lapses,
    lost: CancellationToken,
    cancel: CancellationToken,
}

impl Held {
    pub(super) fn new(
        db: Database,
        job: Arc<Job>,
        (lease, lapses): (Duration, Lapses),
        lost: CancellationToken,
        cancel: CancellationToken,
    ) -> Self {
        let wakes = Arc::new(AtomicI64::new(job.wakes));
        Self { db, job, wakes, lease, lapses, lost, cancel }
    }

    /// The job as it was claimed.
    pub(crate) fn job(&self) -> &Job {
        &self.job
    }

    /// Cancelled when somebody cancels the task.
    pub(crate) fn cancel(&self) -> &CancellationToken {
        &self.cancel
    }

    /// Resolves when the job has gone to another worker, as far as that is known here.
    pub(super) async fn lost(&self) {
        self.lost.cancelled().await;
    }

    /// Whether another process may hold the job by now: this one has not renewed its lease in time. What is not kept is
    /// published by the holder alone.
    pub(crate) fn may_be_lost(&self) -> bool {
        !self.db.is_exclusive() && self.lapses.is_before(self.db.now())
    }

    /// The present.
    pub(crate) fn now(&self) -> Timestamp {
        self.db.now()
    }

    /// A new id.
    pub(crate) fn new_id<T: Id>(&self) -> T {
        self.db.new_id()
    }

    /// Unguessable bytes.
    pub(crate) fn random<const N: usize>(&self) -> [u8; N] {
        self.db.random()
    }

    /// Publishes an event that is not kept.
    pub(crate) fn pass(&self, event: impl Into<Event>) {
        self.db.pass(event);
    }

    /// Reads from one consistent state.
    pub(crate) async fn read<R, F>(&self, work: F) -> Result<R>
    where
        R: Send + 'static,
        F: FnOnce(&dyn Tx) -> Result<R> + Send + 'static,
    {
        self.db.read(work).await
    }

    /// Runs a unit of work if the job is still held, and renews the lease with it.
    pub(crate) async fn write<R, F>(&self, work: F) -> Result<R, HeldError>
    where
        R: Send + 'static,
        F: FnOnce(&mut Unit<'_>) -> Result<R> + Clone + Send + 'static,
    {
        let (job, lease) = (self.job.clone(), self.lease);
        let written = self.db.write(move |unit| {
            let until = unit.now().plus(lease);
            if unit.tx.hold_job(&job, until)? { Ok((work(unit)?, until)) } else { Err(lease_lost()) }
        });
        let (result, until) = written.await?;
        self.lapses.set(until);
        Ok(result)
    }

    /// The same, for work that gets somewhere: the job is not given up for interruptions from before.
    pub(crate) async fn write_progress<R, F>(&self, work: F) -> Result<R, HeldError>
    where
        R: Send + 'static,
        F: FnOnce(&mut Unit<'_>) -> Result<R> + Clone + Send + 'static,
    {
        let job = self.job.clone();
        self.write(move |unit| {
            unit.tx.note_job_progress(&job)?;
            work(unit)
        })
        .await
    }

    /// Writes what came of the job, and that it is finished, in one transaction.
    pub(crate) async fn finish<F>(&self, work: F) -> Result<Released, HeldError>
    where
        F: FnOnce(&mut Unit<'_>) -> Result<()> + Clone + Send + 'static,
    {
        let job = self.job.clone();
        self.release(move |unit| {
            work(unit)?;
            let now = unit.now();
            // It is gone already if its task ended with it.
            unit.tx.finish_job(&job, now).map(drop)
        })
        .await
    }

    /// Lets the job run again at a time, as if it had just been enqueued.
    pub(crate) async fn again_at(&self, at: Timestamp) -> Result<Released, HeldError> {
        let job = self.job.clone();
        self.release(move |unit| unit.tx.reschedule_job(&job, at, None).map(drop)).await
    }

    /// Lets the job sleep until it is woken or `until`. `None` if it was woken since it was claimed, or since this was
    /// last tried: whatever it waits for may have happened, so look again.
    pub(crate) async fn park(&self, until: Timestamp) -> Result<Option<Released>, HeldError> {
        let job = Job { wakes: self.wakes.load(Ordering::Acquire), ..(*self.job).clone() };
        let parked = self.db.write(move |unit| {
            if unit.tx.park_job(&job, until)? {
                unit.ring_after_commit();
                return Ok(None);
            }
            let stored = unit.tx.get(&job.id)?;
            let held =
                stored.filter(|stored| stored.status == JobStatus::Running && stored.attempt == job.attempt);
            held.map(|stored| Some(stored.wakes)).ok_or_else(lease_lost)
        });
        let Some(wakes) = parked.await? else { return Ok(Some(Released(()))) };
        self.wakes.store(wakes, Ordering::Release);
        Ok(None)
    }

    /// Writes how the job was brought to rest. The queue is looked at again then: another one may go now.
    pub(super) async fn release<F>(&self, work: F) -> Result<Released, HeldError>
    where
        F: FnOnce(&mut Unit<'_>) -> Result<()> + Clone + Send + 'static,
    {
        self.write(move |unit| {
            unit.ring_after_commit();
            work(unit)
        })
        .await?;
        Ok(Released(()))
    }
}

fn lease_lost() -> Error {
    Error::new(Kind::Conflict, "The job has gone to another worker.").with_code(LEASE_LOST)
}
