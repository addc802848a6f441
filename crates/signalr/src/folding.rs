//! Reading objects whose keys are written in any case: .NET writes `SessionId` in MessagePack where others write
//! `sessionId`.
//!
//! A struct tells its field names to the deserializer, so a key is compared with these; the keys of maps are data and stay
//! as they are. A struct is read from an object only: serde would also take an array, by position.

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected, VariantAccess,
    Visitor,
};

/// A deserializer, or whatever else hands out values on the way, around another.
pub(crate) struct Folding<T>(pub(crate) T);

/// The names that a struct knows. None: a map, whose keys are data.
type Fields = Option<&'static [&'static str]>;

/// A visitor of the values inside.
struct Inside<V> {
    visitor: V,
    fields: Fields,
    is_struct: bool,
}

impl<V> Inside<V> {
    fn any(visitor: V) -> Self {
        Self { visitor, fields: None, is_struct: false }
    }

    fn of_struct(visitor: V, fields: &'static [&'static str]) -> Self {
        Self { visitor, fields: Some(fields), is_struct: true }
    }
}

macro_rules! forward {
    ($($method:ident($($name:ident: $kind:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($name: $kind,)* visitor: V) -> Result<V::Value, D::Error> {
            self.0.$method($($name,)* Inside::any(visitor))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Folding<D> {
    type Error = D::Error;

    forward! {
        deserialize_any();
        deserialize_bool();
        deserialize_i8();
        deserialize_i16();
        deserialize_i32();
        deserialize_i64();
        deserialize_i128();
        deserialize_u8();
        deserialize_u16();
        deserialize_u32();
        deserialize_u64();
        deserialize_u128();
        deserialize_f32();
        deserialize_f64();
        deserialize_char();
        deserialize_str();
        deserialize_string();
        deserialize_bytes();
        deserialize_byte_buf();
        deserialize_option();
        deserialize_unit();
        deserialize_unit_struct(name: &'static str);
        deserialize_newtype_struct(name: &'static str);
        deserialize_seq();
        deserialize_tuple(len: usize);
        deserialize_tuple_struct(name: &'static str, len: usize);
        deserialize_map();
        deserialize_enum(name: &'static str, variants: &'static [&'static str]);
        deserialize_identifier();
        deserialize_ignored_any();
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, D::Error> {
        self.0.deserialize_struct(name, fields, Inside::of_struct(visitor, fields))
    }

    fn is_human_readable(&self) -> bool {
        self.0.is_human_readable()
    }
}

macro_rules! visit {
    ($($method:ident($kind:ty);)*) => {$(
        fn $method<E: Error>(self, value: $kind) -> Result<V::Value, E> {
            self.visitor.$method(value)
        }
    )*};
}

impl<'de, V: Visitor<'de>> Visitor<'de> for Inside<V> {
    type Value = V::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_struct { f.write_str("an object") } else { self.visitor.expecting(f) }
    }

    visit! {
        visit_bool(bool);
        visit_i8(i8);
        visit_i16(i16);
        visit_i32(i32);
        visit_i64(i64);
        visit_i128(i128);
        visit_u8(u8);
        visit_u16(u16);
        visit_u32(u32);
        visit_u64(u64);
        visit_u128(u128);
        visit_f32(f32);
        visit_f64(f64);
        visit_char(char);
        visit_str(&str);
        visit_borrowed_str(&'de str);
        visit_string(String);
        visit_bytes(&[u8]);
        visit_borrowed_bytes(&'de [u8]);
        visit_byte_buf(Vec<u8>);
    }

    fn visit_none<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_none()
    }

    fn visit_unit<E: Error>(self) -> Result<V::Value, E> {
        self.visitor.visit_unit()
    }

    fn visit_some<D: Deserializer<'de>>(self, value: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_some(Folding(value))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, value: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(Folding(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        if self.is_struct {
            return Err(A::Error::invalid_type(Unexpected::Seq, &"an object"));
        }
        self.visitor.visit_seq(Folding(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Members { map, fields: self.fields })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variants: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(Folding(variants))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Folding<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<S::Value, D::Error> {
        self.0.deserialize(Folding(from))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Folding<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.0.next_element_seed(Folding(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.0.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Folding<A> {
    type Error = A::Error;
    type Variant = Folding<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        self.0.variant_seed(seed).map(|(value, variant)| (value, Folding(variant)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Folding<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.0.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.0.newtype_variant_seed(Folding(seed))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.0.tuple_variant(len, Inside::any(visitor))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.0.struct_variant(fields, Inside::of_struct(visitor, fields))
    }
}

/// The members of a struct or a map.
struct Members<A> {
    map: A,
    fields: Fields,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        match self.fields {
            Some(fields) => self.map.next_key_seed(Key { seed, fields }),
            None => self.map.next_key_seed(seed),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(Folding(seed))
    }

    fn size_hint(&self) -> Option<usize> {
        self.map.size_hint()
    }
}

/// The key of a struct's member: read as text, and handed on as the field's own name.
struct Key<S> {
    seed: S,
    fields: &'static [&'static str],
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Key<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<S::Value, D::Error> {
        from.deserialize_identifier(self)
    }
}

impl<'de, S: DeserializeSeed<'de>> Visitor<'de> for Key<S> {
    type Value = S::Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a field")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<S::Value, E> {
        let name = self.fields.iter().find(|name| name.eq_ignore_ascii_case(key));
        self.seed.deserialize(serde::de::value::StrDeserializer::new(name.copied().unwrap_or(key)))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bytes::Bytes;
    use serde::Deserialize;
    use serde_json::{Value, json};

    use crate::payload::{Payload as _, Raw};
    use crate::protocol::Format;
    use crate::value::{Binary, Timestamp};

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Outer {
        session_id: String,
        inner: Option<Vec<Inner>>,
        labels: BTreeMap<String, u8>,
        data: Value,
        kind: Kind,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Inner {
        file_name: String,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
    enum Kind {
        WithName { real_name: String },
    }

    fn read<T: serde::de::DeserializeOwned>(format: Format, value: &Value) -> Result<T, String> {
        let mut bytes = Vec::new();
        value.write(format, &mut bytes).unwrap();
        Raw { format, bytes: Bytes::from(bytes) }.decode()
    }

    #[test]
    fn keys_of_objects_are_known_in_any_case_and_keys_of_maps_are_data() {
        let written = json!({
            "SessionId": "ses_1",
            "INNER": [{ "FileName": "a.txt", "Unknown": [{ "x": 1 }] }],
            "labels": { "Red": 1, "red": 2 },
            "Data": { "SessionId": { "FileName": null } },
            "Kind": { "withName": { "RealName": "Ada" } },
        });
        for format in [Format::Json, Format::MessagePack] {
            let read: Outer = read(format, &written).unwrap();
            let expected = Outer {
                session_id: "ses_1".into(),
                inner: Some(vec![Inner { file_name: "a.txt".into() }]),
                labels: [("Red".to_owned(), 1), ("red".to_owned(), 2)].into(),
                data: json!({ "SessionId": { "FileName": null } }),
                kind: Kind::WithName { real_name: "Ada".into() },
            };
            assert_eq!(read, expected, "{format:?}");
        }
    }

    #[test]
    fn an_array_is_no_object() {
        for format in [Format::Json, Format::MessagePack] {
            let error = read::<Inner>(format, &json!(["a.txt"])).unwrap_err();
            assert!(error.contains("expected an object"), "{error}");
            assert_eq!(read::<(String, u8)>(format, &json!(["a", 1])), Ok(("a".to_owned(), 1)));
        }
    }

    #[test]
    fn bytes_and_times_inside_objects_are_read_as_before() {
        #[derive(Debug, PartialEq, Deserialize, serde::Serialize)]
        struct Both {
            bytes: Binary,
            at: Timestamp,
        }
        let both =
            || Both { bytes: Binary(vec![1, 2]), at: Timestamp("2026-11-22T10:20:15.5Z".parse().unwrap()) };
        for format in [Format::Json, Format::MessagePack] {
            let mut bytes = Vec::new();
            both().write(format, &mut bytes).unwrap();
            assert_eq!(Raw { format, bytes: Bytes::from(bytes) }.decode(), Ok(both()), "{format:?}");
        }
    }
}
