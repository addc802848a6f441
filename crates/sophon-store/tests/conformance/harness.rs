//! Databases for tests, and jobs as plain calls.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::Duration;

use libtest_mimic::Trial;
use postgres::{Client, NoTls};
use sophon_model::ports::{Store, Tx, WriteJob};
use sophon_model::{Error, Page, Paged, Result};
use sophon_store::Options;
use tempfile::TempDir;

/// How long a test waits for an answer before it fails.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// How many pages a test turns at most.
const MOST_PAGES: usize = 20;

/// Where SQLite's file is in the folder of a test.
const FILE: &str = "data/sophon.db";

/// The engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

/// A test, named as its function.
pub struct Rule {
    name: &'static str,
    only: Option<Engine>,
    is_ignored: bool,
    run: Arc<dyn Fn(&Place) + Send + Sync>,
}

/// A rule for both engines.
pub fn rule<F: Fn(&Place) + Send + Sync + 'static>(run: F) -> Rule {
    let path = std::any::type_name::<F>();
    let name = path.split_once("rules::").map_or(path, |(_, name)| name);
    Rule { name, only: None, is_ignored: false, run: Arc::new(run) }
}

impl Rule {
    /// The same for one engine.
    pub fn only(mut self, engine: Engine) -> Self {
        self.only = Some(engine);
        self
    }

    /// The same, but only if it is asked for with `--ignored`.
    pub fn ignored(mut self) -> Self {
        self.is_ignored = true;
        self
    }

    /// As a test on `engine`, if it is for that.
    pub fn trial(&self, engine: Engine) -> Option<Trial> {
        let run = Arc::clone(&self.run);
        let name = format!("{}::{}", if engine == Engine::Sqlite { "sqlite" } else { "postgres" }, self.name);
        let is_meant = self.only.is_none_or(|only| only == engine);
        is_meant.then(|| {
            Trial::test(name, move || {
                run(&Place::new(engine));
                Ok(())
            })
            .with_ignored_flag(self.is_ignored)
        })
    }
}

/// The server to test on.
#[expect(clippy::disallowed_methods, reason = "a test has no configuration but its environment")]
pub fn postgres_url() -> Option<String> {
    std::env::var("SOPHON_TEST_POSTGRES_URL").ok()
}

/// Prints a note for the person who runs the tests.
#[expect(clippy::print_stderr, reason = "the harness is a program of its own")]
pub fn say(text: &str) {
    eprintln!("{text}");
}

/// A database of a test's own, gone after it.
pub struct Place {
    pub engine: Engine,
    pub url: String,
    /// On PostgreSQL: the schema, and the name that connections to it go by.
    pub schema: Option<String>,
    folder: TempDir,
}

impl Place {
    fn new(engine: Engine) -> Self {
        static SCHEMAS: AtomicU32 = AtomicU32::new(0);
        let folder = tempfile::tempdir().unwrap();
        match engine {
            Engine::Sqlite => {
                let url = format!("sqlite:{}", folder.path().join(FILE).display());
                Place { engine, url, folder, schema: None }
            }
            Engine::Postgres => {
                let number = SCHEMAS.fetch_add(1, Ordering::Relaxed);
                let schema = format!("rule_{}_{number}", std::process::id());
                server().batch_execute(&format!("CREATE SCHEMA {schema}")).unwrap();
                let url = with_setting(&format!("search_path={schema}")) + "&application_name=" + &schema;
                Place { engine, url, folder, schema: Some(schema) }
            }
        }
    }

    /// A folder of the test's own.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The file, with SQLite.
    pub fn file(&self) -> PathBuf {
        self.folder.path().join(FILE)
    }

    /// Does something with another database on the same engine.
    pub fn in_a_place_of_its_own(&self, work: impl FnOnce(&Place)) {
        work(&Place::new(self.engine));
    }

    /// Makes a database as a program with this version of the schema left it, with `rows`.
    pub fn store_as(&self, version: u32, rows: &str) {
        let engine = if self.engine == Engine::Sqlite { "sqlite" } else { "postgres" };
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations").join(engine);
        let mut files: Vec<PathBuf> =
            std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
        files.sort();
        for file in &files[..version as usize] {
            let script = std::fs::read_to_string(file).unwrap();
            self.run(&script);
        }
        let marks = (1..=version).map(|n| format!("INSERT INTO schema_migrations (version) VALUES ({n});"));
        let ledger = "CREATE TABLE schema_migrations (version BIGINT NOT NULL PRIMARY KEY);".to_owned();
        let statements: Vec<String> = std::iter::once(ledger).chain(marks).collect();
        let script = statements.join("\n") + rows;
        self.run(&script);
    }

    /// Opens the database as it is.
    pub fn open(&self) -> Arc<dyn Store> {
        self.open_with(&Options::default())
    }

    /// Runs a script on the database, which no store has open.
    pub fn run(&self, script: &str) {
        match self.engine {
            Engine::Sqlite => {
                std::fs::create_dir_all(self.file().parent().unwrap()).unwrap();
                rusqlite::Connection::open(self.file()).unwrap().execute_batch(script).unwrap();
            }
            Engine::Postgres => Client::connect(&self.url, NoTls).unwrap().batch_execute(script).unwrap(),
        }
    }

