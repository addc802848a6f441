//! SQLite: one thread that writes, several that read.
//!
//! The writer takes all jobs that wait, up to [`GROUP`], into one transaction, with a savepoint for each: one sync
//! to disk answers all of them.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::iter;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use sophon_model::ports::{ReadJob, Store, WriteJob};
use sophon_model::{Error, Result};

use super::job::{Ran, Threads, give, run_read, run_write, tell};
use crate::Options;
use crate::engine::{Access, Conn, Failure, Link, Mode, SqliteLink, cannot_open, unknown_outcome};
use crate::migrations::migrate;

/// The most jobs in one transaction.
const GROUP: usize = 256;

/// A store in one SQLite file.
pub(crate) struct SqliteStore {
    /// `None` once it is closed.
    queues: Option<Queues>,
    threads: Threads,
}

struct Queues {
    writes: Sender<Box<dyn WriteJob>>,
    reads: Sender<ReadJob>,
}

impl SqliteStore {
    /// Opens the file, makes it if it is missing, and starts the threads.
    pub(crate) fn open(path: &Path, options: &Options) -> Result<Self> {
        // Held by the threads, which may outlive the store for a moment.
        let lock = Arc::new(prepare_files(path)?);
        let open = |access| {
            let link = SqliteLink::open(path, access, options.statement_timeout);
            cannot_open("cannot open the database", link.map_err(Failure::into_cause))
        };
        let conn = Conn::new(Link::Sqlite(open(Access::Write)?));
        migrate(&conn)?;
        let (writes, queued_writes) = bounded(options.queue);
        let (reads, queued_reads) = bounded::<ReadJob>(options.queue);
        let mut threads = Threads::default();
        for n in 0..options.readers.max(1) {
            let (conn, queue) = (Conn::new(Link::Sqlite(open(Access::Read)?)), queued_reads.clone());
            let lock = Arc::clone(&lock);
            threads.start(&format!("sqlite-reader-{n}"), move || {
                read(&conn, &queue);
                drop((conn, lock));
            })?;
        }
        threads.start("sqlite-writer", move || {
            Writer { conn, broken: None }.run(&queued_writes);
            drop(lock);
        })?;
        Ok(SqliteStore { queues: Some(Queues { writes, reads }), threads })
    }
}

impl Store for SqliteStore {
    fn write(&self, job: Box<dyn WriteJob>) {
        let Some(Queues { writes, .. }) = &self.queues else {
            return tell(job, Err(Error::storage("closed")));
        };
        match writes.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(job)) => tell(job, Err(Error::storage("too many jobs wait to write"))),
            Err(TrySendError::Disconnected(job)) => tell(job, Err(Error::storage("the writer has ended"))),
        }
    }

    fn read(&self, job: ReadJob) {
        let Some(Queues { reads, .. }) = &self.queues else {
            give(job, Err(Error::storage("closed")));
            return;
        };
        if let Err(refused) = reads.try_send(job) {
            give(refused.into_inner(), Err(Error::storage("too many jobs wait to read")));
        }
    }

    fn is_exclusive(&self) -> bool {
        true
    }
}

impl Drop for SqliteStore {
    fn drop(&mut self) {
        self.queues = None;
        self.threads.join();
    }
}

/// Makes the folder and the file for their owner alone, and locks out other gateways.
fn prepare_files(path: &Path) -> Result<File> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        cannot_open(
            "cannot make the data folder",
            DirBuilder::new().recursive(true).mode(0o700).create(folder),
        )?;
    }
    let private = |path: &Path| {
        let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path);
        cannot_open(&format!("cannot open {}", path.display()), file)
    };
    let mut lock_path = path.as_os_str().to_owned();
    lock_path.push(".lock");
    let lock = private(&PathBuf::from(lock_path))?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let cause = format!("another sophon already uses {}", path.display());
            return cannot_open("cannot open the database", Err(cause));
        }
        Err(TryLockError::Error(error)) => return cannot_open("cannot lock the database", Err(error)),
    }
    private(path)?;
    Ok(lock)
}

