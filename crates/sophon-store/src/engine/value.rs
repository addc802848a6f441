//! What goes into a statement, as each driver wants it.

use std::error::Error;

use bytes::{BufMut, BytesMut};
use postgres::types::{IsNull, ToSql, Type, WrongType, to_sql_checked};
use rusqlite::types::{ToSqlOutput, ValueRef};
use sophon_model::ports::Value;

/// A value, bound to a parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bound<'a>(pub(crate) Value<'a>);

impl rusqlite::ToSql for Bound<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self.0 {
            Value::Null => ValueRef::Null,
            Value::Bool(flag) => ValueRef::Integer(i64::from(flag)),
            Value::Int(number) => ValueRef::Integer(number),
            Value::Text(text) | Value::Json(text) => ValueRef::Text(text.as_bytes()),
        }))
    }
}

impl ToSql for Bound<'_> {
    fn to_sql(&self, ty: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        match (self.0, ty) {
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
