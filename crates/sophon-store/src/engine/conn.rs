//! A connection in a transaction: what all verbs are written against.

use std::cell::Cell;

use serde::Serialize;
use serde::de::DeserializeOwned;
use sophon_model::{Error, Result};

use super::record::Record;
use super::row::Row;
use super::{Engine, Failure, PostgresLink, Query, Sql, SqliteLink, Table, Value};

/// Takes the rows of a statement, one by one.
pub(crate) type OnRow<'a> = &'a mut dyn FnMut(Row<'_>) -> Result<(), Failure>;

/// The connection of one engine.
pub(crate) enum Link {
    /// SQLite.
    Sqlite(SqliteLink),
    /// PostgreSQL.
    Postgres(Box<PostgresLink>),
}

/// What a transaction is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// Reading one consistent state.
    Read,
    /// Reading and writing.
    Write,
}

/// A connection. The verbs of the store are implemented on it, one file of `rows` a subject.
pub(crate) struct Conn {
    link: Link,
    mode: Cell<Mode>,
    failed: Cell<bool>,
    next_event: Cell<Option<u64>>,
}

impl Conn {
    /// Over an open link.
    pub(crate) fn new(link: Link) -> Self {
        Conn { link, mode: Cell::new(Mode::Read), failed: Cell::new(false), next_event: Cell::new(None) }
    }

    /// The link itself.
    pub(crate) fn link(&self) -> &Link {
        &self.link
    }

    /// Which engine it is.
    pub(crate) fn engine(&self) -> Engine {
        match self.link {
            Link::Sqlite(_) => Engine::Sqlite,
            Link::Postgres(_) => Engine::Postgres,
        }
    }

    /// The number of the next event, if it was set on this connection. It is not undone with a transaction, so that none is
    /// given twice.
    pub(crate) fn known_next_event(&self) -> Option<u64> {
        self.next_event.get()
    }

    /// See [`known_next_event`](Self::known_next_event).
    pub(crate) fn set_next_event(&self, number: u64) {
        self.next_event.set(Some(number));
    }

    /// Whether a statement has failed since this was last asked.
    pub(crate) fn take_failed(&self) -> bool {
        self.failed.take()
    }

    /// Runs statements without parameters and rows: control of transactions, scripts of migrations.
    pub(crate) fn script(&self, text: &str) -> Result<(), Failure> {
        match &self.link {
            Link::Sqlite(link) => link.script(text),
            Link::Postgres(link) => link.script(text),
        }
    }

    /// Begins a transaction.
    pub(crate) fn begin(&self, mode: Mode) -> Result<(), Failure> {
        self.mode.set(mode);
        self.script(match (self.engine(), mode) {
            (Engine::Sqlite, Mode::Read) => "BEGIN",
            (Engine::Sqlite, Mode::Write) => "BEGIN IMMEDIATE",
            (Engine::Postgres, Mode::Read) => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
            (Engine::Postgres, Mode::Write) => "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE",
        })
    }

    /// Makes way for one transaction after the other among those that name the same thing, until the end of the
    /// transaction. SQLite has one writer anyway.
    pub(crate) fn serialize_on(&self, name: &str) -> Result<(), Failure> {
        if self.engine() == Engine::Postgres {
            let lock =
                "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || ' ' || $1, 0))::text";
            self.run(lock, &[name.into()], &mut |_| Ok(()))?;
        }
        Ok(())
    }

