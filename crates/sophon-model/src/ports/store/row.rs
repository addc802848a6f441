//! A row, put together to an entity, column by column in the order of its fields.

use serde::de::value::{Error as Unfit, StrDeserializer};
use serde::de::{self, DeserializeSeed, Deserializer, IntoDeserializer, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;

use super::{Entity, Table, Value};
use crate::{Error, Result};

/// A row of the answer to a query.
pub trait Row {
    /// The value of the column at `n`, counted from 0 in the order in which they were asked for. Text for JSON will do.
    ///
    /// # Errors
    ///
    /// If there is no such column, or it holds what no column should.
    fn value(&self, n: usize) -> Result<Value<'_>>;
}

/// A table and the columns of the entities that it keeps.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// The table.
    pub table: &'static Table,
    /// The names of the fields, in order.
    pub columns: &'static [&'static str],
}

impl Shape {
    /// Of this kind of entity.
    pub fn of<E: Entity>() -> Self {
        let mut columns: &'static [&'static str] = &[];
        // It asks for its fields, learns that there are none, and gives up.
        let _gives_up = E::deserialize(Fields(&mut columns));
        Shape { table: E::TABLE, columns }
    }

    /// The place of a column.
    pub fn place(&self, column: &str) -> Option<usize> {
        self.columns.iter().position(|name| *name == column)
    }

    /// The row as an entity.
    pub fn decode<E: Entity>(&self, row: &dyn Row) -> Result<E> {
        E::deserialize(Whole { row, shape: self }).map_err(Error::internal)
    }
}

/// Learns the names of a struct's fields.
struct Fields<'f>(&'f mut &'static [&'static str]);

impl<'de> Deserializer<'de> for Fields<'_> {
    type Error = NoFields;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, NoFields> {
        Err(NoFields)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, NoFields> {
        *self.0 = fields;
        Err(NoFields)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// There was nothing to read: only the names of fields were wanted.
#[derive(Debug, thiserror::Error)]
#[error("there is nothing to read")]
struct NoFields;

impl de::Error for NoFields {
    fn custom<T: std::fmt::Display>(_: T) -> Self {
        NoFields
    }
}

/// A row as a struct.
struct Whole<'r> {
    row: &'r dyn Row,
    shape: &'r Shape,
}

impl<'de> Deserializer<'de> for Whole<'de> {
    type Error = Unfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        visitor.visit_seq(Columns { row: self.row, shape: self.shape, next: 0 })
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

/// The columns of a row, one after the other.
struct Columns<'r> {
    row: &'r dyn Row,
    shape: &'r Shape,
    next: usize,
}

impl<'de> SeqAccess<'de> for Columns<'de> {
    type Error = Unfit;

    fn next_element_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<Option<T::Value>, Unfit> {
        let Some(column) = self.shape.columns.get(self.next) else { return Ok(None) };
        let value = match self.row.value(self.next).map_err(de::Error::custom)? {
            Value::Text(text) if self.shape.table.json.contains(column) => Value::Json(text),
            value => value,
        };
        self.next += 1;
        let field = seed.deserialize(value);
        field.map(Some).map_err(|unfit| {
            de::Error::custom(format_args!("column {column} of {}: {unfit}", self.shape.table.name))
        })
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.shape.columns.len() - self.next)
    }
}

impl<'de> IntoDeserializer<'de> for Value<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

impl<'de> Deserializer<'de> for Value<'de> {
    type Error = Unfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self {
            Value::Null => visitor.visit_unit(),
            Value::Bool(flag) => visitor.visit_bool(flag),
            Value::Int(number) => visitor.visit_i64(number),
            Value::Text(text) => visitor.visit_borrowed_str(text),
            Value::Json(text) => from_json(text, |json| json.deserialize_any(visitor)),
        }
    }

    /// SQLite keeps flags as numbers.
    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self {
            Value::Int(number) => visitor.visit_bool(number != 0),
            other => other.deserialize_any(visitor),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Unfit> {
        match self {
            Value::Null => visitor.visit_none(),
            Value::Json(text) => from_json(text, |json| json.deserialize_option(visitor)),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Unfit> {
        match self {
            Value::Text(text) => visitor.visit_enum(StrDeserializer::new(text)),
            Value::Json(text) => from_json(text, |json| json.deserialize_enum(name, variants, visitor)),
            _ => Err(de::Error::custom("an enum is kept as text or JSON")),
        }
    }

    forward_to_deserialize_any! {
        i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct
        seq tuple tuple_struct map struct identifier ignored_any
    }
}

type Json<'de> = serde_json::Deserializer<serde_json::de::StrRead<'de>>;

fn from_json<'de, T>(
    text: &'de str,
    decode: impl FnOnce(&mut Json<'de>) -> serde_json::Result<T>,
) -> Result<T, Unfit> {
    decode(&mut serde_json::Deserializer::from_str(text)).map_err(de::Error::custom)
}
