//! `[database]`: where everything is kept.

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Bounded;

/// The database.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Database {
    /// `sqlite:PATH` or `postgres://…`. TLS to PostgreSQL: `?sslmode=require`, or `?sslmode=verify-full` with
    /// `&sslrootcert=FILE` for certificates that do not go back to one of the system's.
    #[schemars(extend("x-default" = "a file in the data folder"))]
    pub url: Option<String>,
    /// Connections of this gateway to PostgreSQL.
    #[schemars(extend("x-unit" = "connections"))]
    pub connections: Bounded<1, 200>,
    /// How long PostgreSQL may take for one statement. What takes longer fails with `storage_unavailable`.
    #[schemars(extend("x-unit" = "seconds"))]
    pub statement_timeout_seconds: Bounded<1, 300>,
}

impl Default for Database {
    fn default() -> Self {
        Self { url: None, connections: Bounded::new(8), statement_timeout_seconds: Bounded::new(5) }
    }
}

impl Database {
    /// The limits of the store.
    pub(crate) fn options(&self) -> sophon_store::Options {
        sophon_store::Options {
            connections: self.connections.count(),
            statement_timeout: Duration::from_secs(self.statement_timeout_seconds.get()),
            ..sophon_store::Options::default()
        }
    }

    /// Whether several gateways can use it at once.
    pub(super) fn is_shared(&self) -> bool {
        self.url.as_ref().is_some_and(|url| !url.starts_with("sqlite:"))
    }
}
