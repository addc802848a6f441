//! The workers: one loop that claims what is due, and a task of the runtime for each job that is worked on.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt;
use parking_lot::Mutex;
use sophon_model::ports::ClaimJobs;
use sophon_model::text::clean;
use sophon_model::{Error, Job, JobId, Kind, Queue, Result, Timestamp};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_util::sync::CancellationToken;

use super::handler::{AnyHandler, Handlers, Next, Run, Taken};
use super::held::{Held, Released};
use super::holdings::{Hold, Holdings, Lapses};
use crate::database::{Database, Unit};
use crate::gateway::Shared;
use crate::lifecycle::Lifecycle;
use crate::tasks::{self, Outcome, Running, RunningTask};

/// How often a lease is renewed while it lasts.
const RENEWED: u32 = 3;
/// How often the queue is looked at without being rung, where other processes enqueue as well.
const POLL: Duration = Duration::from_secs(5);
/// The longest sleep until a job is due: the clock may be set meanwhile.
const NAP: Duration = Duration::from_secs(1);
/// How long to wait when storage does not answer.
const STORAGE_PAUSE: Duration = Duration::from_secs(1);
/// Jobs of one queue in one claim.
const MOST_CLAIMED: usize = 256;
/// How often in a row a job's worker may go away without a word before the job counts as one that brings the process
/// down.
const MOST_INTERRUPTIONS: i64 = 5;

/// How many jobs of each queue are worked on at a time.
#[derive(Clone, Copy, Debug)]
pub struct Workers {
    /// Turns of agents and runs of discussions.
    pub turns: usize,
    /// Of these at most so many for one user.
    pub turns_per_user: usize,
    /// Deliveries to the outside.
    pub delivery: usize,
    /// Indexing.
    pub indexing: usize,
    /// Deadlines and cleaning up.
    pub maintenance: usize,
    /// How long a worker holds a job without renewing its lease.
    pub lease: Duration,
}

impl Default for Workers {
    fn default() -> Self {
        Self {
            turns: 256,
            turns_per_user: 32,
            delivery: 16,
            indexing: 2,
            maintenance: 8,
            lease: Duration::from_secs(30),
        }
    }
}

impl Workers {
    fn of(&self, queue: Queue) -> usize {
        match queue {
            Queue::Turns => self.turns,
            Queue::Delivery => self.delivery,
            Queue::Indexing => self.indexing,
            Queue::Maintenance => self.maintenance,
        }
    }

    /// How many jobs of one owner are worked on at a time, in queues whose workers are shared fairly.
    fn per_owner(&self, queue: Queue) -> Option<usize> {
        match queue {
            Queue::Turns => Some(self.turns_per_user),
            Queue::Delivery | Queue::Indexing | Queue::Maintenance => None,
        }
    }
}

/// Claims jobs and has their handlers do them.
#[derive(Clone)]
pub(crate) struct Runner {
    pub(super) db: Database,
    handlers: Arc<Handlers>,
    running: Arc<Running>,
    pub(super) lifecycle: Lifecycle,
    holdings: Holdings,
    /// This process, as it is named in the jobs that it holds.
    holder: Arc<str>,
    places: Arc<[(Queue, Arc<Semaphore>)]>,
    pub(super) workers: Workers,
}

/// A job that this process has just claimed.
struct Claimed {
    job: Arc<Job>,
    run: Run,
    hold: Hold,
    lapses: Lapses,
    lost: CancellationToken,
    task: Option<RunningTask>,
}

/// What became of an attempt to claim.
struct Claim {
    claimed: Vec<Claimed>,
    /// Whether jobs were taken out of the queue, also if they needed no worker.
    took_any: bool,
    next_at: Option<Timestamp>,
}

