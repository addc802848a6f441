//! Copies of a SQLite database from before a migration: `sophon.db.schema-13` beside `sophon.db`. Who wants to go back to
//! the older program puts one in the place of the database.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use sophon_model::Result;

use crate::engine::{Conn, Failure, Link, cannot_open};

/// Copies that are kept: those of the highest versions.
const KEPT: usize = 3;
/// Room that must be free, in sizes of the database: one for the copy, one for what the migration writes.
const ROOM: u64 = 2;

/// Copies the database, which has this version of the schema. Refuses if there is no room for a copy and the migration.
pub(super) fn keep(conn: &Conn, database: &Path, version: u32) -> Result<()> {
    let Link::Sqlite(link) = conn.link() else { return Ok(()) };
    let what = "the database must be migrated, and no copy of it can be kept";
    let size = cannot_open(what, link.size().map_err(Failure::into_cause))?;
    cannot_open(what, find_room(database, size))?;
    let copy = copy_path(database, version);
    let partial = copy.with_added_extension("partial");
    let copied = private(&partial)
        .map_err(|error| Failure::Unavailable(error.into()))
        .and_then(|()| link.copy_to(&partial));
    cannot_open(what, copied.map_err(Failure::into_cause))?;
    cannot_open(what, publish(&partial, &copy))?;
    tracing::info!(copy = %copy.display(), size, "the database was copied before its migration");
    remove_older(database, version);
    Ok(())
}

fn copy_path(database: &Path, version: u32) -> PathBuf {
    database.with_added_extension(format!("schema-{version}"))
}

fn folder(database: &Path) -> &Path {
    database.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn find_room(database: &Path, size: u64) -> io::Result<()> {
    let folder = folder(database);
    let room = rustix::fs::statvfs(folder)?;
    let (free, needed) = (room.f_bavail.saturating_mul(room.f_frsize), size.saturating_mul(ROOM));
    if free >= needed {
        return Ok(());
    }
    let mib = |bytes: u64| bytes.div_ceil(1024 * 1024);
    Err(io::Error::other(format!(
        "{} has {} MiB free, and {} MiB are needed. Make room there, and start again",
        folder.display(),
        free / (1024 * 1024),
        mib(needed)
    )))
}

/// An empty file for its owner alone. What an interrupted copy left is removed.
fn private(path: &Path) -> io::Result<()> {
    OpenOptions::new().create(true).truncate(true).write(true).mode(0o600).open(path).map(drop)
}

/// Gives a copy that is whole and on disk its name.
fn publish(partial: &Path, copy: &Path) -> io::Result<()> {
    File::open(partial)?.sync_all()?;
    fs::rename(partial, copy)?;
    File::open(folder(copy))?.sync_all()
}

/// Removes copies beyond [`KEPT`], never the one that was just made. One that cannot be removed does no harm.
fn remove_older(database: &Path, newest: u32) {
    let mut others = match versions(database) {
        Ok(versions) => versions,
        Err(error) => return tracing::warn!(%error, "older copies of the database were not looked for"),
    };
    others.retain(|version| *version != newest);
    others.sort_unstable_by(|a, b| b.cmp(a));
    for version in others.into_iter().skip(KEPT - 1) {
        let copy = copy_path(database, version);
        match fs::remove_file(&copy) {
            Ok(()) => tracing::info!(copy = %copy.display(), "an older copy of the database was removed"),
            Err(error) => {
                tracing::warn!(copy = %copy.display(), %error, "an older copy of the database was not removed");
            }
        }
    }
}

/// The versions that there are copies of.
fn versions(database: &Path) -> io::Result<Vec<u32>> {
    let name = database.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let mut versions = Vec::new();
    for entry in fs::read_dir(folder(database))? {
        let entry = entry?.file_name();
        let version = entry.to_str().and_then(|entry| entry.strip_prefix(&name)?.strip_prefix(".schema-"));
        versions.extend(version.and_then(|version| version.parse::<u32>().ok()));
    }
    Ok(versions)
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;
    use std::time::Duration;

    use super::*;
    use crate::engine::{Access, SqliteLink};

    fn database() -> (tempfile::TempDir, PathBuf, Conn) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sophon.db");
        File::create(&path).unwrap();
        let link = SqliteLink::open(&path, Access::Write, Duration::from_secs(5)).unwrap();
        let conn = Conn::new(Link::Sqlite(link));
        conn.script("CREATE TABLE t (n BIGINT); INSERT INTO t VALUES (7)").unwrap();
        (folder, path, conn)
    }

    #[test]
    fn a_copy_holds_what_was_committed_and_is_the_owners_alone() {
        let (_folder, path, conn) = database();
        keep(&conn, &path, 3).unwrap();
        conn.script("UPDATE t SET n = 8").unwrap();
        let copy = copy_path(&path, 3);
        assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
        let link = SqliteLink::open(&copy, Access::Read, Duration::from_secs(5)).unwrap();
        let found: Option<(i64,)> = Conn::new(Link::Sqlite(link)).one("SELECT n FROM t", &[]).unwrap();
        assert_eq!(found, Some((7,)));
    }

    #[test]
    fn the_copies_of_the_highest_versions_are_kept_and_the_newest_always() {
        let (folder, path, conn) = database();
        fs::write(folder.path().join("sophon.db.schema-old"), "mine").unwrap();
        for version in [5, 6, 7, 8, 2] {
            keep(&conn, &path, version).unwrap();
        }
        let mut kept = versions(&path).unwrap();
        kept.sort_unstable();
        assert_eq!(kept, [2, 7, 8]);
        assert!(folder.path().join("sophon.db.schema-old").exists(), "other files are left alone");
        assert!(!folder.path().join("sophon.db.schema-2.partial").exists());
    }

    #[test]
    fn without_room_nothing_is_copied() {
        let (folder, path, _conn) = database();
        let refused = find_room(&path, u64::MAX / ROOM).unwrap_err().to_string();
        assert!(
            refused.contains("Make room there") && refused.contains(&*folder.path().to_string_lossy()),
            "{refused}"
        );
    }
}