    /// Ends a SELECT of rows that are read to be changed: in a job that writes, nobody else changes them until it has
    /// ended. SQLite has one writer anyway.
    pub(crate) fn held(&self) -> &'static str {
        match (self.engine(), self.mode.get()) {
            // Rows that refer to these can still be added meanwhile.
            (Engine::Postgres, Mode::Write) => "FOR NO KEY UPDATE",
            _ => "",
        }
    }

    fn run(&self, text: &str, args: &[Value<'_>], on_row: OnRow<'_>) -> Result<u64, Failure> {
        let nul = args.iter().any(|arg| matches!(arg, Value::Text(text) if text.contains('\0')));
        let outcome = match &self.link {
            _ if nul => Err(Failure::NulCharacter),
            Link::Sqlite(link) => link.run(text, args, on_row),
            Link::Postgres(link) => link.run(text, args, on_row),
        };
        self.failed.set(self.failed.get() || outcome.is_err());
        outcome
    }

    /// Runs a statement; returns how many rows it changed.
    pub(crate) fn exec<'s>(&self, sql: impl Into<Sql<'s>>, args: &[Value<'_>]) -> Result<u64, Failure> {
        self.run(sql.into().of(self.engine()), args, &mut |_| Ok(()))
    }

    /// All rows of a statement.
    pub(crate) fn all<'s, T: DeserializeOwned>(
        &self,
        sql: impl Into<Sql<'s>>,
        args: &[Value<'_>],
    ) -> Result<Vec<T>, Failure> {
        let mut rows = Vec::new();
        self.run(sql.into().of(self.engine()), args, &mut |row| {
            rows.push(row.decode()?);
            Ok(())
        })?;
        Ok(rows)
    }

    /// The first row of a statement.
    pub(crate) fn one<'s, T: DeserializeOwned>(
        &self,
        sql: impl Into<Sql<'s>>,
        args: &[Value<'_>],
    ) -> Result<Option<T>, Failure> {
        Ok(self.all(sql, args)?.into_iter().next())
    }

    /// The number that a statement comes to.
    pub(crate) fn count(&self, sql: &str, args: &[Value<'_>]) -> Result<u64, Failure> {
        let counted: Option<(u64,)> = self.one(sql, args)?;
        counted.map(|(count,)| count).ok_or_else(|| Failure::bug("a count returned nothing"))
    }

    /// All rows of a statement that was put together.
    pub(crate) fn select<T: DeserializeOwned>(&self, query: &Query<'_>) -> Result<Vec<T>, Failure> {
        self.all(query.text(), query.args())
    }

    /// Adds a row. Where callers choose keys, one that is taken is a conflict, and the transaction can go on.
    pub(crate) fn insert(&self, table: Table, entity: &impl Serialize) -> Result<()> {
        let record = Record::new(table, entity)?;
        let otherwise = if table.taken.is_some() { "ON CONFLICT DO NOTHING" } else { "" };
        let text = format!("{} {otherwise}", insert_into(table, &record));
        match (self.exec(text.as_str(), &record.values())?, table.taken) {
            (0, Some(message)) => Err(Error::conflict(message)),
            _ => Ok(()),
        }
    }

    /// Adds a row and returns a number that the database gave it.
    pub(crate) fn insert_numbered(
        &self,
        table: Table,
        entity: &impl Serialize,
        column: &'static str,
    ) -> Result<i64, Failure> {
        let record = Record::new(table, entity)?;
        let text = format!("{} RETURNING {column}", insert_into(table, &record));
        let row: Option<(i64,)> = self.one(text.as_str(), &record.values())?;
        row.map(|(number,)| number).ok_or_else(|| Failure::bug("an insert returned nothing"))
    }

    /// Adds a row, or overwrites the one that has the entity's values in the columns `key`, which are its key.
    pub(crate) fn put(&self, table: Table, entity: &impl Serialize, key: &[&str]) -> Result<(), Failure> {
        let record = Record::new(table, entity)?;
        let (insert, assignments) = (insert_into(table, &record), record.assignments(key, |_, _| None));
        let text = format!("{insert} ON CONFLICT ({}) DO UPDATE SET {assignments}", key.join(", "));
        self.exec(text.as_str(), &record.values())?;
        Ok(())
    }

    /// Overwrites a row, which must be there.
    pub(crate) fn update(&self, table: Table, entity: &impl Serialize) -> Result<()> {
        match self.update_if(table, entity, &["id"], "", |_, _| None) {
            Ok(true) => Ok(()),
            Ok(false) => Err(Error::not_found(table.one)),
            Err(failure) => Err(failure.or_conflict(table.taken)),
        }
    }

    /// Overwrites the row that has the entity's values in the columns `key`, if `condition` holds (text that begins
    /// with `AND`); `keep` as in [`Record::assignments`]. Returns whether it did.
    pub(crate) fn update_if(
        &self,
        table: Table,
        entity: &impl Serialize,
        key: &[&str],
        condition: &str,
        keep: impl Fn(&str, &str) -> Option<String>,
    ) -> Result<bool, Failure> {
        let record = Record::new(table, entity)?;
        let (assignments, row) = (record.assignments(key, keep), record.equalities(key));
        let text = format!("UPDATE {} SET {assignments} WHERE {row} {condition}", table.name);
        Ok(self.exec(text.as_str(), &record.values())? > 0)
    }
}

fn insert_into(table: Table, record: &Record) -> String {
    format!("INSERT INTO {} ({}) VALUES ({})", table.name, record.columns(), record.parameters())
}
