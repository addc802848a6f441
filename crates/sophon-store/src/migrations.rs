//! The schema, step by step. A step that has been shipped is never edited; a change is a new step.

use sophon_model::Result;

use crate::engine::{Conn, Engine, Failure, Mode, cannot_open};

struct Migration {
    version: u32,
    sqlite: &'static str,
    postgres: &'static str,
}

const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        sqlite: include_str!("../migrations/sqlite/0001_core.sql"),
        postgres: include_str!("../migrations/postgres/0001_core.sql"),
    },
    Migration {
        version: 2,
        sqlite: include_str!("../migrations/sqlite/0002_people_nodes_discussions.sql"),
        postgres: include_str!("../migrations/postgres/0002_people_nodes_discussions.sql"),
    },
    Migration {
        version: 3,
        sqlite: include_str!("../migrations/sqlite/0003_retention.sql"),
        postgres: include_str!("../migrations/postgres/0003_retention.sql"),
    },
    Migration {
        version: 4,
        sqlite: include_str!("../migrations/sqlite/0004_jobs.sql"),
        postgres: include_str!("../migrations/postgres/0004_jobs.sql"),
    },
    Migration {
        version: 5,
        sqlite: include_str!("../migrations/sqlite/0005_jobs_again_at.sql"),
        postgres: include_str!("../migrations/postgres/0005_jobs_again_at.sql"),
    },
    Migration {
        version: 6,
        sqlite: include_str!("../migrations/sqlite/0006_secrets.sql"),
        postgres: include_str!("../migrations/postgres/0006_secrets.sql"),
    },
    Migration {
        version: 7,
        sqlite: include_str!("../migrations/sqlite/0007_attachments.sql"),
        postgres: include_str!("../migrations/postgres/0007_attachments.sql"),
    },
];

/// The version of the schema that this program works with: that of the newest migration.
pub const SCHEMA_VERSION: u32 = MIGRATIONS[MIGRATIONS.len() - 1].version;

/// Brings the database to [`SCHEMA_VERSION`]. Each step and its mark in the ledger are one transaction; several
/// gateways that start on one PostgreSQL database go through it one after the other. Refuses a database that a newer
/// program has made.
pub(crate) fn migrate(conn: &Conn) -> Result<()> {
    loop {
        conn.begin(Mode::Write)?;
        let step = next_step(conn);
        conn.script(if step.is_ok() { "COMMIT" } else { "ROLLBACK" })?;
        if !step? {
            return Ok(());
        }
    }
}

/// Takes the next step; `false` if there is none.
fn next_step(conn: &Conn) -> Result<bool> {
    let version = version(conn)?;
    if version > i64::from(SCHEMA_VERSION) {
        let text = format!(
            "the database has schema version {version}, and this program knows only {SCHEMA_VERSION}: \
             it was made by a newer sophon"
        );
        return cannot_open("cannot open the database", Err(text));
    }
    let Some(next) = MIGRATIONS.iter().find(|migration| i64::from(migration.version) > version) else {
        return Ok(false);
    };
    tracing::info!(version = next.version, "migrating the database");
    conn.script(match conn.engine() {
        Engine::Sqlite => next.sqlite,
        Engine::Postgres => next.postgres,
    })?;
    conn.exec("INSERT INTO schema_migrations (version) VALUES ($1)", &[i64::from(next.version).into()])?;
    Ok(true)
}

fn version(conn: &Conn) -> Result<i64, Failure> {
    conn.serialize_on("migrations")?;
    conn.script("CREATE TABLE IF NOT EXISTS schema_migrations (version BIGINT NOT NULL PRIMARY KEY)")?;
    let newest: Option<(i64,)> =
        conn.one("SELECT COALESCE(max(version), 0) AS version FROM schema_migrations", &[])?;
    Ok(newest.map_or(0, |(version,)| version))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_count_up_from_one() {
        let versions: Vec<u32> = MIGRATIONS.iter().map(|migration| migration.version).collect();
        assert_eq!(versions, (1..=SCHEMA_VERSION).collect::<Vec<_>>());
    }
}
