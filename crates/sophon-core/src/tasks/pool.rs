//! The workers: they take tasks out of the durable queue, each for the length of a lease that they renew.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::Running;
use super::claim::{Claim, ClaimedRun, Work, claim};
use super::lease::Lease;
use super::seat::{Places, Seat};
use crate::database::Database;
use crate::discussions::{Holder, Moderator};
use crate::lifecycle::Lifecycle;
use crate::turn::Turns;

/// How often the queue is looked at without being told: for leases that have run out.
const POLL: Duration = Duration::from_secs(5);
/// How long to wait when storage does not answer.
const STORAGE_PAUSE: Duration = Duration::from_secs(1);
/// Who does the work, by its kind.
#[derive(Clone)]
pub(crate) struct Crew {
    pub(crate) turns: Turns,
    pub(crate) moderator: Moderator,
}

impl Crew {
    /// Does a task to its end and stores how it ended.
    async fn work(&self, work: Work, seat: Seat, cancel: CancellationToken) {
        match work {
            Work::Turn(claimed) => self.turns.run(*claimed, seat, cancel).await,
            Work::Discussion(claimed) => {
                let ClaimedRun { task, run } = *claimed;
                if let Err(error) = self.moderator.conduct(run, Holder::of(&task), &cancel).await {
                    // The lease runs out, and the task is taken up again.
                    tracing::error!(task.id = %task.id, %error, "a discussion could not go on");
                }
            }
        }
    }
}

/// The workers.
pub(crate) struct Pool {
    db: Database,
    running: Arc<Running>,
    crew: Crew,
    lifecycle: Lifecycle,
    places: Places,
}

impl Pool {
    pub(crate) fn new(
        db: Database,
        running: Arc<Running>,
        crew: Crew,
        lifecycle: Lifecycle,
        workers: usize,
    ) -> Self {
        Self { db, running, crew, lifecycle, places: Places::new(workers) }
    }

    /// Works until the gateway drains. What runs then may finish.
    pub(crate) async fn run(self) {
        while !self.lifecycle.is_draining() {
            let seat = tokio::select! {
                seat = self.places.free() => seat,
                () = self.lifecycle.draining() => break,
            };
            let Some(seat) = seat else { break };
            match self.db.write(claim).await {
                Ok(Claim::Work(work)) => self.start(work, seat),
                Ok(Claim::Ended) => {}
                Ok(Claim::Nothing) => {
                    drop(seat);
                    tokio::select! {
                        () = self.running.woken() => {}
                        () = tokio::time::sleep(POLL) => {}
                        () = self.lifecycle.draining() => break,
                    }
                }
                Err(error) => {
                    tracing::error!(%error, "no task could be taken up");
                    tokio::time::sleep(STORAGE_PAUSE).await;
                }
            }
        }
    }

    /// Works on a task beside the others, for as long as its lease is held.
    fn start(&self, work: Work, seat: Seat) {
        let (crew, running, lifecycle) = (self.crew.clone(), self.running.clone(), self.lifecycle.clone());
        let task = work.task().clone();
        let cancel = running.begin(&task.id, task.session_id.as_ref());
        if task.cancel_requested_at.is_some() {
            cancel.cancel();
        }
        let lease = Lease::hold(self.db.clone(), running.clone(), &task);
        let is_left = seat.is_left();
        self.lifecycle.spawn(async move {
            tokio::select! {
                () = crew.work(work, seat, cancel) => {}
                () = lease.lost() => {
                    tracing::warn!(task.id = %task.id, "a task was taken over by another worker");
                }
                // Left as it is: who starts next takes it up again.
                () = lifecycle.stopped() => {}
                () = waits_at_the_end(&lifecycle, is_left) => {}
            }
            running.end(&task.id);
        });
    }
}

/// Resolves when the gateway drains and the task waits for a person: the answer will find whoever starts next.
async fn waits_at_the_end(lifecycle: &Lifecycle, mut is_left: watch::Receiver<bool>) {
    lifecycle.draining().await;
    if is_left.wait_for(|is_left| *is_left).await.is_err() {
        // The task is about to end by itself.
        std::future::pending::<()>().await;
    }
}