impl Runner {
    pub(crate) fn new(shared: Shared, handlers: Handlers) -> Self {
        let Shared { db, running, holdings, lifecycle, settings, .. } = shared;
        let workers = settings.workers;
        let places = Queue::ALL.iter().map(|queue| (*queue, Arc::new(Semaphore::new(workers.of(*queue)))));
        Self {
            holder: hex::encode(db.random::<8>()).into(),
            db,
            handlers: Arc::new(handlers),
            running,
            lifecycle,
            holdings,
            places: places.collect(),
            workers,
        }
    }

    /// Works until the gateway drains. What runs then may finish.
    pub(crate) async fn run(self) {
        self.lifecycle.spawn(self.clone().keep_leases());
        self.lifecycle.spawn(self.clone().publish_places());
        while !self.lifecycle.is_draining() {
            let rung = self.db.job_bell().rung.clone();
            let claim = match self.claim().await {
                // A job that cannot be begun must not keep the others from it.
                Err(error) if error.kind() != Kind::ServiceUnavailable => self.claim_alone().await,
                claim => claim,
            };
            match claim {
                Ok(claim) => {
                    claim.claimed.into_iter().for_each(|claimed| self.start(claimed));
                    self.note_busy();
                    if !claim.took_any {
                        tokio::select! {
                            () = rung.notified() => {}
                            () = self.due(claim.next_at) => {}
                            () = self.lifecycle.draining() => break,
                        }
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "no job could be claimed");
                    tokio::time::sleep(STORAGE_PAUSE).await;
                }
            }
        }
        self.db.job_bell().set_busy(true);
    }

    /// Notes whether jobs are to be taken by other gateways, because no worker is free here for some of them.
    fn note_busy(&self) {
        self.db.job_bell().set_busy(self.places.iter().any(|(_, places)| places.available_permits() == 0));
    }

    /// Resolves when the next job is due, by the clock of the gateway.
    async fn due(&self, next_at: Option<Timestamp>) {
        let polls = !self.db.is_exclusive();
        let asleep = tokio::time::Instant::now();
        loop {
            let left = next_at.map(|at| at.since(self.db.now()));
            if left.is_some_and(|left| left.is_zero()) || polls && asleep.elapsed() >= POLL {
                return;
            }
            match (left, polls) {
                (None, false) => std::future::pending().await,
                (left, _) => tokio::time::sleep(left.unwrap_or(NAP).min(NAP)).await,
            }
        }
    }

    /// The queues that have free workers, and how many.
    fn wanted(&self) -> Vec<(Queue, usize)> {
        let free = self.places.iter().map(|(queue, places)| (*queue, places.available_permits()));
        free.filter(|(_, free)| *free > 0).map(|(queue, free)| (queue, free.min(MOST_CLAIMED))).collect()
    }

    /// How many jobs of a queue are worked on here.
    pub(super) fn at_work(&self, queue: Queue) -> usize {
        let places = self.places.iter().find(|(of, _)| *of == queue);
        places.map_or(0, |(_, places)| self.workers.of(queue) - places.available_permits())
    }

    /// Claims jobs of each queue that has free workers.
    async fn claim(&self) -> Result<Claim> {
        let (this, wanted) = (self.clone(), self.wanted());
        self.db.write(move |unit| this.claim_in(unit, &wanted, |_| {})).await
    }

    /// Claims a single job. One that cannot be begun has failed.
    async fn claim_alone(&self) -> Result<Claim> {
        for (queue, _) in self.wanted() {
            let suspect = Arc::new(Mutex::new(None));
            let (this, noted) = (self.clone(), suspect.clone());
            let note = move |job: &Job| *noted.lock() = Some(job.id.clone());
            match self.db.write(move |unit| this.claim_in(unit, &[(queue, 1)], note)).await {
                Ok(claim) if !claim.took_any => {}
                Err(error) if error.kind() != Kind::ServiceUnavailable => {
                    let Some(suspect) = suspect.lock().take() else { return Err(error) };
                    self.fail_unbegun(queue, suspect, error).await?;
                    return Ok(Claim { claimed: Vec::new(), took_any: true, next_at: None });
                }
                claim => return claim,
            }
        }
        Ok(Claim { claimed: Vec::new(), took_any: true, next_at: None })
    }

