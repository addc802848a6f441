//! An entity, taken apart into the values of its columns.
//!
//! Values are written one after the other into one text, without a stage between, because every write of the gateway comes
//! through here.

use std::fmt::Display;
use std::ops::Range;

use serde::Serialize;
use serde::ser::{self, Impossible, SerializeStruct, Serializer};

use super::{Entity, Table, Value};
use crate::{Error, Result};

/// The values of an entity, in the order of its columns.
#[derive(Debug)]
pub struct Record {
    text: String,
    cells: Vec<Cell>,
}

#[derive(Debug)]
enum Cell {
    Null,
    Bool(bool),
    Int(i64),
    Text(Range<usize>),
    Json(Range<usize>),
}

impl Record {
    /// Takes `entity` apart. Columns that the database fills are left out.
    ///
    /// # Errors
    ///
    /// An internal one, if the entity has a field that is neither a plain value nor declared as JSON.
    pub fn of<E: Entity>(entity: &E) -> Result<Self> {
        let mut cells =
            Cells { table: E::TABLE, text: Vec::with_capacity(512), found: Vec::with_capacity(24) };
        entity.serialize(&mut cells).map_err(Error::internal)?;
        let Cells { text, found, .. } = cells;
        Ok(Record { text: String::from_utf8(text).map_err(Error::internal)?, cells: found })
    }

    /// The values.
    pub fn values(&self) -> Vec<Value<'_>> {
        let value = |cell: &Cell| match cell {
            Cell::Null => Value::Null,
            Cell::Bool(flag) => Value::Bool(*flag),
            Cell::Int(number) => Value::Int(*number),
            Cell::Text(range) => Value::Text(&self.text[range.clone()]),
            Cell::Json(range) => Value::Json(&self.text[range.clone()]),
        };
        self.cells.iter().map(value).collect()
    }
}

/// What does not fit into a column.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Unfit(String);

impl ser::Error for Unfit {
    fn custom<T: Display>(message: T) -> Self {
        Unfit(message.to_string())
    }
}

/// Where values are collected.
struct Cells {
    table: &'static Table,
    text: Vec<u8>,
    found: Vec<Cell>,
}

impl SerializeStruct for &mut Cells {
    type Ok = ();
    type Error = Unfit;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        column: &'static str,
        value: &T,
    ) -> Result<(), Unfit> {
        if self.table.given.contains(&column) {
            return Ok(());
        }
        let cell = if self.table.json.contains(&column) {
            let start = self.text.len();
            serde_json::to_writer(&mut self.text, value).map_err(ser::Error::custom)?;
            Cell::Json(start..self.text.len())
        } else {
            let plain = value.serialize(Plain { text: &mut self.text });
            plain.map_err(|Unfit(why)| Unfit(format!("column {column} of {}: {why}", self.table.name)))?
        };
        self.found.push(cell);
        Ok(())
    }

    fn end(self) -> Result<(), Unfit> {
        Ok(())
    }
}

/// Refuses the kinds of values that have no place.
macro_rules! refuse {
    ($ok:ty, $why:literal: $($method:ident($($argument:ty),*);)*) => {$(
        fn $method(self, $(_: $argument),*) -> Result<$ok, Unfit> {
            Err(Unfit($why.to_owned()))
        }
    )*};
}

