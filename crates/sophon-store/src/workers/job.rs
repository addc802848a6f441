//! Running a job and reporting to its owner: the same for both engines. A job that panics hurts only itself.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::{self, JoinHandle};

use sophon_model::ports::{ReadJob, WriteJob};
use sophon_model::{Error, Result};

use crate::engine::Conn;

/// What a write job came to.
pub(crate) enum Ran {
    /// It may be committed.
    Fine,
    /// It must be undone.
    Failed(Error),
    /// It must be undone, and whatever it was in the middle of is in doubt.
    Panicked(Error),
}

/// Runs a write job in the open transaction.
///
/// A job whose statement failed is undone even if it says that all is well: on PostgreSQL nothing after a failed
/// statement is kept, and a commit would report nothing.
pub(crate) fn run_write(conn: &mut Conn, job: &mut dyn WriteJob) -> Ran {
    conn.take_failed();
    match catch_unwind(AssertUnwindSafe(|| job.run(conn))) {
        Err(panic) => Ran::Panicked(panicked(&*panic)),
        Ok(Err(error)) => Ran::Failed(error),
        Ok(Ok(())) if conn.take_failed() => {
            Ran::Failed(Error::internal("a job went on after one of its statements had failed"))
        }
        Ok(Ok(())) => Ran::Fine,
    }
}

/// Reports the outcome of a write job to its owner.
pub(crate) fn report(job: Box<dyn WriteJob>, outcome: Result<()>) {
    if catch_unwind(AssertUnwindSafe(|| job.done(outcome))).is_err() {
        tracing::error!("the owner of a storage job panicked when it was given the outcome");
    }
}

/// Runs a read job in the open transaction, and ends it; `false` if the connection is no longer good.
pub(crate) fn run_read(conn: &Conn, job: ReadJob) -> bool {
    let fine = give(job, Ok(conn));
    match conn.script("ROLLBACK") {
        Ok(()) => fine,
        Err(failure) => {
            tracing::warn!(?failure, "a reading transaction did not end");
            false
        }
    }
}

/// Hands a read job what it waits for; `false` if it panicked.
pub(crate) fn give(job: ReadJob, outcome: Result<&Conn>) -> bool {
    let job = AssertUnwindSafe(|| job(outcome.map(|conn| conn as _)));
    let fine = catch_unwind(job).is_ok();
    if !fine {
        tracing::error!("a storage job that reads panicked");
    }
    fine
}

fn panicked(panic: &(dyn Any + Send)) -> Error {
    let error = Error::panicked("a storage job", panic);
    tracing::error!(cause = ?std::error::Error::source(&error), "a storage job panicked");
    error
}

/// Threads that end when their queues are closed.
#[derive(Default)]
pub(crate) struct Threads(Vec<JoinHandle<()>>);

impl Threads {
    /// Starts one.
    pub(crate) fn start(&mut self, name: &str, work: impl FnOnce() + Send + 'static) -> Result<()> {
        let thread = thread::Builder::new().name(name.to_owned()).spawn(work).map_err(Error::storage)?;
        self.0.push(thread);
        Ok(())
    }

    /// Waits for all of them, except for the one that asks: the last owner of a store may be a job.
    pub(crate) fn join(&mut self) {
        let here = thread::current().id();
        for thread in self.0.drain(..).filter(|thread| thread.thread().id() != here) {
            if thread.join().is_err() {
                tracing::error!("a storage thread panicked");
            }
        }
    }
}
