//! The PostgreSQL side of a connection.

use std::cell::RefCell;
use std::collections::HashMap;
use std::error::Error;
use std::time::Duration;

use postgres::error::SqlState;
use postgres::fallible_iterator::FallibleIterator;
use postgres::types::{FromSql, Type, accepts};
use postgres::{Client, Config, Row, Statement};
use sophon_model::ports;
use sophon_model::ports::Value;

use super::conn::OnRow;
use super::row::RawRow;
use super::value::Bound;
use super::{Failure, Tls};

/// Prepared statements kept a connection; when there are more, all are made anew.
const STATEMENTS: usize = 256;

/// A connection to a PostgreSQL server.
pub(crate) struct PostgresLink {
    client: RefCell<Client>,
    statements: RefCell<HashMap<Box<str>, Statement>>,
}

impl PostgresLink {
    /// Connects. A statement that takes longer than `timeout` is cancelled by the server.
    pub(crate) fn connect(config: &Config, tls: &Tls, timeout: Duration) -> Result<Self, Failure> {
        let mut client = tls.connect(config)?;
        let millis = timeout.as_millis();
        client.batch_execute(&format!(
            "SET statement_timeout = {millis}; SET idle_in_transaction_session_timeout = '60s'; \
             SET client_min_messages = warning"
        ))?;
        Ok(PostgresLink { client: RefCell::new(client), statements: RefCell::default() })
    }

    /// Forgets the prepared statements: one may have failed because the tables changed under it.
    pub(crate) fn forget_statements(&self) {
        self.statements.borrow_mut().clear();
    }

    /// A setting of the server.
    pub(crate) fn setting(&self, name: &str) -> Result<String, Failure> {
        Ok(self.client.borrow_mut().query_one("SELECT current_setting($1)", &[&name])?.try_get(0)?)
    }

    /// See [`super::Conn::script`].
    pub(crate) fn script(&self, text: &str) -> Result<(), Failure> {
        Ok(self.client.borrow_mut().batch_execute(text)?)
    }

    /// Runs one statement; returns how many rows it changed.
    pub(crate) fn run(&self, text: &str, args: &[Value<'_>], on_row: OnRow<'_>) -> Result<u64, Failure> {
        let mut client = self.client.borrow_mut();
        let statement = self.prepared(&mut client, text)?;
        let mut rows = client.query_raw(&statement, args.iter().copied().map(Bound))?;
        while let Some(row) = rows.next()? {
            on_row(&PostgresRow(&row))?;
        }
        Ok(rows.rows_affected().unwrap_or(0))
    }

    fn prepared(&self, client: &mut Client, text: &str) -> Result<Statement, Failure> {
        let mut statements = self.statements.borrow_mut();
        if let Some(statement) = statements.get(text) {
            return Ok(statement.clone());
        }
        let statement = client.prepare(text)?;
        if statements.len() >= STATEMENTS {
            statements.clear();
        }
        statements.insert(text.into(), statement.clone());
        Ok(statement)
    }
}

/// A row of an answer.
struct PostgresRow<'r>(&'r Row);

impl PostgresRow<'_> {
    fn at(&self, n: usize) -> Result<Value<'_>, Failure> {
        let column = self.0.columns().get(n).ok_or_else(|| Failure::bug("there is no such column"))?;
        let value = match *column.type_() {
            Type::BOOL => self.0.try_get::<_, Option<bool>>(n)?.map(Value::Bool),
            Type::INT8 => self.0.try_get::<_, Option<i64>>(n)?.map(Value::Int),
            Type::TEXT => self.0.try_get::<_, Option<&str>>(n)?.map(Value::Text),
            Type::JSON => self.0.try_get::<_, Option<JsonText<'_>>>(n)?.map(|json| Value::Json(json.0)),
            ref ty => return Err(Failure::bug(format!("a column of type {ty}"))),
        };
        Ok(value.unwrap_or(Value::Null))
    }
}

impl ports::Row for PostgresRow<'_> {
    fn value(&self, n: usize) -> sophon_model::Result<Value<'_>> {
        Ok(self.at(n)?)
    }
}

impl RawRow for PostgresRow<'_> {
    fn columns(&self) -> Result<Vec<(&str, Value<'_>)>, Failure> {
        let columns = self.0.columns().iter().enumerate();
        columns.map(|(n, column)| Ok((column.name(), self.at(n)?))).collect()
    }
}

/// The text of a JSON column as the server sent it.
struct JsonText<'a>(&'a str);

impl<'a> FromSql<'a> for JsonText<'a> {
    fn from_sql(_: &Type, raw: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(JsonText(str::from_utf8(raw)?))
    }

    accepts!(JSON);
}

impl From<postgres::Error> for Failure {
    fn from(error: postgres::Error) -> Self {
        let Some(state) = error.code() else {
            let lost = error.is_closed() || error.source().is_some_and(<dyn Error>::is::<std::io::Error>);
            return if lost { Failure::Unavailable(error.into()) } else { Failure::bug(error) };
        };
        if *state == SqlState::UNIQUE_VIOLATION {
            Failure::Unique(error.into())
        } else if *state == SqlState::FOREIGN_KEY_VIOLATION {
            Failure::Reference(error.into())
        } else if *state == SqlState::DISK_FULL {
            Failure::Full(error.into())
        } else if gave_way(state) {
            Failure::GaveWay(error.into())
        } else if is_passing(state) {
            Failure::Unavailable(error.into())
        } else {
            Failure::bug(error)
        }
    }
}

/// Whether the server undid a transaction for the sake of another.
fn gave_way(state: &SqlState) -> bool {
    [SqlState::T_R_DEADLOCK_DETECTED, SqlState::T_R_SERIALIZATION_FAILURE].contains(state)
}

/// Whether the server may do it at another time: connection, undone, resources, operator, system, lock, standby.
fn is_passing(state: &SqlState) -> bool {
    let code = state.code();
    ["08", "40", "53", "57", "58"].iter().any(|class| code.starts_with(class))
        || *state == SqlState::LOCK_NOT_AVAILABLE
        || *state == SqlState::READ_ONLY_SQL_TRANSACTION
}
