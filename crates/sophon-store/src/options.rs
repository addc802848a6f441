//! Where the database is and how much it may use.

use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use postgres::Config;
use postgres::config::SslMode;
use sophon_model::{Error, Result};

use crate::engine::Wanted;

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
    Postgres(Box<Server>),
}

/// A PostgreSQL server, and how connections to it are protected.
#[derive(Clone)]
pub(crate) struct Server {
    /// Where it is.
    pub(crate) config: Config,
    /// By TLS or not.
    pub(crate) tls: Wanted,
}

/// `sqlite:PATH` (also `sqlite://PATH`), or `postgres://…` as PostgreSQL's own tools take it.
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
            return Ok(Address::Postgres(Box::new(Server::at(url)?)));
        }
        Err(Error::validation("url", "a database address begins with sqlite: or postgres://"))
    }
}

impl Server {
    /// The parser of addresses knows no more of TLS than whether it must be.
    fn at(url: &str) -> Result<Self> {
        let (address, query) = url.split_once('?').unwrap_or((url, ""));
        let (mut mode, mut root, mut others) = (None, None, Vec::new());
        for parameter in query.split('&').filter(|parameter| !parameter.is_empty()) {
            match form_urlencoded::parse(parameter.as_bytes()).next() {
                Some((name, value)) if name == "sslmode" => mode = Some(value.into_owned()),
                Some((name, value)) if name == "sslrootcert" => {
                    root = Some(PathBuf::from(value.into_owned()));
                }
                _ => others.push(parameter),
            }
        }
        let tls = Wanted::of(mode.as_deref(), root)?;
        // The parser's errors do not repeat the address, which may hold a password.
        let mut config = Config::from_str(&format!("{address}?{}", others.join("&"))).map_err(|error| {
            Error::validation("url", format!("not a PostgreSQL address: {error}")).with_cause(error)
        })?;
        config.ssl_mode(if tls == Wanted::Nothing { SslMode::Disable } else { SslMode::Require });
        Ok(Self { config, tls })
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

    fn tls(url: &str) -> std::result::Result<Wanted, String> {
        match url.parse() {
            Ok(Address::Postgres(server)) => Ok(server.tls),
            Ok(Address::Sqlite(_)) => Err("a file".into()),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn a_postgres_address_says_how_connections_are_protected() {
        let at = |query: &str| tls(&format!("postgres://u:p@localhost:5432/db{query}"));
        assert_eq!(at(""), Ok(Wanted::Nothing));
        assert_eq!(at("?sslmode=prefer&connect_timeout=3"), Ok(Wanted::Nothing));
        assert_eq!(at("?connect_timeout=3&sslmode=require"), Ok(Wanted::AnyServer));
        assert_eq!(at("?sslmode=verify-full"), Ok(Wanted::NamedServer(None)));
        let file = Wanted::NamedServer(Some("/etc/ca files/root.pem".into()));
        assert_eq!(at("?sslrootcert=/etc/ca%20files/root.pem&sslmode=verify-full"), Ok(file));
        for wrong in
            ["?sslmode=allow", "?sslmode=verify-ca", "?sslrootcert=/a", "?sslmode=require&sslrootcert=/a"]
        {
            assert!(at(wrong).is_err(), "{wrong}");
        }
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