fn read(conn: &Conn, queue: &Receiver<ReadJob>) {
    for job in queue {
        match conn.begin(Mode::Read) {
            Ok(()) => {
                run_read(conn, job);
            }
            Err(failure) => {
                give(job, Err(failure.into()));
            }
        }
    }
}

/// How the transaction of a group ended.
enum End {
    Committed,
    Undone(Arc<str>),
    Unknown(Arc<str>),
}

struct Writer {
    conn: Conn,
    /// Why nothing can be acknowledged any more.
    broken: Option<Arc<str>>,
}

impl Writer {
    fn run(mut self, queue: &Receiver<Box<dyn WriteJob>>) {
        while let Ok(first) = queue.recv() {
            self.serve(iter::once(first).chain(queue.try_iter()).take(GROUP).collect());
        }
        if let Link::Sqlite(link) = self.conn.link()
            && let Err(failure) = link.checkpoint()
        {
            tracing::warn!(
                ?failure,
                "the log could not be copied into the database; it will be at the next start"
            );
        }
    }

    /// Runs a group of jobs and tells each what came of it.
    fn serve(&mut self, mut jobs: Vec<Box<dyn WriteJob>>) {
        let mut outcomes = Vec::with_capacity(jobs.len());
        let end = self.commit_together(&mut jobs, &mut outcomes);
        // The jobs that were not reached share the end of the group.
        outcomes.resize_with(jobs.len(), || Ok(()));
        for (job, outcome) in jobs.into_iter().zip(outcomes) {
            tell(job, outcome.and_then(|()| end.for_one()));
        }
    }

    fn commit_together(&mut self, jobs: &mut [Box<dyn WriteJob>], outcomes: &mut Vec<Result<()>>) -> End {
        if let Some(why) = &self.broken {
            return End::Undone(Arc::clone(why));
        }
        match self.transact(jobs, outcomes) {
            Ok(()) => End::Committed,
            Err(failure) => self.give_up(failure),
        }
    }

    fn transact(
        &mut self,
        jobs: &mut [Box<dyn WriteJob>],
        outcomes: &mut Vec<Result<()>>,
    ) -> Result<(), Failure> {
        self.conn.begin(Mode::Write)?;
        for job in jobs {
            outcomes.push(self.run_one(&mut **job)?);
        }
        self.conn.script("COMMIT")
    }

    /// The outer result is about the whole group, the inner one about the job.
    fn run_one(&mut self, job: &mut dyn WriteJob) -> Result<Result<()>, Failure> {
        self.conn.exec("SAVEPOINT job", &[])?;
        let outcome = match run_write(&mut self.conn, job) {
            Ran::Fine => Ok(()),
            Ran::Failed(error) | Ran::Panicked(error) => {
                self.conn.exec("ROLLBACK TO job", &[])?;
                Err(error)
            }
        };
        self.conn.exec("RELEASE job", &[])?;
        Ok(outcome)
    }

    /// Undoes the whole group. After a failed sync nothing is acknowledged any more: the system may have dropped
    /// what it could not write, and would not say so a second time.
    fn give_up(&mut self, failure: Failure) -> End {
        let is_broken = matches!(failure, Failure::Broken(_));
        let cause = failure.into_cause();
        let why: Arc<str> = cause.to_string().into();
        tracing::error!(cause = %why, "a group of changes could not be stored");
        let undone = match self.conn.link() {
            Link::Sqlite(link) if link.is_idle() => Ok(()),
            _ => self.conn.script("ROLLBACK"),
        };
        if is_broken || undone.is_err() {
            tracing::error!("storage refuses all changes from now on; restart when the disk is sound");
            self.broken = Some(Arc::clone(&why));
            return End::Unknown(why);
        }
        End::Undone(why)
    }
}

