//! PostgreSQL: some threads, each with a connection, that share one queue. One transaction a job.

use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};
use postgres::Config;
use sophon_model::ports::{ReadJob, Store, WriteJob};
use sophon_model::{Error, Result};

use super::job::{Ran, Threads, give, report, run_read, run_write};
use crate::Options;
use crate::engine::{Conn, Failure, Link, Mode, PostgresLink, Tls, cannot_open, unknown_outcome};
use crate::migrations::{migrate, outdated};
use crate::options::Server;

/// How long a connection may take to come about.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long a server may leave what was sent to it unacknowledged before the connection is given up.
const SILENCE_TIMEOUT: Duration = Duration::from_secs(15);
/// After a failed attempt to connect, how long jobs are refused before the next: doubled each time, up to the most.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// See [`FIRST_PAUSE`].
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// How often a job is run whose transaction the server undid each time for the sake of another. Each takes at least the
/// server's `deadlock_timeout`, usually a second.
const MOST_RUNS: u32 = 5;

/// A store on a PostgreSQL server.
pub(crate) struct PostgresStore {
    /// `None` once it is closed.
    queue: Option<Sender<Job>>,
    threads: Threads,
}

enum Job {
    Write(Box<dyn WriteJob>),
    Read(ReadJob),
}

impl Job {
    fn mode(&self) -> Mode {
        match self {
            Job::Write(_) => Mode::Write,
            Job::Read(_) => Mode::Read,
        }
    }

    fn refuse(self, error: Error) {
        match self {
            Job::Write(job) => report(job, Err(error)),
            Job::Read(job) => {
                give(job, Err(error));
            }
        }
    }
}

impl PostgresStore {
    /// Connects, checks the server, brings the schema up to date and starts the threads.
    pub(crate) fn open(server: &Server, options: &Options) -> Result<Self> {
        let Server { mut config, tls } = server.clone();
        let tls = tls.prepare()?;
        config.connect_timeout(CONNECT_TIMEOUT).tcp_user_timeout(SILENCE_TIMEOUT);
        if config.get_application_name().is_none() {
            config.application_name("sophon");
        }
        prepare(config.clone(), tls.clone())?;
        let (queue, queued) = bounded(options.queue);
        let mut threads = Threads::default();
        for n in 0..options.connections.max(1) {
            let worker = Worker {
                config: config.clone(),
                tls: tls.clone(),
                timeout: options.statement_timeout,
                conn: None,
                pause: None,
            };
            let queued = queued.clone();
            threads.start(&format!("postgres-{n}"), move || worker.run(&queued))?;
        }
        Ok(PostgresStore { queue: Some(queue), threads })
    }

    fn submit(&self, job: Job) {
        let Some(queue) = &self.queue else { return job.refuse(Error::storage("closed")) };
        if let Err(refused) = queue.try_send(job) {
            refused.into_inner().refuse(Error::storage("too many jobs wait"));
        }
    }
}

impl Store for PostgresStore {
    fn write(&self, job: Box<dyn WriteJob>) {
        self.submit(Job::Write(job));
    }

    fn read(&self, job: ReadJob) {
        self.submit(Job::Read(job));
    }

    fn is_exclusive(&self) -> bool {
        false
    }

    /// A server that is lost is connected to again.
    fn broken(&self) -> Option<Arc<str>> {
        None
    }
}

impl Drop for PostgresStore {
    fn drop(&mut self) {
        self.queue = None;
        self.threads.join();
    }
}

/// On a thread of its own, because the client cannot be used on a thread of an asynchronous runtime.
fn prepare(config: Config, tls: Tls) -> Result<()> {
    let preparing = thread::Builder::new().name("postgres-prepare".into()).spawn(move || {
        // No limit for statements: a migration takes as long as it takes.
        let link = PostgresLink::connect(&config, &tls, Duration::ZERO).map_err(Failure::into_cause);
        let link = cannot_open("cannot connect to PostgreSQL", link)?;
        check(&link)?;
        let conn = Conn::new(Link::Postgres(Box::new(link)));
        if let Some(version) = outdated(&conn)? {
            tracing::warn!(
                version,
                "the database is migrated now, and an older program cannot open it any more. Back up a PostgreSQL \
                 database (pg_dump) before each update: no copy is made here"
            );
        }
        migrate(&conn)
    });
    let prepared = preparing.map_err(Error::storage)?.join();
    prepared.unwrap_or_else(|_| Err(Error::internal("the thread that prepares PostgreSQL panicked")))
}

