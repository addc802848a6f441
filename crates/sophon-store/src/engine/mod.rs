//! One way to talk to two engines: values in, typed rows out.
//!
//! SQL is written once, with parameters `$1..$n`; where the engines must differ, a statement is a pair. Ids and
//! other text are `TEXT`, times and numbers `BIGINT`, flags `BOOLEAN`. Nested values are JSON columns: `JSON_TEXT`
//! in SQLite (the declared type tells them from text), `JSON` in PostgreSQL (not `JSONB`, which rewrites numbers
//! and refuses some strings, so that hashes of what was stored would no longer fit).

mod conn;
mod failure;
mod postgres;
mod query;
mod row;
mod sqlite;
mod tls;
mod value;
mod verb;

pub(crate) use conn::{Conn, Link, Mode};
pub(crate) use failure::{Failure, cannot_open, json_text, unknown_outcome};
pub(crate) use postgres::PostgresLink;
pub(crate) use query::{Engine, Query, Sql};
pub(crate) use sqlite::{Access, Copying, SqliteLink, is_refused_by_disk};
pub(crate) use tls::{Tls, Wanted};
pub(crate) use verb::Verb;
