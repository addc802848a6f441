//! What goes into a statement and comes out of a row.

use std::error::Error;

use bytes::{BufMut, BytesMut};
use postgres::types::{IsNull, ToSql, Type, WrongType, to_sql_checked};
use rusqlite::types::{ToSqlOutput, ValueRef};
use sophon_model::Timestamp;

/// A value of a column.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    /// No value.
    Null,
    /// A flag.
    Bool(bool),
    /// A number, or a time in milliseconds.
    Int(i64),
    /// Text.
    Text(&'a str),
    /// The text of a JSON value.
    Json(&'a str),
}

impl<'a> From<&'a str> for Value<'a> {
    fn from(text: &'a str) -> Self {
        Value::Text(text)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Value::Int(number)
    }
}

impl From<Timestamp> for Value<'_> {
    fn from(time: Timestamp) -> Self {
        Value::Int(time.as_millis())
    }
}

/// A count or limit; beyond what a column can hold it means "all".
impl From<usize> for Value<'_> {
    fn from(number: usize) -> Self {
        Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// A sequence number; they stay below 2^53.
impl From<u64> for Value<'_> {
    fn from(number: u64) -> Self {
        Value::Int(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match *self {
            Value::Null => ValueRef::Null,
            Value::Bool(flag) => ValueRef::Integer(i64::from(flag)),
            Value::Int(number) => ValueRef::Integer(number),
            Value::Text(text) | Value::Json(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

impl ToSql for Value<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (*self, ty) {
            (Value::Null, _) => return Ok(IsNull::Yes),
            (Value::Bool(flag), &Type::BOOL) => out.put_u8(u8::from(flag)),
            (Value::Int(number), &Type::INT8) => out.put_i64(number),
            (Value::Text(text), &Type::TEXT) | (Value::Json(text), &Type::JSON) => {
                out.put_slice(text.as_bytes());
            }
            _ => return Err(Box::new(WrongType::new::<&str>(ty.clone()))),
        }
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    to_sql_checked!();
}
