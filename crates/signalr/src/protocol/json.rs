//! The JSON format: one object a message, ended by 0x1E.

use std::borrow::Cow;
use std::fmt;

use bytes::Bytes;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{Format, IncomingCall, Message, Outcome, ProtocolError, RECORD_SEPARATOR};
use crate::payload::{Invocation, Payload, Raw};

/// Any message: the fields of all types, in any order. Headers and unknown fields are passed over. Of a field that comes
/// twice the last counts, as with Microsoft's server.
#[derive(Default)]
struct Record<'a> {
    r#type: Option<u64>,
    invocation_id: Option<Cow<'a, str>>,
    target: Option<Cow<'a, str>>,
    arguments: Option<Vec<&'a RawValue>>,
    stream_ids: Option<Vec<String>>,
    /// A field that is there counts even if it is null.
    item: Option<&'a RawValue>,
    result: Option<&'a RawValue>,
    error: Option<Cow<'a, str>>,
    sequence_id: Option<u64>,
}

#[derive(Deserialize)]
#[serde(field_identifier, rename_all = "camelCase")]
enum Field {
    Type,
    InvocationId,
    Target,
    Arguments,
    StreamIds,
    Item,
    Result,
    Error,
    SequenceId,
    #[serde(other)]
    Other,
}

/// Text that is copied only where it is written with escapes.
#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl<'de> Deserialize<'de> for Record<'de> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_map(RecordVisitor)
    }
}

struct RecordVisitor;

impl<'de> Visitor<'de> for RecordVisitor {
    type Value = Record<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Record<'de>, A::Error> {
        let mut record = Record::default();
        let text = |text: Option<Text<'de>>| text.map(|Text(text)| text);
        while let Some(field) = map.next_key()? {
            match field {
                Field::Type => record.r#type = map.next_value()?,
                Field::InvocationId => record.invocation_id = text(map.next_value()?),
                Field::Target => record.target = text(map.next_value()?),
                Field::Arguments => record.arguments = map.next_value()?,
                Field::StreamIds => record.stream_ids = map.next_value()?,
                Field::Item => record.item = Some(map.next_value()?),
                Field::Result => record.result = Some(map.next_value()?),
                Field::Error => record.error = text(map.next_value()?),
                Field::SequenceId => record.sequence_id = map.next_value()?,
                Field::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        Ok(record)
    }
}

/// Reads one record. `None`: a type of message that this server does not know.
pub(super) fn decode(record: &Bytes) -> Result<Option<Message>, ProtocolError> {
    let invalid = |text: String| ProtocolError(format!("Error reading JSON. {text}"));
    let fields: Record<'_> = serde_json::from_slice(record).map_err(|error| invalid(error.to_string()))?;
    let missing = |name: &str| ProtocolError(format!("Missing required property '{name}'."));
    let raw =
        |value: &RawValue| Raw { format: Format::Json, bytes: record.slice_ref(value.get().as_bytes()) };
    // Some clients answer what nobody asked, with an empty id.
    let answers_nothing = fields.r#type == Some(3) && fields.invocation_id.as_deref() == Some("");
    if answers_nothing {
        return Ok(None);
    }
    let given = fields.invocation_id.filter(|id| !id.is_empty());
    let id = || given.as_deref().map(str::to_owned).ok_or_else(|| missing("invocationId"));
    let number = || fields.sequence_id.ok_or_else(|| missing("sequenceId"));
    Ok(Some(match fields.r#type.ok_or_else(|| missing("type"))? {
        kind @ (1 | 4) => Message::Invocation(IncomingCall {
            id: if kind == 4 { Some(id()?) } else { given.map(Cow::into_owned) },
            target: fields.target.ok_or_else(|| missing("target"))?.into_owned(),
            arguments: fields.arguments.ok_or_else(|| missing("arguments"))?.into_iter().map(raw).collect(),
            upload_ids: fields.stream_ids.unwrap_or_default(),
            streaming: kind == 4,
        }),
        2 => Message::StreamItem { id: id()?, item: raw(fields.item.ok_or_else(|| missing("item"))?) },
        3 => Message::Completion {
            id: id()?,
            outcome: match (fields.error, fields.result) {
                (Some(_), Some(_)) => {
                    let text = "The 'error' and 'result' properties are mutually exclusive.";
                    return Err(ProtocolError(text.to_owned()));
                }
                (Some(error), None) => Outcome::Error(error.into_owned()),
                (None, Some(result)) => Outcome::Value(raw(result)),
                (None, None) => Outcome::Void,
            },
        },
        5 => Message::Cancel { id: id()? },
        6 => Message::Ping,
        7 => Message::Close { error: fields.error.map(Cow::into_owned) },
        8 => Message::Ack(number()?),
        9 => Message::Sequence(number()?),
        _ => return Ok(None),
    }))
}

/// Writes `{"type":N` and, if there is one, the id.
fn begin(kind: u8, id: Option<&str>) -> Result<Vec<u8>, String> {
    let mut out = Vec::with_capacity(128);
    out.extend_from_slice(b"{\"type\":");
    out.push(b'0' + kind);
    if let Some(id) = id {
        out.extend_from_slice(b",\"invocationId\":");
        id.write(Format::Json, &mut out)?;
    }
    Ok(out)
}

fn end(mut out: Vec<u8>) -> Bytes {
    out.extend_from_slice(&[b'}', RECORD_SEPARATOR]);
    out.into()
}

pub(super) fn invocation(id: Option<&str>, invocation: &Invocation<'_>) -> Result<Bytes, String> {
    let mut out = begin(1, id)?;
    out.extend_from_slice(b",\"target\":");
    invocation.target().write(Format::Json, &mut out)?;
    out.extend_from_slice(b",\"arguments\":[");
    for (index, argument) in invocation.arguments().enumerate() {
        if index > 0 {
            out.push(b',');
        }
        argument.write(Format::Json, &mut out)?;
    }
    out.push(b']');
    Ok(end(out))
}

pub(super) fn stream_item(id: &str, item: &dyn Payload) -> Result<Bytes, String> {
    let mut out = begin(2, Some(id))?;
    out.extend_from_slice(b",\"item\":");
    item.write(Format::Json, &mut out)?;
    Ok(end(out))
}

pub(super) fn completion(id: &str, outcome: Result<Option<&dyn Payload>, &str>) -> Result<Bytes, String> {
    let mut out = begin(3, Some(id))?;
    match outcome {
        Ok(None) => {}
        Ok(Some(result)) => {
            out.extend_from_slice(b",\"result\":");
            result.write(Format::Json, &mut out)?;
        }
        Err(error) => {
            out.extend_from_slice(b",\"error\":");
            error.write(Format::Json, &mut out)?;
        }
    }
    Ok(end(out))
}

pub(super) fn close(error: Option<&str>, allow_reconnect: bool) -> Bytes {
    let mut text = "{\"type\":7".to_owned();
    if let Some(error) = error {
        text.push_str(",\"error\":");
        text.push_str(&serde_json::Value::from(error).to_string());
    }
    if allow_reconnect {
        text.push_str(",\"allowReconnect\":true");
    }
    end(text.into_bytes())
}

/// An Ack (8) or a Sequence (9).
pub(super) fn numbered(kind: u8, number: u64) -> Bytes {
    end(format!("{{\"type\":{kind},\"sequenceId\":{number}").into_bytes())
}
