//! A database of a test's own.

use std::sync::atomic::{AtomicU32, Ordering};

use postgres::error::SqlState;
use postgres::{Client, NoTls};
use tempfile::TempDir;

/// The storage engines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// A file in a temporary folder.
    Sqlite,
    /// A schema on the server that `SOPHON_TEST_POSTGRES_URL` names.
    Postgres,
}

impl Engine {
    /// The engines that there are: PostgreSQL only where the environment names a server.
    pub fn available() -> Vec<Self> {
        let mut engines = vec![Self::Sqlite];
        if server_url().is_some() {
            engines.push(Self::Postgres);
        }
        engines
    }
}

#[expect(clippy::disallowed_methods, reason = "a test has no configuration but its environment")]
fn server_url() -> Option<String> {
    std::env::var("SOPHON_TEST_POSTGRES_URL").ok()
}

/// A database of a test's own, gone after it.
pub(crate) struct TestDatabase {
    url: String,
    place: Place,
}

enum Place {
    /// The file is gone with its folder.
    Folder {
        _folder: TempDir,
    },
    Schema(String),
}

impl TestDatabase {
    pub(crate) async fn new(engine: Engine) -> Self {
        match engine {
            Engine::Sqlite => {
                let folder = tempfile::tempdir().expect("there is room for a folder");
                let url = format!("sqlite:{}", folder.path().join("sophon.db").display());
                Self { url, place: Place::Folder { _folder: folder } }
            }
            Engine::Postgres => {
                static SCHEMAS: AtomicU32 = AtomicU32::new(0);
                let number = SCHEMAS.fetch_add(1, Ordering::Relaxed);
                let schema = format!("gateway_{}_{number}", std::process::id());
                let server = server_url().expect("SOPHON_TEST_POSTGRES_URL names a server");
                let url = format!("{server}?options=-c%20search_path%3D{schema}");
                let made = format!("CREATE SCHEMA {schema}");
                tokio::task::spawn_blocking(move || execute(&made)).await.expect("the schema is made");
                Self { url, place: Place::Schema(schema) }
            }
        }
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for TestDatabase {
    /// Blocks while the schema is removed.
    fn drop(&mut self) {
        if let Place::Schema(schema) = &self.place {
            let removed = format!("DROP SCHEMA {schema} CASCADE");
            let removing = std::thread::spawn(move || execute(&removed));
            removing.join().expect("the schema is removed");
        }
    }
}

/// How often a statement is sent that runs into a deadlock.
const MOST_ATTEMPTS: usize = 10;

fn execute(statement: &str) {
    let server = server_url().expect("SOPHON_TEST_POSTGRES_URL names a server");
    let mut client = Client::connect(&server, NoTls).expect("the server answers");
    for _ in 0..MOST_ATTEMPTS {
        match client.batch_execute(statement) {
            // A last read of the gateway that ends locks the tables in another order. It is over soon.
            Err(error) if error.code() == Some(&SqlState::T_R_DEADLOCK_DETECTED) => {}
            done => return done.expect("the server obeys"),
        }
    }
    panic!("the server found {MOST_ATTEMPTS} deadlocks: {statement}");
}
