//! Rows as serde sees them: a struct by column names, or a tuple by order. For statements that are written by hand; those
//! that the typed verbs make are read by order alone.

use serde::de::value::{Error, MapDeserializer, SeqDeserializer};
use serde::de::{DeserializeOwned, Deserializer, Visitor};
use serde::forward_to_deserialize_any;
use sophon_model::ports;
use sophon_model::ports::Value;

use super::Failure;

/// A row as an engine gives it.
pub(crate) trait RawRow: ports::Row {
    /// All columns, with their names, flags as flags and JSON as JSON.
    fn columns(&self) -> Result<Vec<(&str, Value<'_>)>, Failure>;
}

/// One row, valid until the next is asked for.
pub(crate) struct Row<'a>(pub(crate) Vec<(&'a str, Value<'a>)>);

impl Row<'_> {
    /// The row as a `T`: a struct whose fields are named as the columns, or a tuple.
    pub(crate) fn decode<T: DeserializeOwned>(self) -> Result<T, Failure> {
        T::deserialize(self).map_err(Failure::bug)
    }
}

impl<'de> Deserializer<'de> for Row<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_map(MapDeserializer::new(self.0.into_iter()))
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_seq(SeqDeserializer::new(self.0.into_iter().map(|(_, value)| value)))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple_struct map struct enum identifier ignored_any
    }
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde_json::json;
    use sophon_model::{MessageRole, Role, SessionId, Timestamp, Usage};

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Sample {
        id: SessionId,
        role: Role,
        speaker: MessageRole,
        flag: bool,
        at: Timestamp,
        until: Option<Timestamp>,
        tags: Vec<String>,
        usage: Option<Usage>,
        extra: serde_json::Value,
    }

    fn row(usage: &'static str, extra: &'static str) -> Row<'static> {
        Row(vec![
            ("unknown", Value::Int(1)),
            ("id", Value::Text("ses_1")),
            ("role", Value::Text("Admin")),
            ("speaker", Value::Text("agent")),
            ("flag", Value::Bool(true)),
            ("at", Value::Int(7)),
            ("until", Value::Null),
            ("tags", Value::Json(r#"["a","b\n"]"#)),
            ("usage", Value::Json(usage)),
            ("extra", Value::Json(extra)),
        ])
    }

    #[test]
    fn a_struct_takes_columns_by_name_and_ignores_others() {
        let usage = r#"{"input_tokens":1,"output_tokens":2,"model":"m","provider":"p"}"#;
        let sample: Sample = row(usage, r#"{"x":[1,null,1e2]}"#).decode().unwrap();
        assert_eq!(sample.id, SessionId::from("ses_1"));
        assert_eq!(sample.role, Role::Admin);
        assert_eq!(sample.speaker, MessageRole::Agent);
        assert_eq!(sample.tags, ["a", "b\n"]);
        assert_eq!(sample.until, None);
        assert_eq!(sample.usage.unwrap().total(), 3);
        assert_eq!(sample.extra, json!({"x": [1, null, 100.0]}));
    }

    #[test]
    fn json_null_is_an_absent_option_and_a_json_value() {
        let sample: Sample = row("null", "null").decode().unwrap();
        assert_eq!((sample.usage, sample.extra), (None, serde_json::Value::Null));
    }

    #[test]
    fn a_json_string_stays_a_string() {
        let sample: Sample = row("null", r#""text""#).decode().unwrap();
        assert_eq!(sample.extra, json!("text"));
    }

    #[test]
    fn a_tuple_takes_columns_by_order() {
        let row = Row(vec![("seq", Value::Int(5)), ("event", Value::Json("[1]"))]);
        let decoded: (u64, Vec<u8>) = row.decode().unwrap();
        assert_eq!(decoded, (5, vec![1]));
    }

    #[test]
    fn what_does_not_fit_is_an_error() {
        assert!(Row(vec![("n", Value::Int(-1))]).decode::<(u64,)>().is_err());
        assert!(Row(vec![("n", Value::Null)]).decode::<(i64,)>().is_err());
        assert!(Row(vec![("n", Value::Json("{"))]).decode::<(serde_json::Value,)>().is_err());
        assert!(Row(vec![("n", Value::Text("nobody"))]).decode::<(MessageRole,)>().is_err());
    }
}
