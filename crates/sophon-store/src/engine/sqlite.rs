//! The SQLite side of a connection.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::backup::Progress;
use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::hooks::Wal;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, ErrorCode, MAIN_DB, OpenFlags, Row, Statement, ffi};
use sophon_model::ports;
use sophon_model::ports::Value;

use super::Failure;
use super::conn::OnRow;
use super::row::RawRow;
use super::value::Bound;

/// Prepared statements kept a connection; the oldest make way.
const STATEMENTS: usize = 256;
/// Instructions of SQLite's machine between two looks at the clock: well below a millisecond.
const STEPS_BETWEEN_LOOKS: i32 = 10_000;
/// How long another process (a backup tool, for example) may hold the file before we give up.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// Page caches, in KiB (negative: SQLite's way to say that it is not in pages). What a reader misses is mostly in the
/// system's cache of the file, which all readers share.
const READ_CACHE_KIB: i64 = -1_024;
const WRITE_CACHE_KIB: i64 = -8_192;
/// The log file is cut back to this many bytes once it has been copied into the database.
const LOG_KEPT_BYTES: i64 = 64 << 20;

/// How the log is copied into the database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Copying {
    /// As far as readers let it, who are not waited for.
    Passive,
    /// All of it, so that the log begins anew. Readers are waited for.
    Restart,
    /// All of it, and the log is emptied, so that a copy of the one file is whole.
    Truncate,
}

/// What a connection may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// Read only.
    Read,
    /// Everything.
    Write,
}

/// An open SQLite file.
pub(crate) struct SqliteLink {
    connection: Connection,
    deadline: Deadline,
    /// Pages in the log after the last commit of this connection.
    log_pages: Arc<AtomicU32>,
}

impl SqliteLink {
    /// Opens the file, which must exist. A statement that takes longer than `timeout` is interrupted.
    pub(crate) fn open(path: &Path, access: Access, timeout: Duration) -> Result<Self, Failure> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags)?;
        connection.busy_timeout(BUSY_TIMEOUT)?;
        // Plans do not depend on the values of parameters. Otherwise most statements would be planned anew whenever they
        // are taken out of the cache, and a claim of jobs would cost five times as much.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        let cache = if access == Access::Read { READ_CACHE_KIB } else { WRITE_CACHE_KIB };
        connection.pragma_update(None, "cache_size", cache)?;
        connection.pragma_update(None, "journal_size_limit", LOG_KEPT_BYTES)?;
        connection.pragma_update(None, "query_only", access == Access::Read)?;
        if access == Access::Write {
            // The pages of a savepoint as they were would go through a temporary file otherwise, in each commit.
            connection.pragma_update(None, "temp_store", "MEMORY")?;
        }
        connection.set_prepared_statement_cache_capacity(STATEMENTS);
        replace_lower(&connection)?;
        let deadline = Deadline::new(timeout);
        let watch = deadline.clone();
        connection.progress_handler(STEPS_BETWEEN_LOOKS, Some(move || watch.is_over()))?;
        let log_pages = Arc::new(AtomicU32::new(0));
        let counted = log_pages.clone();
        // In place of SQLite's own copying of the log, which reports no failure.
        connection.wal_hook(Some(move |_: &mut Wal, pages| {
            counted.store(u32::try_from(pages).unwrap_or(0), Ordering::Relaxed);
            Ok(())
        }))?;
        Ok(SqliteLink { connection, deadline, log_pages })
    }

    /// Whether no transaction is open: SQLite ends one by itself after some errors.
    pub(crate) fn is_idle(&self) -> bool {
        self.connection.is_autocommit()
    }

    /// Pages in the log, copied or not. It begins anew with a commit after all of it was copied.
    pub(crate) fn log_pages(&self) -> u32 {
        self.log_pages.load(Ordering::Relaxed)
    }

    /// Copies the log into the database.
    pub(crate) fn copy_log(&self, copying: Copying) -> Result<(), Failure> {
        self.deadline.lift();
        let how = match copying {
            Copying::Passive => "PASSIVE",
            Copying::Restart => "RESTART",
            Copying::Truncate => "TRUNCATE",
        };
        Ok(self.connection.query_row(&format!("PRAGMA wal_checkpoint({how})"), [], |_| Ok(()))?)
    }

    /// The size of the database in bytes.
    pub(crate) fn size(&self) -> Result<u64, Failure> {
        let read = |pragma| self.connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
        Ok((read("page_count")?.unsigned_abs()).saturating_mul(read("page_size")?.unsigned_abs()))
    }

    /// Copies the database, page by page, over the file at `path`.
    pub(crate) fn copy_to(&self, path: &Path) -> Result<(), Failure> {
        self.deadline.lift();
        Ok(self.connection.backup(MAIN_DB, path, None::<fn(Progress)>)?)
    }

    /// See [`super::Conn::script`]. Not interrupted: a migration takes as long as it takes.
    pub(crate) fn script(&self, text: &str) -> Result<(), Failure> {
        self.deadline.lift();
        Ok(self.connection.execute_batch(text)?)
    }

    /// Runs one statement; returns how many rows it changed.
    pub(crate) fn run(&self, text: &str, args: &[Value<'_>], on_row: OnRow<'_>) -> Result<u64, Failure> {
        self.deadline.begin();
        let mut statement = self.connection.prepare_cached(text)?;
        bind(&mut statement, args)?;
        if statement.column_count() == 0 {
            return Ok(statement.raw_execute()? as u64);
        }
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            on_row(&SqliteRow(row))?;
        }
        Ok(self.connection.changes())
    }
}