/// Refuses a server whose commits may be lost, or that cannot hold every text.
fn check(link: &PostgresLink) -> Result<()> {
    let refused = [
        ("fsync", "off", "a crash of its machine would lose or damage what was acknowledged"),
        ("synchronous_commit", "off", "a crash would lose what was acknowledged"),
        ("server_encoding", "SQL_ASCII", "text needs a database with the encoding UTF8"),
    ];
    for (setting, value, why) in refused {
        let found = cannot_open("cannot read a setting", link.setting(setting).map_err(Failure::into_cause))?;
        if found == value {
            let cause = format!("PostgreSQL has {setting}={value}: {why}");
            return cannot_open("this server is not fit for Sophon", Err(cause));
        }
    }
    Ok(())
}

/// When the server may be tried again.
#[derive(Clone, Copy)]
struct Pause {
    until: Instant,
    length: Duration,
}

struct Worker {
    config: Config,
    tls: Tls,
    timeout: Duration,
    conn: Option<Conn>,
    pause: Option<Pause>,
}

impl Worker {
    fn run(mut self, queue: &Receiver<Job>) {
        for job in queue {
            match self.begin(job.mode()) {
                Ok(conn) => self.conn = perform(conn, job),
                Err(failure) => job.refuse(failure.into()),
            }
        }
    }

    /// A connection in a new transaction. One that turns out to be dead is replaced: nothing has been run on it yet.
    fn begin(&mut self, mode: Mode) -> Result<Conn, Failure> {
        if let Some(conn) = self.conn.take()
            && conn.begin(mode).is_ok()
        {
            return Ok(conn);
        }
        let conn = self.connect()?;
        conn.begin(mode)?;
        Ok(conn)
    }

    fn connect(&mut self) -> Result<Conn, Failure> {
        if self.pause.is_some_and(|pause| Instant::now() < pause.until) {
            return Err(Failure::Unavailable("PostgreSQL could not be reached a moment ago".into()));
        }
        match PostgresLink::connect(&self.config, &self.tls, self.timeout) {
            Ok(link) => {
                self.pause = None;
                Ok(Conn::new(Link::Postgres(Box::new(link))))
            }
            Err(failure) => {
                let length = self.pause.map_or(FIRST_PAUSE, |pause| (pause.length * 2).min(LONGEST_PAUSE));
                self.pause = Some(Pause { until: Instant::now() + length, length });
                tracing::warn!(?failure, "cannot connect to PostgreSQL");
                Err(Failure::Unavailable(failure.into_cause()))
            }
        }
    }
}

/// Runs a job in the open transaction; returns the connection if it is still good.
fn perform(conn: Conn, job: Job) -> Option<Conn> {
    match job {
        Job::Write(job) => write(conn, job),
        Job::Read(job) => run_read(&conn, job).then_some(conn),
    }
}

fn write(mut conn: Conn, mut job: Box<dyn WriteJob>) -> Option<Conn> {
    let mut runs = 1;
    let (outcome, is_good) = loop {
        let (outcome, is_good) = write_once(&mut conn, &mut *job);
        let is_to_run_again = outcome.is_err() && conn.take_gave_way() && is_good && runs < MOST_RUNS;
        if !is_to_run_again {
            break (outcome, is_good);
        }
        runs += 1;
        if let Err(failure) = conn.begin(Mode::Write) {
            break (Err(failure.into()), false);
        }
    };
    report(job, outcome);
    is_good.then_some(conn)
}

/// Runs a job in the open transaction and ends that; says whether the connection is still good.
fn write_once(conn: &mut Conn, job: &mut dyn WriteJob) -> (Result<()>, bool) {
    conn.take_gave_way();
    match run_write(conn, job) {
        Ran::Fine => match conn.script("COMMIT") {
            Ok(()) => (Ok(()), true),
            Err(Failure::Unavailable(cause)) => (Err(unknown_outcome(cause)), false),
            Err(failure) => (Err(failure.into()), false),
        },
        Ran::Failed(error) => {
            forget_statements(conn);
            (Err(error), conn.script("ROLLBACK").is_ok())
        }
        Ran::Panicked(error) => (Err(error), false),
    }
}

/// A prepared statement can fail because another gateway has changed the tables since.
fn forget_statements(conn: &Conn) {
    if conn.take_failed()
        && let Link::Postgres(link) = conn.link()
    {
        link.forget_statements();
    }
}