/// The same for those that have parts.
macro_rules! refuse_parts {
    ($ok:ty, $why:literal) => {
        type SerializeSeq = Impossible<$ok, Unfit>;
        type SerializeTuple = Impossible<$ok, Unfit>;
        type SerializeTupleStruct = Impossible<$ok, Unfit>;
        type SerializeTupleVariant = Impossible<$ok, Unfit>;
        type SerializeMap = Impossible<$ok, Unfit>;
        type SerializeStructVariant = Impossible<$ok, Unfit>;

        refuse! { Impossible<$ok, Unfit>, $why:
            serialize_seq(Option<usize>);
            serialize_tuple(usize);
            serialize_tuple_struct(&'static str, usize);
            serialize_tuple_variant(&'static str, u32, &'static str, usize);
            serialize_map(Option<usize>);
            serialize_struct_variant(&'static str, u32, &'static str, usize);
        }

        fn serialize_newtype_variant<T: Serialize + ?Sized>(
            self,
            _: &'static str,
            _: u32,
            _: &'static str,
            _: &T,
        ) -> Result<$ok, Unfit> {
            Err(Unfit($why.to_owned()))
        }
    };
}

/// The entity itself, which must be a struct.
impl<'c> Serializer for &'c mut Cells {
    type Ok = ();
    type Error = Unfit;
    type SerializeStruct = &'c mut Cells;

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self, Unfit> {
        Ok(self)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<(), Unfit> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<(), Unfit> {
        value.serialize(self)
    }

    refuse_parts!((), "an entity is a struct");
    refuse! { (), "an entity is a struct":
        serialize_bool(bool);
        serialize_i8(i8);
        serialize_i16(i16);
        serialize_i32(i32);
        serialize_i64(i64);
        serialize_u8(u8);
        serialize_u16(u16);
        serialize_u32(u32);
        serialize_u64(u64);
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_char(char);
        serialize_str(&str);
        serialize_bytes(&[u8]);
        serialize_none();
        serialize_unit();
        serialize_unit_struct(&'static str);
        serialize_unit_variant(&'static str, u32, &'static str);
    }
}

/// The field of a plain column.
struct Plain<'t> {
    text: &'t mut Vec<u8>,
}

impl Serializer for Plain<'_> {
    type Ok = Cell;
    type Error = Unfit;
    type SerializeStruct = Impossible<Cell, Unfit>;

    fn serialize_bool(self, flag: bool) -> Result<Cell, Unfit> {
        Ok(Cell::Bool(flag))
    }

    fn serialize_i8(self, number: i8) -> Result<Cell, Unfit> {
        Ok(Cell::Int(number.into()))
    }

    fn serialize_i16(self, number: i16) -> Result<Cell, Unfit> {
        Ok(Cell::Int(number.into()))
    }

    fn serialize_i32(self, number: i32) -> Result<Cell, Unfit> {
        Ok(Cell::Int(number.into()))
    }

    fn serialize_i64(self, number: i64) -> Result<Cell, Unfit> {
        Ok(Cell::Int(number))
    }

    fn serialize_u8(self, number: u8) -> Result<Cell, Unfit> {
        Ok(Cell::Int(number.into()))
    }

    fn serialize_u16(self, number: u16) -> Result<Cell, Unfit> {
        Ok(Cell::Int(number.into()))
    }

    fn serialize_u32(self, number: u32) -> Result<Cell, Unfit> {
        Ok(Cell::Int(number.into()))
    }

    fn serialize_u64(self, number: u64) -> Result<Cell, Unfit> {
        i64::try_from(number).map(Cell::Int).map_err(ser::Error::custom)
    }

    fn serialize_str(self, text: &str) -> Result<Cell, Unfit> {
        let start = self.text.len();
        self.text.extend_from_slice(text.as_bytes());
        Ok(Cell::Text(start..self.text.len()))
    }

    fn serialize_char(self, letter: char) -> Result<Cell, Unfit> {
        self.serialize_str(letter.encode_utf8(&mut [0; 4]))
    }

    fn serialize_unit_variant(self, _: &'static str, _: u32, variant: &'static str) -> Result<Cell, Unfit> {
        self.serialize_str(variant)
    }

    fn serialize_none(self) -> Result<Cell, Unfit> {
        Ok(Cell::Null)
    }

    fn serialize_some<T: Serialize + ?Sized>(self, value: &T) -> Result<Cell, Unfit> {
        value.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _: &'static str,
        value: &T,
    ) -> Result<Cell, Unfit> {
        value.serialize(self)
    }

    fn serialize_struct(self, _: &'static str, _: usize) -> Result<Self::SerializeStruct, Unfit> {
        Err(Unfit("it is not declared as JSON".to_owned()))
    }

    refuse_parts!(Cell, "it is not declared as JSON");
    refuse! { Cell, "plain columns hold flags, whole numbers and text":
        serialize_f32(f32);
        serialize_f64(f64);
        serialize_bytes(&[u8]);
        serialize_unit();
        serialize_unit_struct(&'static str);
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;

    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Thing {
        id: String,
        number: i64,
        is_flag: bool,
        name: Option<String>,
        other: Option<String>,
        parts: Option<Vec<f64>>,
        extra: serde_json::Value,
    }

    impl Entity for Thing {
        const TABLE: &'static Table =
            &Table::new("things", "thing").json(&["parts", "extra"]).given(&["number"]);
    }

    #[test]
    fn fields_become_values_except_those_that_the_database_fills() {
        let thing = Thing {
            id: "ő".into(),
            number: 3,
            is_flag: true,
            name: None,
            other: Some("b".into()),
            parts: None,
            extra: json!({"x": [0.5, null]}),
        };
        let values = [
            Value::Text("ő"),
            Value::Bool(true),
            Value::Null,
            Value::Text("b"),
            Value::Json("null"),
            Value::Json(r#"{"x":[0.5,null]}"#),
        ];
        assert_eq!(Record::of(&thing).unwrap().values(), values);
    }

    #[derive(Serialize, Deserialize)]
    struct Unfitting<T> {
        field: T,
    }

    impl<T: Serialize + serde::de::DeserializeOwned> Entity for Unfitting<T> {
        const TABLE: &'static Table = &Table::new("unfit", "thing");
    }

    #[test]
    fn a_nested_value_needs_a_json_column_and_a_fraction_has_none() {
        assert!(Record::of(&Unfitting { field: Vec::<String>::new() }).is_err());
        assert!(Record::of(&Unfitting { field: 0.5 }).is_err());
        assert!(Record::of(&Unfitting { field: u64::MAX }).is_err());
        assert!(Record::of(&Unfitting { field: 7_u8 }).is_ok());
    }
}
