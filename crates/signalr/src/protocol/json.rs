//! The JSON format: one object a message, ended by 0x1E.

use std::borrow::Cow;

use bytes::Bytes;
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::{Format, IncomingCall, Message, Outcome, ProtocolError, RECORD_SEPARATOR};
use crate::payload::{Invocation, Payload, Raw};

/// Any message: the fields of all types, in any order. Headers and unknown fields are passed over.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Record<'a> {
    r#type: Option<u64>,
    #[serde(borrow)]
    invocation_id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    target: Option<Cow<'a, str>>,
    #[serde(borrow)]
    arguments: Option<Vec<&'a RawValue>>,
    stream_ids: Option<Vec<String>>,
    #[serde(borrow, default, deserialize_with = "present")]
    item: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "present")]
    result: Option<&'a RawValue>,
    #[serde(borrow)]
    error: Option<Cow<'a, str>>,
    sequence_id: Option<u64>,
}

/// A field that is there counts even if it is null.
fn present<'de, D: Deserializer<'de>>(from: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(from).map(Some)
}

/// Reads one record. `None`: a type of message that this server does not know.
pub(super) fn decode(record: &Bytes) -> Result<Option<Message>, ProtocolError> {
    let invalid = |text: String| ProtocolError(format!("Error reading JSON. {text}"));
    let fields: Record<'_> = serde_json::from_slice(record).map_err(|error| invalid(error.to_string()))?;
    let missing = |name: &str| ProtocolError(format!("Missing required property '{name}'."));
    let raw =
        |value: &RawValue| Raw { format: Format::Json, bytes: record.slice_ref(value.get().as_bytes()) };
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
