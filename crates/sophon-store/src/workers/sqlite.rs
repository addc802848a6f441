//! SQLite: one thread that writes, several that read.
//!
//! The writer takes all jobs that wait, up to [`GROUP`], into one transaction, with a savepoint for each: one sync
//! to disk answers all of them.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::iter;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, TrySendError, bounded};
use sophon_model::ports::{ReadJob, Store, WriteJob};
use sophon_model::{Error, Result};

use super::copies;
use super::job::{Ran, Threads, give, report, run_read, run_write};
use crate::Options;
use crate::engine::{
    Access, Conn, Copying, Failure, Link, Mode, SqliteLink, cannot_open, is_refused_by_disk, unknown_outcome,
};
use crate::migrations::{migrate, outdated};

/// The most jobs in one transaction.
const GROUP: usize = 256;
/// Pages of 4 KiB in the log from which on it is copied into the database after each transaction.
const COPIED_FROM: u32 = 1_000;
/// Pages in the log from which on copying it waits for readers: 64 MiB.
const LONGEST_LOG: u32 = 16 * 1_024;
/// How long the disk may refuse before the store gives up.
const REFUSED_FOR: Duration = Duration::from_secs(10);

/// A store in one SQLite file.
pub(crate) struct SqliteStore {
    /// `None` once it is closed.
    queues: Option<Queues>,
    threads: Threads,
    broken: Broken,
}

/// Why nothing can be stored any more; unset while all is well.
type Broken = Arc<OnceLock<Arc<str>>>;

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
        if let Some(version) = outdated(&conn)? {
            copies::keep(&conn, path, version)?;
        }
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
        let broken = Broken::default();
        let writer = Writer::new(conn, broken.clone());
        threads.start("sqlite-writer", move || {
            writer.run(&queued_writes);
            drop(lock);
        })?;
        Ok(SqliteStore { queues: Some(Queues { writes, reads }), threads, broken })
    }
}

