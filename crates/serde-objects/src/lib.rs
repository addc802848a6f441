//! Reads structs from objects only: the derived `Deserialize` of a struct would take an array, too, its fields by their
//! position, so that a client that sends one by mistake is not informed.
//!
//! On demand the keys of objects are matched in any case: .NET writes `SessionId` in MessagePack where others write
//! `sessionId`. A struct gives its field names to the deserializer, so a key is compared with these; the keys of maps
//! are data and stay as they are.
//!
//! And it says in plain words what is wrong with a value that cannot be read ([`Complaint`]), and where ([`Unfit`]).

mod complaint;
mod unfit;

pub use unfit::Unfit;

use std::fmt;

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Unexpected, VariantAccess,
    Visitor,
};

pub use complaint::{Complaint, Format, shortened};

/// How the keys of objects are matched with the names of fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keys {
    /// To the letter.
    Exact,
    /// Without regard to the case of ASCII letters.
    AnyCase,
}

/// A deserializer around another, or around whatever else hands out values on the way: it applies to all that lies
/// inside.
#[derive(Debug)]
pub struct Objects<T> {
    inner: T,
    keys: Keys,
}

impl<T> Objects<T> {
    /// Reads from `inner`, whose objects have such keys.
    pub fn new(inner: T, keys: Keys) -> Self {
        Self { inner, keys }
    }
}

/// The names that a struct knows. None: a map, whose keys are data.
type Fields = Option<&'static [&'static str]>;

/// A visitor of the values inside.
struct Inside<V> {
    visitor: V,
    keys: Keys,
    fields: Fields,
}

impl<V> Inside<V> {
    fn any(visitor: V, keys: Keys) -> Self {
        Self { visitor, keys, fields: None }
    }

    fn of_struct(visitor: V, keys: Keys, fields: &'static [&'static str]) -> Self {
        Self { visitor, keys, fields: Some(fields) }
    }
}

macro_rules! forward {
    ($($method:ident($($name:ident: $kind:ty),*);)*) => {$(
        fn $method<V: Visitor<'de>>(self, $($name: $kind,)* visitor: V) -> Result<V::Value, D::Error> {
            self.inner.$method($($name,)* Inside::any(visitor, self.keys))
        }
    )*};
}

impl<'de, D: Deserializer<'de>> Deserializer<'de> for Objects<D> {
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
        self.inner.deserialize_struct(name, fields, Inside::of_struct(visitor, self.keys, fields))
    }

    fn is_human_readable(&self) -> bool {
        self.inner.is_human_readable()
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
        if self.fields.is_some() { f.write_str("an object") } else { self.visitor.expecting(f) }
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
        self.visitor.visit_some(Objects::new(value, self.keys))
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, value: D) -> Result<V::Value, D::Error> {
        self.visitor.visit_newtype_struct(Objects::new(value, self.keys))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<V::Value, A::Error> {
        if self.fields.is_some() {
            return Err(A::Error::invalid_type(Unexpected::Seq, &"an object"));
        }
        self.visitor.visit_seq(Objects::new(items, self.keys))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_map(Members { map, keys: self.keys, fields: self.fields })
    }

    fn visit_enum<A: EnumAccess<'de>>(self, variants: A) -> Result<V::Value, A::Error> {
        self.visitor.visit_enum(Objects::new(variants, self.keys))
    }
}

impl<'de, S: DeserializeSeed<'de>> DeserializeSeed<'de> for Objects<S> {
    type Value = S::Value;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<S::Value, D::Error> {
        self.inner.deserialize(Objects::new(from, self.keys))
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        self.inner.next_element_seed(Objects::new(seed, self.keys))
    }

    fn size_hint(&self) -> Option<usize> {
        self.inner.size_hint()
    }
}

impl<'de, A: EnumAccess<'de>> EnumAccess<'de> for Objects<A> {
    type Error = A::Error;
    type Variant = Objects<A::Variant>;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Self::Variant), A::Error> {
        self.inner.variant_seed(seed).map(|(value, variant)| (value, Objects::new(variant, self.keys)))
    }
}

impl<'de, A: VariantAccess<'de>> VariantAccess<'de> for Objects<A> {
    type Error = A::Error;

    fn unit_variant(self) -> Result<(), A::Error> {
        self.inner.unit_variant()
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, A::Error> {
        self.inner.newtype_variant_seed(Objects::new(seed, self.keys))
    }

    fn tuple_variant<V: Visitor<'de>>(self, len: usize, visitor: V) -> Result<V::Value, A::Error> {
        self.inner.tuple_variant(len, Inside::any(visitor, self.keys))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, A::Error> {
        self.inner.struct_variant(fields, Inside::of_struct(visitor, self.keys, fields))
    }
}

/// The members of a struct or a map.
struct Members<A> {
    map: A,
    keys: Keys,
    fields: Fields,
}

impl<'de, A: MapAccess<'de>> MapAccess<'de> for Members<A> {
    type Error = A::Error;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        match self.fields {
            Some(fields) if self.keys == Keys::AnyCase => self.map.next_key_seed(Key { seed, fields }),
            _ => self.map.next_key_seed(seed),
        }
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, A::Error> {
        self.map.next_value_seed(Objects::new(seed, self.keys))
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
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(rename_all = "camelCase", deny_unknown_fields)]
    struct Outer {
        session_id: String,
        #[serde(default)]
        parts: Vec<Part>,
        #[serde(default)]
        pair: Option<(u8, u8)>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    enum Part {
        #[serde(rename_all = "camelCase")]
        File { file_name: String },
    }

    fn read(json: &str, keys: Keys) -> Result<Outer, String> {
        let mut from = serde_json::Deserializer::from_str(json);
        Outer::deserialize(Objects::new(&mut from, keys)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_struct_is_read_from_an_object_and_never_from_an_array_however_deep_it_lies() {
        let whole = r#"{"sessionId":"ses_1","parts":[{"File":{"fileName":"a"}}],"pair":[1,2]}"#;
        let parts = vec![Part::File { file_name: "a".into() }];
        let expected = Outer { session_id: "ses_1".into(), parts, pair: Some((1, 2)) };
        assert_eq!(read(whole, Keys::Exact), Ok(expected));
        for json in [r#"["ses_1",[],null]"#, r#"{"sessionId":"ses_1","parts":[{"File":["a"]}]}"#] {
            let refused = read(json, Keys::Exact).unwrap_err();
            assert!(refused.contains("invalid type: sequence, expected an object"), "{json}: {refused}");
        }
    }

    #[test]
    fn keys_of_objects_are_matched_to_the_letter_or_in_any_case() {
        let json = r#"{"SessionId":"ses_1","PARTS":[{"File":{"FileName":"a"}}]}"#;
        assert!(read(json, Keys::Exact).unwrap_err().contains("unknown field `SessionId`"));
        let parts = vec![Part::File { file_name: "a".into() }];
        assert_eq!(read(json, Keys::AnyCase), Ok(Outer { session_id: "ses_1".into(), parts, pair: None }));
    }
}
