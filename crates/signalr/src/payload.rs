//! Values on their way to and from clients, without a format-neutral tree in between.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_objects::{Keys, Objects, Unfit};

use crate::error::HubError;
use crate::protocol::Format;

/// How deep a value from a client may be nested; the same in both formats.
const MAX_DEPTH: usize = 128;

/// A value that can be written in each format. Everything that implements [`Serialize`] is one.
pub trait Payload: Send + Sync {
    /// Appends the value in `format` to `out`; says in words why not, if it cannot.
    fn write(&self, format: Format, out: &mut Vec<u8>) -> Result<(), String>;
}

impl<T: Serialize + Send + Sync + ?Sized> Payload for T {
    fn write(&self, format: Format, out: &mut Vec<u8>) -> Result<(), String> {
        match format {
            Format::Json => serde_json::to_writer(out, self).map_err(|error| error.to_string()),
            Format::MessagePack => {
                let mut serializer = rmp_serde::Serializer::new(out).with_struct_map();
                self.serialize(&mut serializer).map_err(|error| error.to_string())
            }
        }
    }
}

/// One argument of an [`Invocation`].
enum Argument<'a> {
    Owned(Box<dyn Payload + 'a>),
    Shared(&'a dyn Payload),
}

/// A call of a method at the client: its name and arguments.
pub struct Invocation<'a> {
    target: Cow<'a, str>,
    arguments: Vec<Argument<'a>>,
}

impl<'a> Invocation<'a> {
    /// A call of the client's method `target`, as yet without arguments.
    pub fn new(target: impl Into<Cow<'a, str>>) -> Self {
        Self { target: target.into(), arguments: Vec::new() }
    }

    /// Adds an argument. It may be borrowed: `.arg(&value)`.
    #[must_use]
    pub fn arg(mut self, value: impl Payload + 'a) -> Self {
        self.arguments.push(Argument::Owned(Box::new(value)));
        self
    }

    /// The name of the method.
    pub fn target(&self) -> &str {
        &self.target
    }

    pub(crate) fn arguments(&self) -> impl ExactSizeIterator<Item = &(dyn Payload + 'a)> {
        self.arguments.iter().map(|argument| match argument {
            Argument::Owned(value) => value.as_ref(),
            Argument::Shared(value) => *value,
        })
    }
}

/// A ready-made event for hubs without an event core of their own: a call to be made at every client that
/// follows the topic. `Bus<String, Broadcast>` gives groups by name.
#[derive(Clone)]
pub struct Broadcast {
    target: Cow<'static, str>,
    arguments: Vec<Arc<dyn Payload>>,
}

impl Broadcast {
    /// A call of the clients' method `target`, as yet without arguments.
    pub fn new(target: impl Into<Cow<'static, str>>) -> Self {
        Self { target: target.into(), arguments: Vec::new() }
    }

    /// Adds an argument.
    #[must_use]
    pub fn arg(mut self, value: impl Payload + 'static) -> Self {
        self.arguments.push(Arc::new(value));
        self
    }

    /// The call itself, for [`Hub::project`](crate::Hub::project).
    pub fn invocation(&self) -> Invocation<'_> {
        Invocation {
            target: Cow::Borrowed(&self.target),
            arguments: self.arguments.iter().map(|value| Argument::Shared(value.as_ref())).collect(),
        }
    }
}

/// A value as the client sent it, not decoded yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raw {
    pub(crate) format: Format,
    pub(crate) bytes: Bytes,
}

impl Raw {
    /// The value as a `T`; says in plain words why not, if it is none. Keys of objects are matched without regard to case:
    /// .NET writes `SessionId` in MessagePack where others write `sessionId`. An array is no object.
    pub fn decode<T: DeserializeOwned>(&self) -> Result<T, String> {
        match self.format {
            Format::Json => {
                let mut from = serde_json::Deserializer::from_slice(&self.bytes);
                read(&mut from, |error| {
                    let (text, at) = (error.to_string(), (error.line(), error.column()));
                    let place = format!(" at line {} column {}", at.0, at.1);
                    text.strip_suffix(&place).unwrap_or(&text).to_owned()
                })
            }
            Format::MessagePack => {
                let mut from = rmp_serde::Deserializer::from_read_ref(&self.bytes[..]);
                from.set_max_depth(MAX_DEPTH);
                read(&mut from, ToString::to_string)
            }
        }
    }
}

fn read<'de, T, D>(from: D, text: impl Fn(&D::Error) -> String) -> Result<T, String>
where
    T: DeserializeOwned,
    D: serde::Deserializer<'de>,
{
    serde_path_to_error::deserialize(Objects::new(from, Keys::AnyCase))
        .map_err(|error| Unfit::new(error.path(), &text(error.inner()), "The value").reason)
}

/// A tuple that the arguments of a call can be read as, one element an argument.
pub trait FromArguments: Sized {
    /// Reads the tuple; there must be exactly as many arguments as it has elements.
    fn from_arguments(arguments: &[Raw]) -> Result<Self, HubError>;
}

/// Reads the argument at `index`.
pub(crate) fn argument<T: DeserializeOwned>(arguments: &[Raw], index: usize) -> Result<T, HubError> {
    let value = arguments.get(index).ok_or_else(|| wrong_count(arguments.len(), index + 1))?;
    value.decode().map_err(|reason| HubError::Arguments(format!("Argument {index}: {reason}")))
}

fn wrong_count(given: usize, expected: usize) -> HubError {
    HubError::Arguments(format!("Invocation provides {given} argument(s) but target expects {expected}."))
}

macro_rules! tuple_from_arguments {
    ($count:literal: $($name:ident $index:literal),*) => {
        impl<$($name: DeserializeOwned),*> FromArguments for ($($name,)*) {
            fn from_arguments(arguments: &[Raw]) -> Result<Self, HubError> {
                if arguments.len() != $count {
                    return Err(wrong_count(arguments.len(), $count));
                }
                Ok(($(argument::<$name>(arguments, $index)?,)*))
            }
        }
    };
}

tuple_from_arguments!(0:);
tuple_from_arguments!(1: A 0);
tuple_from_arguments!(2: A 0, B 1);
tuple_from_arguments!(3: A 0, B 1, C 2);
tuple_from_arguments!(4: A 0, B 1, C 2, D 3);
tuple_from_arguments!(5: A 0, B 1, C 2, D 3, E 4);
tuple_from_arguments!(6: A 0, B 1, C 2, D 3, E 4, F 5);

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use bytes::Bytes;
    use serde::Deserialize;
    use serde_json::{Value, json};

    use super::{Payload as _, Raw};
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
            assert_eq!(error, "The value must be an object, not an array.");
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