/// Binds by name, because SQLite counts `$n` in order of appearance.
fn bind(statement: &mut Statement<'_>, args: &[Value<'_>]) -> Result<(), Failure> {
    for index in 1..=statement.parameter_count() {
        let name = statement.parameter_name(index).and_then(|name| name.strip_prefix('$'));
        let number = name.and_then(|digits| digits.parse::<usize>().ok());
        let value = number.and_then(|number| args.get(number.checked_sub(1)?)).copied();
        let value = value.ok_or_else(|| Failure::bug("a parameter without a value"))?;
        statement.raw_bind_parameter(index, Bound(value))?;
    }
    Ok(())
}

/// SQLite's own `lower` knows only ASCII.
fn replace_lower(connection: &Connection) -> rusqlite::Result<()> {
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("lower", 1, flags, |context| {
        let text: Option<String> = context.get(0)?;
        Ok(text.map(|text| text.to_lowercase()))
    })
}

/// A row of an answer.
struct SqliteRow<'r>(&'r Row<'r>);

impl ports::Row for SqliteRow<'_> {
    fn value(&self, n: usize) -> sophon_model::Result<Value<'_>> {
        Ok(plain(self.0.get_ref(n).map_err(Failure::from)?)?)
    }
}

impl RawRow for SqliteRow<'_> {
    fn columns(&self) -> Result<Vec<(&str, Value<'_>)>, Failure> {
        let statement = self.0.as_ref();
        let mut columns = Vec::with_capacity(statement.column_count());
        for (n, declared) in statement.columns().enumerate() {
            let value = match (plain(self.0.get_ref(n)?)?, declared.decl_type()) {
                (Value::Int(number), Some("BOOLEAN")) => Value::Bool(number != 0),
                (Value::Text(text), Some("JSON_TEXT")) => Value::Json(text),
                (value, _) => value,
            };
            columns.push((statement.column_name(n)?, value));
        }
        Ok(columns)
    }
}

fn plain(stored: ValueRef<'_>) -> Result<Value<'_>, Failure> {
    match stored {
        ValueRef::Null => Ok(Value::Null),
        ValueRef::Integer(number) => Ok(Value::Int(number)),
        ValueRef::Text(text) => Ok(Value::Text(utf8(text)?)),
        ValueRef::Real(_) | ValueRef::Blob(_) => Err(Failure::bug("a column of no known type")),
    }
}

fn utf8(text: &[u8]) -> Result<&str, Failure> {
    str::from_utf8(text).map_err(Failure::bug)
}

/// Until when the running statement may take.
#[derive(Clone)]
struct Deadline {
    epoch: Instant,
    timeout: Duration,
    /// Milliseconds after `epoch`.
    end: Arc<AtomicU64>,
}

impl Deadline {
    fn new(timeout: Duration) -> Self {
        Deadline { epoch: Instant::now(), timeout, end: Arc::new(AtomicU64::new(u64::MAX)) }
    }

    fn begin(&self) {
        let end = self.epoch.elapsed() + self.timeout;
        self.end.store(u64::try_from(end.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn lift(&self) {
        self.end.store(u64::MAX, Ordering::Relaxed);
    }

    fn is_over(&self) -> bool {
        self.epoch.elapsed().as_millis() > u128::from(self.end.load(Ordering::Relaxed))
    }
}

/// Whether the disk refuses, for a reason that does not go away by itself: not because it is full.
pub(crate) fn is_refused_by_disk(failure: &Failure) -> bool {
    use ErrorCode as C;
    let Failure::Unavailable(cause) = failure else { return false };
    let Some(rusqlite::Error::SqliteFailure(what, _)) = cause.downcast_ref() else { return false };
    matches!(what.code, C::SystemIoFailure | C::ReadOnly | C::CannotOpen | C::PermissionDenied)
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        use ErrorCode as C;
        let rusqlite::Error::SqliteFailure(what, _) = &error else { return Failure::bug(error) };
        match (what.code, what.extended_code) {
            (_, ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => {
                Failure::Unique(error.into())
            }
            (_, ffi::SQLITE_CONSTRAINT_FOREIGNKEY) => Failure::Reference(error.into()),
            // After a failed sync the kernel may forget what was not written: a later sync would lie.
            (_, ffi::SQLITE_IOERR_FSYNC | ffi::SQLITE_IOERR_DIR_FSYNC)
            | (C::DatabaseCorrupt | C::NotADatabase, _) => Failure::Broken(error.into()),
            (C::DiskFull, _) => Failure::Full(error.into()),
            (
                C::SystemIoFailure
                | C::DatabaseBusy
                | C::DatabaseLocked
                | C::CannotOpen
                | C::ReadOnly
                | C::PermissionDenied
                | C::OutOfMemory
                | C::OperationInterrupted,
                _,
            ) => Failure::Unavailable(error.into()),
            _ => Failure::bug(error),
        }
    }
}
