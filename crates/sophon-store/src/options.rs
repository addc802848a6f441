//! Where the database is and how much it may use.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use postgres::Config;
use postgres::config::SslMode;
use sophon_model::{Error, Result};

/// Limits of a store.
#[derive(Clone, Debug)]
pub struct Options {
    /// Jobs that may wait; one more is refused at once with `storage_unavailable`. SQLite has one such queue for
    /// jobs that write and one for jobs that read.
    pub queue: usize,
    /// Threads that read, with SQLite; at least 1.
    pub readers: usize,
    /// Connections, with PostgreSQL; at least 1. Each has a thread.
    pub connections: usize,
    /// The longest that one statement may take; then it fails with `storage_unavailable`.
    pub statement_timeout: Duration,
}

impl Default for Options {
    /// 8,192 waiting jobs, 3 readers, 8 connections, 5 seconds a statement.
    fn default() -> Self {
        Options { queue: 8_192, readers: 3, connections: 8, statement_timeout: Duration::from_secs(5) }
    }
}

/// A database's address.
pub(crate) enum Address {
    /// A file.
    Sqlite(PathBuf),
    /// A server.
    Postgres(Box<Config>),
}

/// `sqlite:PATH` (also `sqlite://PATH`), or `postgres://…` as PostgreSQL's own tools take it. TLS to PostgreSQL is
/// not supported yet: an address that demands it is refused, rather than served in the clear.
impl FromStr for Address {
    type Err = Error;

    fn from_str(url: &str) -> Result<Self> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            let path = path.strip_prefix("//").unwrap_or(path);
            return match path {
                "" | ":memory:" => Err(Error::validation("url", "a sqlite: address names a file")),
                _ => Ok(Address::Sqlite(path.into())),
            };
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            // The parser's errors do not repeat the address, which may hold a password.
            let config = Config::from_str(url).map_err(|error| {
                Error::validation("url", format!("not a PostgreSQL address: {error}")).with_cause(error)
            })?;
            return match config.get_ssl_mode() {
                SslMode::Disable | SslMode::Prefer => Ok(Address::Postgres(Box::new(config))),
                _ => Err(Error::validation("url", "TLS to PostgreSQL is not supported yet")),
            };
        }
        Err(Error::validation("url", "a database address begins with sqlite: or postgres://"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(url: &str) -> Option<PathBuf> {
        match url.parse() {
            Ok(Address::Sqlite(path)) => Some(path),
            _ => None,
        }
    }

    #[test]
    fn a_sqlite_address_is_a_path() {
        assert_eq!(file("sqlite:/var/lib/sophon.db"), Some("/var/lib/sophon.db".into()));
        assert_eq!(file("sqlite:///var/lib/sophon.db"), Some("/var/lib/sophon.db".into()));
        assert_eq!(file("sqlite:data/sophon.db"), Some("data/sophon.db".into()));
        assert_eq!(file("sqlite:"), None);
        assert_eq!(file("sqlite::memory:"), None);
    }

    #[test]
    fn a_postgres_address_must_not_demand_tls() {
        assert!(matches!("postgres://u:p@localhost:5432/db".parse(), Ok(Address::Postgres(_))));
        assert!("postgres://u@localhost/db?sslmode=require".parse::<Address>().is_err());
    }

    #[test]
    fn no_error_repeats_the_password() {
        for url in [
            "postgres://u:hunter2@localhost:port/db",
            "postgres://u:hunter2@h/db?nonsense=1",
            "mysql://u:hunter2@h",
        ] {
            let Err(error) = url.parse::<Address>() else { panic!("{url} was accepted") };
            assert!(!format!("{error:?}").contains("hunter2"), "{error:?}");
        }
    }
}
