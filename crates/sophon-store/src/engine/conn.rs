//! A connection in a transaction: what all verbs are written against.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;

use serde::de::DeserializeOwned;
use sophon_model::TenantId;
use sophon_model::ports::{ChainHead, Shape, Value};

use super::row::{RawRow, Row};
use super::{Engine, Failure, PostgresLink, Query, Sql, SqliteLink, Verb};

/// Chains whose ends are kept in mind; with more all are read again.
const MOST_AUDIT_HEADS: usize = 1_000;

/// Takes the rows of a statement, one by one.
pub(crate) type OnRow<'a> = &'a mut dyn FnMut(&dyn RawRow) -> Result<(), Failure>;

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
    gave_way: Cell<bool>,
    next_event: Cell<Option<u64>>,
    /// The ends of chains of the audit log that this connection has read or written, with SQLite.
    audit_heads: RefCell<HashMap<TenantId, ChainHead>>,
    /// The texts of the typed verbs, by table and verb: each is made once.
    texts: RefCell<HashMap<(&'static str, Verb), Arc<str>>>,
}

impl Conn {
    /// Over an open link.
    pub(crate) fn new(link: Link) -> Self {
        Conn {
            link,
            mode: Cell::new(Mode::Read),
            failed: Cell::new(false),
            gave_way: Cell::new(false),
            next_event: Cell::new(None),
            audit_heads: RefCell::default(),
            texts: RefCell::default(),
        }
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

    /// The number of the next event, if it was set on this connection. It is not undone with a transaction, so that
    /// none is given twice.
    pub(crate) fn known_next_event(&self) -> Option<u64> {
        self.next_event.get()
    }

    /// See [`known_next_event`](Self::known_next_event).
    pub(crate) fn set_next_event(&self, number: u64) {
        self.next_event.set(Some(number));
    }

    /// The end of a chain, if this connection knows it for sure: with SQLite there is one writer.
    pub(crate) fn known_audit_head(&self, tenant: &TenantId) -> Option<ChainHead> {
        self.audit_heads.borrow().get(tenant).cloned()
    }

    /// See [`known_audit_head`](Self::known_audit_head).
    pub(crate) fn set_audit_head(&self, tenant: &TenantId, head: ChainHead) {
        if self.engine() == Engine::Postgres || !self.writes() {
            return;
        }
        let mut heads = self.audit_heads.borrow_mut();
        if heads.len() >= MOST_AUDIT_HEADS {
            heads.clear();
        }
        heads.insert(tenant.clone(), head);
    }

    /// Reads the ends of chains again: what was written is undone.
    pub(crate) fn forget_audit_heads(&self) {
        self.audit_heads.borrow_mut().clear();
    }

    /// Whether a statement has failed since this was last asked.
    pub(crate) fn take_failed(&self) -> bool {
        self.failed.take()
    }

    /// Whether a statement has failed, since this was last asked, because the engine undid the transaction for the sake of
    /// another.
    pub(crate) fn take_gave_way(&self) -> bool {
        self.gave_way.take()
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

    /// Whether the transaction is for writing.
    pub(crate) fn writes(&self) -> bool {
        self.mode.get() == Mode::Write
    }

    /// Whether rows can be locked, and have to be: see [`Conn::for_update`].
    pub(crate) fn locks_rows(&self) -> bool {
        self.engine() == Engine::Postgres && self.mode.get() == Mode::Write
    }

    /// Ends a SELECT of rows that are read to be changed: in a job that writes, nobody else changes them until it has
    /// ended. SQLite has one writer anyway.
    pub(crate) fn for_update(&self) -> &'static str {
        if self.locks_rows() { super::verb::FOR_UPDATE } else { "" }
    }

    /// The text of a typed verb.
    pub(crate) fn text(&self, shape: Shape, verb: Verb) -> Arc<str> {
        let mut texts = self.texts.borrow_mut();
        let text = texts.entry((shape.table.name, verb));
        text.or_insert_with(|| verb.text(shape).into()).clone()
    }

    /// Runs a statement, and gives each row to `on_row`; returns how many rows it changed.
    pub(crate) fn run(&self, text: &str, args: &[Value<'_>], on_row: OnRow<'_>) -> Result<u64, Failure> {
        let nul = args.iter().any(|arg| matches!(arg, Value::Text(text) if text.contains('\0')));
        let outcome = match &self.link {
            _ if nul => Err(Failure::NulCharacter),
            Link::Sqlite(link) => link.run(text, args, on_row),
            Link::Postgres(link) => link.run(text, args, on_row),
        };
        self.failed.set(self.failed.get() || outcome.is_err());
        self.gave_way.set(self.gave_way.get() || matches!(outcome, Err(Failure::GaveWay(_))));
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
            rows.push(Row(row.columns()?).decode()?);
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
}