impl Store for SqliteStore {
    fn write(&self, job: Box<dyn WriteJob>) {
        let Some(Queues { writes, .. }) = &self.queues else {
            return report(job, Err(Error::storage("closed")));
        };
        match writes.try_send(job) {
            Ok(()) => {}
            Err(TrySendError::Full(job)) => report(job, Err(Error::storage("too many jobs wait to write"))),
            Err(TrySendError::Disconnected(job)) => report(job, Err(Error::storage("the writer has ended"))),
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

    fn broken(&self) -> Option<Arc<str>> {
        self.broken.get().cloned()
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
    /// Once it is set nothing is acknowledged any more.
    broken: Broken,
    /// Since when the disk refuses everything.
    refused_since: Option<Instant>,
}

impl Writer {
    fn new(conn: Conn, broken: Broken) -> Self {
        Self { conn, broken, refused_since: None }
    }

    fn run(mut self, queue: &Receiver<Box<dyn WriteJob>>) {
        while let Ok(first) = queue.recv() {
            self.serve(iter::once(first).chain(queue.try_iter()).take(GROUP).collect());
            self.copy_log();
        }
        if let Link::Sqlite(link) = self.conn.link()
            && let Err(failure) = link.copy_log(Copying::Truncate)
        {
            tracing::warn!(
                ?failure,
                "the log could not be copied into the database; it will be at the next start"
            );
        }
    }

    /// Runs a group of jobs and reports to each what came of it.
    fn serve(&mut self, mut jobs: Vec<Box<dyn WriteJob>>) {
        let mut outcomes = Vec::with_capacity(jobs.len());
        let end = self.commit_together(&mut jobs, &mut outcomes);
        // The jobs that were not reached share the end of the group.
        outcomes.resize_with(jobs.len(), || Ok(()));
        for (job, outcome) in jobs.into_iter().zip(outcomes) {
            report(job, outcome.and_then(|()| end.for_one()));
        }
    }

    fn commit_together(&mut self, jobs: &mut [Box<dyn WriteJob>], outcomes: &mut Vec<Result<()>>) -> End {
        if let Some(why) = self.broken.get() {
            return End::Undone(Arc::clone(why));
        }
        match self.transact(jobs, outcomes) {
            Ok(()) => {
                self.refused_since = None;
                End::Committed
            }
            Err(failure) => self.roll_back(failure),
        }
    }

    /// Copies the log into the database once it is long, after the jobs have been answered.
    fn copy_log(&mut self) {
        let Link::Sqlite(link) = self.conn.link() else { return };
        let pages = link.log_pages();
        if pages < COPIED_FROM || self.broken.get().is_some() {
            return;
        }
        let copying = if pages < LONGEST_LOG { Copying::Passive } else { Copying::Restart };
        if let Err(failure) = link.copy_log(copying) {
            self.copying_failed(failure);
        }
    }

    fn copying_failed(&mut self, failure: Failure) {
        let is_over = self.is_over(&failure);
        let why: Arc<str> = failure.into_cause().to_string().into();
        tracing::error!(cause = %why, "the log could not be copied into the database");
        if is_over {
            self.break_down(why);
        }
    }

    /// Whether the disk can be trusted no longer, or has refused for too long.
    fn is_over(&mut self, failure: &Failure) -> bool {
        let refused_for = if is_refused_by_disk(failure) {
            self.refused_since.get_or_insert_with(Instant::now).elapsed()
        } else {
            Duration::ZERO
        };
        matches!(failure, Failure::Broken(_)) || refused_for > REFUSED_FOR
    }

    fn break_down(&self, why: Arc<str>) {
        tracing::error!("storage refuses all changes from now on; restart when the disk is sound");
        self.broken.get_or_init(|| why);
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
                self.conn.forget_audit_heads();
                Err(error)
            }
        };
        self.conn.exec("RELEASE job", &[])?;
        Ok(outcome)
    }

    /// Undoes the whole group. After a failed sync nothing is acknowledged any more: the system may have dropped
    /// what it could not write, and would not say so a second time.
    fn roll_back(&mut self, failure: Failure) -> End {
        self.conn.forget_audit_heads();
        let is_broken = self.is_over(&failure);
        let cause = failure.into_cause();
        let why: Arc<str> = cause.to_string().into();
        tracing::error!(cause = %why, "a group of changes could not be stored");
        let undone = match self.conn.link() {
            Link::Sqlite(link) if link.is_idle() => Ok(()),
            _ => self.conn.script("ROLLBACK"),
        };
        if is_broken || undone.is_err() {
            self.break_down(Arc::clone(&why));
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

    use sophon_model::ports::Tx;
    use sophon_model::{Tenant, TenantId, TenantStatus, Timestamp};

    use super::*;

    /// Adds a tenant with a name of 100 kB.
    struct AddTenant(String, SyncSender<Result<()>>);

    impl WriteJob for AddTenant {
        fn run(&mut self, tx: &mut dyn Tx) -> Result<()> {
            tx.insert(&Tenant {
                id: TenantId::from(self.0.as_str()),
                slug: self.0.clone(),
                name: "x".repeat(100_000),
                description: None,
                status: TenantStatus::Active,
                is_main: false,
                created_at: Timestamp::default(),
                updated_at: Timestamp::default(),
            })
        }

        fn done(self: Box<Self>, outcome: Result<()>) {
            self.1.send(outcome).unwrap();
        }
    }

    struct Bench {
        writer: Writer,
        path: PathBuf,
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
            Bench { writer: Writer::new(conn, Broken::default()), path, _folder: folder }
        }

        fn log_bytes(&self) -> u64 {
            std::fs::metadata(self.path.with_extension("db-wal")).unwrap().len()
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

        /// Leaves room for so many pages beside those that there are.
        fn leave_room(&self, pages: u64) {
            let used = self.writer.conn.count("SELECT page_count FROM pragma_page_count", &[]).unwrap();
            self.writer.conn.script(&format!("PRAGMA max_page_count = {}", used + pages)).unwrap();
        }
    }

    #[test]
    fn a_full_disk_refuses_what_does_not_fit_and_takes_more_once_there_is_room() {
        let mut bench = Bench::new();
        bench.leave_room(30);
        let ids: Vec<String> = (0..9).map(|n| format!("t{n}")).collect();
        let answers: Vec<&str> = ids.iter().map(|id| bench.add(&[id])[0]).collect();
        assert_eq!((answers[0], answers[8]), ("ok", "storage_unavailable"));
        assert_eq!(bench.add(&["x", "y"]), ["storage_unavailable"; 2]);
        bench.leave_room(1_000_000);
        assert_eq!(bench.add(&["z"]), ["ok"]);
        for (id, answer) in ids.iter().zip(answers) {
            assert_eq!(bench.has(id), answer == "ok", "{id}");
        }
        assert_eq!(["x", "y", "z"].map(|id| bench.has(id)), [false, false, true]);
    }

    #[test]
    fn the_log_is_copied_into_the_database_before_it_grows_long() {
        let mut bench = Bench::new();
        for number in 0..300 {
            assert_eq!(bench.add(&[&format!("t{number}")]), ["ok"]);
            bench.writer.copy_log();
        }
        // 30 MB went through it.
        assert!(bench.log_bytes() < 6 << 20, "{} bytes", bench.log_bytes());
        assert!(bench.writer.broken.get().is_none());
    }

    #[test]
    fn a_log_that_cannot_be_copied_ends_the_store_at_once_or_after_its_time() {
        let refusal = || {
            let code = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_READONLY);
            Failure::from(rusqlite::Error::SqliteFailure(code, None))
        };
        let mut bench = Bench::new();
        bench.writer.copying_failed(refusal());
        assert_eq!(bench.add(&["a"]), ["ok"], "it was a refusal for a moment");
        assert_eq!(bench.writer.refused_since, None);
        bench.writer.copying_failed(refusal());
        bench.writer.refused_since = Instant::now().checked_sub(REFUSED_FOR);
        bench.writer.copying_failed(refusal());
        assert_eq!(bench.add(&["b"]), ["storage_unavailable"]);

        let mut bench = Bench::new();
        bench.writer.copying_failed(Failure::Broken("a sync failed".into()));
        assert_eq!(bench.writer.broken.get().map(|why| &**why), Some("a sync failed"));
        assert_eq!(bench.add(&["c"]), ["storage_unavailable"]);
    }

    #[test]
    fn after_a_failed_sync_nothing_is_acknowledged_any_more() {
        let mut bench = Bench::new();
        assert_eq!(bench.add(&["a"]), ["ok"]);
        bench.writer.conn.begin(Mode::Write).unwrap();
        let end = bench.writer.roll_back(Failure::Broken("a sync failed".into()));
        assert!(matches!(end, End::Unknown(_)));
        assert_eq!(bench.add(&["b", "c"]), ["storage_unavailable"; 2]);
        assert!(bench.has("a"), "what was there can still be read");
        assert!(!bench.has("b"));
    }
}