impl End {
    fn for_one(&self) -> Result<()> {
        match self {
            End::Committed => Ok(()),
            End::Undone(why) => Err(Error::storage(why.to_string())),
            End::Unknown(why) => Err(unknown_outcome(why.to_string())),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{SyncSender, sync_channel};
    use std::time::Duration;

    use sophon_model::ports::Tx;
    use sophon_model::{Tenant, TenantId, Timestamp};

    use super::*;

    /// Adds a tenant with a name of 100 kB.
    struct AddTenant(String, SyncSender<Result<()>>);

    impl WriteJob for AddTenant {
        fn run(&mut self, tx: &mut dyn Tx) -> Result<()> {
            tx.insert(&Tenant {
                id: TenantId::from(self.0.as_str()),
                slug: self.0.clone(),
                name: "x".repeat(100_000),
                created_at: Timestamp::default(),
            })
        }

        fn done(self: Box<Self>, outcome: Result<()>) {
            self.1.send(outcome).unwrap();
        }
    }

    struct Bench {
        writer: Writer,
        _folder: tempfile::TempDir,
    }

    impl Bench {
        fn new() -> Self {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("sophon.db");
            prepare_files(&path).unwrap();
            let link = SqliteLink::open(&path, Access::Write, Duration::from_secs(5)).unwrap();
            let conn = Conn::new(Link::Sqlite(link));
            migrate(&conn).unwrap();
            Bench { writer: Writer { conn, broken: None }, _folder: folder }
        }

        /// Adds tenants as one group; returns the codes they were answered with.
        fn add(&mut self, ids: &[&str]) -> Vec<&'static str> {
            let (answer, answers) = sync_channel(ids.len());
            let jobs = ids.iter().map(|id| Box::new(AddTenant((*id).to_owned(), answer.clone())) as _);
            self.writer.serve(jobs.collect());
            answers.try_iter().map(|outcome| outcome.map_or_else(|error| error.code(), |()| "ok")).collect()
        }

        fn has(&self, id: &str) -> bool {
            let found: Option<(String,)> =
                self.writer.conn.one("SELECT id FROM tenants WHERE id = $1", &[id.into()]).unwrap();
            found.is_some()
        }

        fn limit_pages(&self, pages: u32) {
            self.writer.conn.script(&format!("PRAGMA max_page_count = {pages}")).unwrap();
        }
    }

    #[test]
    fn a_full_disk_refuses_what_does_not_fit_and_takes_more_once_there_is_room() {
        let mut bench = Bench::new();
        bench.limit_pages(200);
        let ids: Vec<String> = (0..9).map(|n| format!("t{n}")).collect();
        let answers: Vec<&str> = ids.iter().map(|id| bench.add(&[id])[0]).collect();
        assert_eq!((answers[0], answers[8]), ("ok", "storage_unavailable"));
        assert_eq!(bench.add(&["x", "y"]), ["storage_unavailable"; 2]);
        bench.limit_pages(1_000_000);
        assert_eq!(bench.add(&["z"]), ["ok"]);
        for (id, answer) in ids.iter().zip(answers) {
            assert_eq!(bench.has(id), answer == "ok", "{id}");
        }
        assert_eq!(["x", "y", "z"].map(|id| bench.has(id)), [false, false, true]);
    }

    #[test]
    fn after_a_failed_sync_nothing_is_acknowledged_any_more() {
        let mut bench = Bench::new();
        assert_eq!(bench.add(&["a"]), ["ok"]);
        bench.writer.conn.begin(Mode::Write).unwrap();
        let end = bench.writer.give_up(Failure::Broken("a sync failed".into()));
        assert!(matches!(end, End::Unknown(_)));
        assert_eq!(bench.add(&["b", "c"]), ["storage_unavailable"; 2]);
        assert!(bench.has("a"), "what was there can still be read");
        assert!(!bench.has("b"));
    }
}
