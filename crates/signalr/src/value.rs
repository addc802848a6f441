//! Values that the two formats write in ways of their own, as Microsoft's servers do.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::{Error as _, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The name by which the MessagePack library knows an extension value.
const EXTENSION: &str = "_ExtStruct";
/// The MessagePack extension for points in time.
const TIMESTAMP: i8 = -1;

/// Bytes: base64 text in JSON, `bin` in MessagePack.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Binary(pub Vec<u8>);

impl Serialize for Binary {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&STANDARD.encode(&self.0))
        } else {
            serializer.serialize_bytes(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            STANDARD.decode(text).map(Self).map_err(D::Error::custom)
        } else {
            deserializer.deserialize_byte_buf(BytesVisitor).map(Self)
        }
    }
}

/// The bytes of an extension, which are bytes whatever the surroundings say of themselves.
struct Content(Vec<u8>);

impl Serialize for Content {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Content {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(BytesVisitor).map(Self)
    }
}

struct BytesVisitor;

impl Visitor<'_> for BytesVisitor {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: serde::de::Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        Ok(bytes.to_vec())
    }

    fn visit_byte_buf<E: serde::de::Error>(self, bytes: Vec<u8>) -> Result<Self::Value, E> {
        Ok(bytes)
    }
}

/// A point in time: RFC 3339 text in JSON, the timestamp extension in MessagePack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub jiff::Timestamp);

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            return self.0.serialize(serializer);
        }
        let (seconds, nanoseconds) = (self.0.as_second(), self.0.subsec_nanosecond());
        // Before 1970 jiff's fraction is negative, MessagePack's never is.
        let (seconds, nanoseconds) = if nanoseconds < 0 {
            (seconds - 1, (nanoseconds + 1_000_000_000) as u32)
        } else {
            (seconds, nanoseconds as u32)
        };
        let bytes = match u32::try_from(seconds) {
            Ok(seconds) if nanoseconds == 0 => seconds.to_be_bytes().to_vec(),
            _ if (0..1 << 34).contains(&seconds) => {
                (u64::from(nanoseconds) << 34 | seconds as u64).to_be_bytes().to_vec()
            }
            _ => [&nanoseconds.to_be_bytes()[..], &seconds.to_be_bytes()[..]].concat(),
        };
        serializer.serialize_newtype_struct(EXTENSION, &(TIMESTAMP, Content(bytes)))
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if deserializer.is_human_readable() {
            jiff::Timestamp::deserialize(deserializer).map(Self)
        } else {
            deserializer.deserialize_newtype_struct(EXTENSION, ExtensionVisitor)
        }
    }
}

struct ExtensionVisitor;

impl<'de> Visitor<'de> for ExtensionVisitor {
    type Value = Timestamp;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a timestamp extension")
    }

    fn visit_newtype_struct<D: Deserializer<'de>>(self, deserializer: D) -> Result<Timestamp, D::Error> {
        deserializer.deserialize_tuple(2, self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut parts: A) -> Result<Timestamp, A::Error> {
        let kind: Option<i8> = parts.next_element()?;
        let bytes: Option<Content> = parts.next_element()?;
        match (kind, bytes) {
            (Some(TIMESTAMP), Some(Content(bytes))) => {
                read(&bytes).map(Timestamp).ok_or_else(|| A::Error::custom("not a timestamp"))
            }
            _ => Err(A::Error::custom("not a timestamp extension")),
        }
    }
}

/// The three lengths that the MessagePack specification has for timestamps.
fn read(bytes: &[u8]) -> Option<jiff::Timestamp> {
    let (seconds, nanoseconds) = if let Ok(four) = <[u8; 4]>::try_from(bytes) {
        (u32::from_be_bytes(four).into(), 0)
    } else if let Ok(eight) = <[u8; 8]>::try_from(bytes) {
        let both = u64::from_be_bytes(eight);
        ((both & ((1 << 34) - 1)) as i64, (both >> 34) as i32)
    } else {
        let (first, last) = bytes.split_at_checked(4)?;
        (i64::from_be_bytes(last.try_into().ok()?), i32::from_be_bytes(first.try_into().ok()?))
    };
    jiff::Timestamp::new(seconds, nanoseconds).ok()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;
    use crate::payload::{Payload as _, Raw};
    use crate::protocol::Format;

    fn there_and_back<T: Serialize + serde::de::DeserializeOwned + Send + Sync>(
        value: &T,
        format: Format,
    ) -> (Vec<u8>, T) {
        let mut out = Vec::new();
        value.write(format, &mut out).unwrap();
        let raw = Raw { format, bytes: Bytes::from(out.clone()) };
        (out, raw.decode().unwrap())
    }

    #[test]
    fn bytes_are_base64_in_json_and_bin_in_messagepack() {
        let value = Binary(b"hello".to_vec());
        assert_eq!(there_and_back(&value, Format::Json), (b"\"aGVsbG8=\"".to_vec(), value.clone()));
        assert_eq!(there_and_back(&value, Format::MessagePack), (b"\xc4\x05hello".to_vec(), value));
    }

    #[test]
    fn times_are_text_in_json_and_the_extension_in_messagepack() {
        for (text, first) in [
            ("2002-04-01T10:20:15Z", 0xd6_u8),
            ("2026-11-22T10:20:15.123456789Z", 0xd7),
            ("1969-12-31T23:59:59.5Z", 0xc7),
            ("2700-01-01T00:00:00Z", 0xc7),
        ] {
            let value = Timestamp(text.parse().unwrap());
            assert_eq!(there_and_back(&value, Format::Json), (format!("\"{text}\"").into_bytes(), value));
            let (bytes, back) = there_and_back(&value, Format::MessagePack);
            assert_eq!((bytes[0], back), (first, value), "{text}");
        }
    }
}
