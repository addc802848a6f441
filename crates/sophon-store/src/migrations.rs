//! The schema, step by step. A step that has been shipped is never edited; a change is a new step.

use sophon_model::Result;

use crate::engine::{Conn, Engine, Failure, Mode, cannot_open};

struct Migration {
    version: u32,
    sqlite: &'static str,
    postgres: &'static str,
}

/// The files in `migrations/`, in order: the build script lists them.
const MIGRATIONS: &[Migration] = include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

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

/// The version of a database that the next [`migrate`] would change; `None` for one that is new, or as it should be.
pub(crate) fn outdated(conn: &Conn) -> Result<Option<u32>> {
    conn.begin(Mode::Write)?;
    let version = version(conn);
    conn.script("ROLLBACK")?;
    let version = u32::try_from(version?).unwrap_or(u32::MAX);
    Ok(Some(version).filter(|version| (1..SCHEMA_VERSION).contains(version)))
}

/// Takes the next step; `false` if there is none.
fn next_step(conn: &Conn) -> Result<bool> {
    let version = version(conn)?;
    if version > i64::from(SCHEMA_VERSION) {
        let text = format!(
            "the database has schema version {version}, and this program knows only {SCHEMA_VERSION}: \
             it was made by a newer sophon. Start that version again. With SQLite you can also put back the copy that \
             was made before the migration (`.schema-{SCHEMA_VERSION}` or older, beside the database); what was stored \
             since then is lost"
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
