//! The threads that run jobs.

mod copies;
mod job;
mod postgres;
mod sqlite;

pub(crate) use postgres::PostgresStore;
pub(crate) use sqlite::SqliteStore;
