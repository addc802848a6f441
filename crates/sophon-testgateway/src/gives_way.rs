//! A store that undoes each unit of work once and runs it again, as PostgreSQL does with one that gives way to another.

use std::sync::Arc;

use sophon_model::ports::{ReadJob, Store, Tx, WriteJob};
use sophon_model::{Error, Result};

/// Wraps a store.
pub(crate) struct GivesWay(pub(crate) Arc<dyn Store>);

impl Store for GivesWay {
    fn write(&self, job: Box<dyn WriteJob>) {
        self.0.write(Box::new(Undone { job, store: self.0.clone(), has_run: false }));
    }

    fn read(&self, job: ReadJob) {
        self.0.read(job);
    }

    fn is_exclusive(&self) -> bool {
        false
    }

    fn broken(&self) -> Option<Arc<str>> {
        self.0.broken()
    }
}

/// A job whose first transaction is undone.
struct Undone {
    job: Box<dyn WriteJob>,
    store: Arc<dyn Store>,
    has_run: bool,
}

impl WriteJob for Undone {
    fn run(&mut self, tx: &mut dyn Tx) -> Result<()> {
        self.job.run(tx)?;
        self.has_run = true;
        Err(Error::storage("it gives way"))
    }

    fn done(self: Box<Self>, outcome: Result<()>) {
        let Self { job, store, has_run } = *self;
        if has_run { store.write(job) } else { job.done(outcome) }
    }
}