    /// Whether the database, which no store has open, refuses a statement.
    pub fn refuses(&self, statement: &str) -> bool {
        match self.engine {
            Engine::Sqlite => {
                rusqlite::Connection::open(self.file()).unwrap().execute_batch(statement).is_err()
            }
            Engine::Postgres => Client::connect(&self.url, NoTls).unwrap().batch_execute(statement).is_err(),
        }
    }

    /// Opens it with other limits.
    pub fn open_with(&self, options: &Options) -> Arc<dyn Store> {
        sophon_store::open(&self.url, options).unwrap()
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(schema) = &self.schema {
            server().batch_execute(&format!("DROP SCHEMA {schema} CASCADE")).unwrap();
        }
    }
}

/// A plain connection to the server.
pub fn server() -> Client {
    Client::connect(&postgres_url().unwrap(), NoTls).unwrap()
}

/// The server's address with a setting for its connections.
pub fn with_setting(setting: &str) -> String {
    format!("{}?options=-c%20{}", postgres_url().unwrap(), setting.replace('=', "%3D"))
}

type Work<T> = Box<dyn FnMut(&mut dyn Tx) -> Result<T> + Send>;

struct Call<T> {
    work: Work<T>,
    value: Option<T>,
    answer: std::sync::mpsc::SyncSender<Result<T>>,
}

impl<T: Send> WriteJob for Call<T> {
    fn run(&mut self, tx: &mut dyn Tx) -> Result<()> {
        self.value = Some((self.work)(tx)?);
        Ok(())
    }

    fn done(self: Box<Self>, outcome: Result<()>) {
        let Call { value, answer, .. } = *self;
        // The caller may be gone.
        let _ = answer.try_send(outcome.map(|()| value.unwrap()));
    }
}

/// The answer to a job, when it comes.
pub struct Answer<T>(Receiver<Result<T>>);

impl<T> Answer<T> {
    /// Waits for it.
    pub fn get(self) -> Result<T> {
        self.0.recv_timeout(PATIENCE).expect("a job was never answered")
    }
}

/// Queues work that writes.
pub fn queue_write<T: Send + 'static>(
    store: &dyn Store,
    work: impl FnOnce(&mut dyn Tx) -> Result<T> + Send + 'static,
) -> Answer<T> {
    let mut work = Some(work);
    queue_repeatable(store, move |tx| work.take().expect("it has to make way, and is not to be repeated")(tx))
}

/// Queues work that may be repeated, as PostgreSQL has it with what has to make way for another transaction.
fn queue_repeatable<T: Send + 'static>(
    store: &dyn Store,
    work: impl FnMut(&mut dyn Tx) -> Result<T> + Send + 'static,
) -> Answer<T> {
    let (answer, wait) = sync_channel(1);
    store.write(Box::new(Call { work: Box::new(work), value: None, answer }));
    Answer(wait)
}

/// Writes what may be repeated, and waits until it is durable.
pub fn write_repeatable<T: Send + 'static>(
    store: &dyn Store,
    work: impl FnMut(&mut dyn Tx) -> Result<T> + Send + 'static,
) -> Result<T> {
    queue_repeatable(store, work).get()
}

/// Writes, and waits until it is durable.
pub fn write<T: Send + 'static>(
    store: &dyn Store,
    work: impl FnOnce(&mut dyn Tx) -> Result<T> + Send + 'static,
) -> Result<T> {
    queue_write(store, work).get()
}

/// Queues work that reads.
pub fn queue_read<T: Send + 'static>(
    store: &dyn Store,
    work: impl FnOnce(&dyn Tx) -> Result<T> + Send + 'static,
) -> Answer<T> {
    let (answer, wait) = sync_channel(1);
    store.read(Box::new(move |tx| {
        let _ = answer.try_send(tx.and_then(work));
    }));
    Answer(wait)
}

/// Reads.
pub fn read<T: Send + 'static>(
    store: &dyn Store,
    work: impl FnOnce(&dyn Tx) -> Result<T> + Send + 'static,
) -> T {
    queue_read(store, work).get().unwrap()
}

/// A list, read to its end in pages of two: what `name` calls its items, with a blank after each page.
pub fn in_pages<T: Send + 'static>(
    store: &dyn Store,
    list: impl Fn(&dyn Tx, &Page) -> Result<Paged<T>> + Copy + Send + 'static,
    name: impl Fn(&T) -> String,
) -> String {
    let mut seen = String::new();
    let mut after = None;
    for _ in 0..MOST_PAGES {
        let page = Page::new(Some(2), after);
        let paged = read(store, move |tx| list(tx, &page));
        seen.extend(paged.items.iter().map(&name));
        after = paged.next;
        if after.is_none() {
            return seen;
        }
        seen.push(' ');
    }
    panic!("a list has no end: {seen}");
}

/// What each of some threads comes to that all begin at a time.
pub fn at_once<T: Send>(threads: usize, run: impl Fn() -> T + Sync) -> Vec<T> {
    let start = Barrier::new(threads);
    let begin = || {
        start.wait();
        run()
    };
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(begin)).collect();
        running.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// The code of the error that a call must end with.
pub fn code<T>(outcome: Result<T>) -> &'static str {
    outcome.err().map_or("no error", |error: Error| error.code())
}
