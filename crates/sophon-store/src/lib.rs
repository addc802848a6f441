//! Storage: the `Store` port of the model on SQLite and on PostgreSQL, with one query code.
//!
//! [`open`] gives a store for an address. Jobs are closures that run on storage threads, inside a transaction; what
//! got `Ok` is committed and synced to disk. SQLite: one writer that commits jobs in groups, and some readers.
//! PostgreSQL: some connections, one transaction a job.
//!
//! Dropping the last handle closes a store: what waits is finished, the threads end, and SQLite's log is copied into
//! its file.
//!
//! Text with the character U+0000 is refused on both engines, because PostgreSQL cannot hold it.

mod engine;
mod migrations;
mod options;
mod rows;
mod words;
mod workers;

use std::sync::Arc;

use sophon_model::Result;
use sophon_model::ports::Store;

pub use migrations::SCHEMA_VERSION;
pub use options::Options;
pub use rows::PRUNED_AT_ONCE;

/// Opens the database at `url`: `sqlite:/path/to/file` or `postgres://user@host/database`, with
/// `sslmode` and `sslrootcert` as PostgreSQL's own tools take them. Makes a missing SQLite
/// file, and brings the schema to [`SCHEMA_VERSION`]. Blocks while it does so.
///
/// # Errors
///
/// `validation_failed` for an address that is none; `service_unavailable` if the database cannot be reached, another
/// gateway already uses the SQLite file, the database was made by a newer program, or a PostgreSQL server does not
/// make commits durable. The messages are for the operator.
pub fn open(url: &str, options: &Options) -> Result<Arc<dyn Store>> {
    match url.parse()? {
        options::Address::Sqlite(path) => Ok(Arc::new(workers::SqliteStore::open(&path, options)?)),
        options::Address::Postgres(server) => Ok(Arc::new(workers::PostgresStore::open(&server, options)?)),
    }
}