    fn claim_in(&self, unit: &mut Unit<'_>, wanted: &[(Queue, usize)], note: impl Fn(&Job)) -> Result<Claim> {
        let now = unit.now();
        unit.tx.requeue_lapsed_jobs(now)?;
        let mut claim = Claim { claimed: Vec::new(), took_any: false, next_at: None };
        for (queue, limit) in wanted {
            for job in unit.tx.claim_jobs(&self.wish(*queue, now, *limit))? {
                note(&job);
                claim.took_any = true;
                claim.claimed.extend(self.begin_in(unit, job)?);
            }
        }
        if !claim.took_any {
            claim.next_at = unit.tx.next_job_at(now)?;
        }
        Ok(claim)
    }

    fn wish(&self, queue: Queue, now: Timestamp, limit: usize) -> ClaimJobs<'_> {
        let per_owner = self.workers.per_owner(queue);
        ClaimJobs {
            queue,
            holder: &self.holder,
            now,
            lease_until: now.plus(self.workers.lease),
            limit,
            per_owner,
        }
    }

    fn begin_in(&self, unit: &mut Unit<'_>, job: Job) -> Result<Option<Claimed>> {
        let now = unit.now();
        let Some(handler) = self.handlers.of(&job.kind) else {
            tracing::error!(job.id = %job.id, job.kind, "no handler does jobs of this kind; it is kept as dead");
            unit.tx.bury_job(&job, "This version of Sophon has no handler for the kind of job.", now)?;
            return Ok(None);
        };
        if job.interruptions >= MOST_INTERRUPTIONS {
            let text = format!("It was interrupted {MOST_INTERRUPTIONS} times; it may crash the gateway.");
            fail_for_good(unit, &job, &text)?;
            return Ok(None);
        }
        // Noted before the claim is committed, so that a cancellation of a running job finds it here.
        let task = job.task_id.as_ref().map(|task| self.running.begin(task));
        match handler.take(unit, &job)? {
            Taken::Run(run) => {
                let lapses = Lapses::default();
                lapses.set(now.plus(self.workers.lease));
                let (hold, lost) = self.holdings.add(&job, lapses.clone());
                Ok(Some(Claimed { job: Arc::new(job), run, hold, lapses, lost, task }))
            }
            Taken::Done(Next::Done) => {
                unit.tx.finish_job(&job, now)?;
                Ok(None)
            }
            Taken::Done(Next::At(time)) => {
                unit.tx.reschedule_job(&job, time, None)?;
                Ok(None)
            }
        }
    }

    /// Works on a job beside the others, for as long as its lease is held.
    fn start(&self, claimed: Claimed) {
        let Claimed { job, run, hold, lapses, lost, task } = claimed;
        hold.committed();
        let place = self.place(job.queue);
        let cancel = task.as_ref().map_or_else(CancellationToken::new, |task| task.cancel().clone());
        let held = Held::new(self.db.clone(), job.clone(), (self.workers.lease, lapses), lost, cancel);
        let this = self.clone();
        self.lifecycle.spawn(async move {
            let working = AssertUnwindSafe(run(held.clone())).catch_unwind();
            tokio::select! {
                outcome = working => match outcome {
                    Ok(Ok(Released { .. })) => {}
                    Ok(Err(error)) => this.fail(&held, &error, true).await,
                    Err(panic) => this.fail(&held, &Error::panicked("a job", &*panic), false).await,
                },
                () = held.lost() => {
                    tracing::warn!(job.id = %job.id, job.kind, "a job has gone to another worker");
                }
                // Left as it is: the next start takes it up again.
                () = this.lifecycle.stopped() => {}
            }
            drop((hold, task, place));
            this.db.ring_jobs();
        });
    }

    /// A worker's place, which the claim saw to be free. Only the loop takes places.
    fn place(&self, queue: Queue) -> Option<OwnedSemaphorePermit> {
        let (_, places) = self.places.iter().find(|(of, _)| *of == queue)?;
        places.clone().try_acquire_owned().ok()
    }

    /// Stores that a job failed that was worked on.
    async fn fail(&self, held: &Held, error: &Error, may_retry: bool) {
        let job = held.job().clone();
        log_failure(&job.id, error, "a job failed");
        let (this, text) = (self.clone(), error.message().to_owned());
        let released = held.release(move |unit| this.fail_in(unit, &job, &text, may_retry));
        if let Err(error) = released.await {
            // The lease runs out, and the job is taken up again.
            tracing::error!(job.id = %held.job().id, ?error, "it could not be stored that a job failed");
        }
    }

    /// Stores that a job failed that could not be begun, if it still is the next one of its queue.
    async fn fail_unbegun(&self, queue: Queue, suspect: JobId, error: Error) -> Result<()> {
        log_failure(&suspect, &error, "a job could not be begun");
        let (this, text) = (self.clone(), error.message().to_owned());
        let failed = self.db.write(move |unit| {
            let now = unit.now();
            match unit.tx.claim_jobs(&this.wish(queue, now, 1))?.pop() {
                Some(job) if job.id == suspect => this.fail_in(unit, &job, &text, true),
                // Somebody else was faster. An error, so that what was claimed instead is let go.
                _ => Err(Error::conflict("The queue has changed.")),
            }
        });
        match failed.await {
            Err(error) if error.kind() == Kind::Conflict => Ok(()),
            outcome => outcome,
        }
    }

    /// The job is tried again later, or has failed for good.
    fn fail_in(&self, unit: &mut Unit<'_>, job: &Job, reason: &str, may_retry: bool) -> Result<()> {
        let retry = self.handlers.of(&job.kind).map(AnyHandler::retry);
        match retry.filter(|_| may_retry).and_then(|retry| retry.pause(job.failures + 1)) {
            Some(pause) => {
                let at = unit.now().plus(pause);
                unit.tx.reschedule_job(job, at, Some(&clean(reason.to_owned()))).map(drop)
            }
            None => fail_for_good(unit, job, reason),
        }
    }

    /// Renews leases until all work has ended, and passes on cancellations that were asked for elsewhere.
    async fn keep_leases(self) {
        loop {
            tokio::select! {
                () = tokio::time::sleep(self.workers.lease / RENEWED) => {}
                () = self.lifecycle.stopped() => return,
                () = self.drained() => return,
            }
            match self.holdings.renew(&self.db, &self.holder, self.workers.lease).await {
                Ok(to_cancel) => {
                    for task in &to_cancel {
                        self.running.cancel(task);
                    }
                }
                Err(error) => tracing::warn!(%error, "leases could not be renewed"),
            }
        }
    }

    /// Resolves when the gateway drains and nothing is worked on any more.
    async fn drained(&self) {
        self.lifecycle.draining().await;
        self.holdings.emptied().await;
    }
}

/// Stores that a job has failed for good: its task ends with that or, if it has none, it is kept as dead.
fn fail_for_good(unit: &mut Unit<'_>, job: &Job, reason: &str) -> Result<()> {
    let now = unit.now();
    let task = job.task_id.as_ref().map(|task| unit.tx.get(task)).transpose()?.flatten();
    match task {
        Some(task) => tasks::finish_in(unit, task, Outcome::failed(reason)).map(drop),
        None => unit.tx.bury_job(job, &clean(reason.to_owned()), now).map(drop),
    }
}

fn log_failure(job: &JobId, error: &Error, what: &str) {
    let cause = std::error::Error::source(error).map(ToString::to_string);
    tracing::error!(job.id = %job, %error, cause, "{what}");
}
