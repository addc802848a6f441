//! The MessagePack format: one array a message, behind its length.

use bytes::{Buf as _, Bytes, BytesMut};
use rmp::Marker;
use rmp::{decode, encode};

use super::{Format, IncomingCall, Message, Outcome, ProtocolError, too_long};
use crate::payload::{Invocation, Payload, Raw};

/// Bytes that a length may take: seven bits in each.
const MAX_LENGTH_BYTES: usize = 5;

/// Takes the next message off the buffer, without its length.
pub(super) fn take_record(buffer: &mut BytesMut, max_bytes: usize) -> Result<Option<Bytes>, ProtocolError> {
    let mut length = 0_usize;
    for index in 0..MAX_LENGTH_BYTES {
        let Some(byte) = buffer.get(index) else { return Ok(None) };
        length |= usize::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            if length > max_bytes {
                return Err(too_long(max_bytes));
            }
            if buffer.len() - index - 1 < length {
                return Ok(None);
            }
            buffer.advance(index + 1);
            return Ok(Some(buffer.split_to(length).freeze()));
        }
    }
    Err(ProtocolError("The length of a message takes more than five bytes.".to_owned()))
}

fn invalid(what: &str) -> ProtocolError {
    ProtocolError(format!("Reading '{what}' failed."))
}

/// A message that is read piece by piece.
struct Reader<'a> {
    record: &'a Bytes,
    rest: &'a [u8],
    /// Elements of the message's array that have not been read.
    left: u32,
}

impl<'a> Reader<'a> {
    fn begin(record: &'a Bytes) -> Result<Self, ProtocolError> {
        let mut rest = &record[..];
        let left = decode::read_array_len(&mut rest).map_err(|_| invalid("array"))?;
        Ok(Self { record, rest, left })
    }

    /// Goes on to the next element of the message's array.
    fn element(&mut self, what: &str) -> Result<&mut &'a [u8], ProtocolError> {
        self.left = self.left.checked_sub(1).ok_or_else(|| invalid(what))?;
        Ok(&mut self.rest)
    }

    fn number(&mut self, what: &str) -> Result<u64, ProtocolError> {
        decode::read_int(self.element(what)?).map_err(|_| invalid(what))
    }

    fn optional_text(&mut self, what: &str) -> Result<Option<String>, ProtocolError> {
        let rest = self.element(what)?;
        if rest.first() == Some(&Marker::Null.to_u8()) {
            rest.advance(1);
            return Ok(None);
        }
        read_text(rest, what).map(Some)
    }

    fn text(&mut self, what: &str) -> Result<String, ProtocolError> {
        self.optional_text(what)?.ok_or_else(|| invalid(what))
    }

    fn headers(&mut self) -> Result<(), ProtocolError> {
        skip(self.element("headers")?).ok_or_else(|| invalid("headers"))
    }

    fn value(&mut self, what: &str) -> Result<Raw, ProtocolError> {
        let record = self.record;
        read_value(record, self.element(what)?).ok_or_else(|| invalid(what))
    }

    fn values(&mut self, what: &str) -> Result<Vec<Raw>, ProtocolError> {
        let record = self.record;
        let rest = self.element(what)?;
        let count = decode::read_array_len(rest).map_err(|_| invalid(what))?;
        (0..count).map(|_| read_value(record, rest).ok_or_else(|| invalid(what))).collect()
    }

    /// The names of upload streams; older clients leave the element out.
    fn upload_ids(&mut self) -> Result<Vec<String>, ProtocolError> {
        if self.left == 0 {
            return Ok(Vec::new());
        }
        let rest = self.element("streamIds")?;
        let count = decode::read_array_len(rest).map_err(|_| invalid("streamIds"))?;
        (0..count).map(|_| read_text(rest, "streamIds")).collect()
    }
}

fn read_text(rest: &mut &[u8], what: &str) -> Result<String, ProtocolError> {
    let (text, after) = decode::read_str_from_slice(*rest).map_err(|_| invalid(what))?;
    *rest = after;
    Ok(text.to_owned())
}

fn read_value(record: &Bytes, rest: &mut &[u8]) -> Option<Raw> {
    let start = *rest;
    skip(rest)?;
    let value = &start[..start.len() - rest.len()];
    Some(Raw { format: Format::MessagePack, bytes: record.slice_ref(value) })
}

/// Passes over one value, however deep; each step takes at least one byte.
fn skip(rest: &mut &[u8]) -> Option<()> {
    let mut values: u64 = 1;
    while values > 0 {
        values -= 1;
        let marker = decode::read_marker(rest).ok()?;
        let bytes = match marker {
            Marker::FixPos(_) | Marker::FixNeg(_) | Marker::Null | Marker::True | Marker::False => 0,
            Marker::U8 | Marker::I8 => 1,
            Marker::U16 | Marker::I16 | Marker::FixExt1 => 2,
            Marker::FixExt2 => 3,
            Marker::U32 | Marker::I32 | Marker::F32 => 4,
            Marker::FixExt4 => 5,
            Marker::U64 | Marker::I64 | Marker::F64 => 8,
            Marker::FixExt8 => 9,
            Marker::FixExt16 => 17,
            Marker::FixStr(length) => usize::from(length),
            Marker::Str8 | Marker::Bin8 => take_length(rest, 1)?,
            Marker::Str16 | Marker::Bin16 => take_length(rest, 2)?,
            Marker::Str32 | Marker::Bin32 => take_length(rest, 4)?,
            Marker::Ext8 => take_length(rest, 1)? + 1,
            Marker::Ext16 => take_length(rest, 2)? + 1,
            Marker::Ext32 => take_length(rest, 4)? + 1,
            Marker::FixArray(_)
            | Marker::Array16
            | Marker::Array32
            | Marker::FixMap(_)
            | Marker::Map16
            | Marker::Map32 => {
                values += take_members(marker, rest)?;
                0
            }
            Marker::Reserved => return None,
        };
        *rest = rest.get(bytes..)?;
    }
    Some(())
}

/// A length of 1, 2 or 4 bytes.
fn take_length(rest: &mut &[u8], bytes: usize) -> Option<usize> {
    let (length, after) = rest.split_at_checked(bytes)?;
    *rest = after;
    Some(length.iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
}

/// How many values follow in an array or a map.
fn take_members(marker: Marker, rest: &mut &[u8]) -> Option<u64> {
    Some(match marker {
        Marker::FixArray(length) => length.into(),
        Marker::FixMap(length) => u64::from(length) * 2,
        Marker::Array16 => take_length(rest, 2)? as u64,
        Marker::Array32 => take_length(rest, 4)? as u64,
        Marker::Map16 => take_length(rest, 2)? as u64 * 2,
        _ => take_length(rest, 4)? as u64 * 2,
    })
}

/// Reads one message. `None`: a type that this server does not know.
pub(super) fn decode(record: &Bytes) -> Result<Option<Message>, ProtocolError> {
    let mut reader = Reader::begin(record)?;
    let kind = reader.number("type")?;
    if (1..=5).contains(&kind) {
        reader.headers()?;
    }
    Ok(Some(match kind {
        1 | 4 => {
            // Clients may write an empty id for none.
            let id = reader.optional_text("invocationId")?.filter(|id| !id.is_empty());
            let target = reader.text("target")?;
            let arguments = reader.values("arguments")?;
            let upload_ids = reader.upload_ids()?;
            let streaming = kind == 4;
            if streaming && id.is_none() {
                return Err(invalid("invocationId"));
            }
            Message::Invocation(IncomingCall { id, target, arguments, upload_ids, streaming })
        }
        2 => Message::StreamItem { id: reader.text("invocationId")?, item: reader.value("item")? },
        3 => {
            let id = reader.text("invocationId")?;
            // Some clients answer what nobody asked, with an empty id.
            if id.is_empty() {
                return Ok(None);
            }
            let outcome = match reader.number("resultKind")? {
                1 => Outcome::Error(reader.text("error")?),
                2 => Outcome::Void,
                3 => Outcome::Value(reader.value("result")?),
                _ => return Err(invalid("resultKind")),
            };
            Message::Completion { id, outcome }
        }
        5 => Message::Cancel { id: reader.text("invocationId")? },
        6 => Message::Ping,
        7 => Message::Close { error: reader.optional_text("error")? },
        8 => Message::Ack(reader.number("sequenceId")?),
        9 => Message::Sequence(reader.number("sequenceId")?),
        _ => return Ok(None),
    }))
}

/// A message in the making. Its first bytes are kept free for the length.
struct Writer(Vec<u8>);

impl Writer {
    fn begin(elements: u32, kind: u8) -> Self {
        let mut out = Vec::with_capacity(128);
        out.resize(MAX_LENGTH_BYTES, 0);
        let mut writer = Self(out);
        writer.put(|out| encode::write_array_len(out, elements));
        writer.put(|out| encode::write_pfix(out, kind));
        writer
    }

    fn begin_with_headers(elements: u32, kind: u8) -> Self {
        let mut writer = Self::begin(elements, kind);
        writer.put(|out| encode::write_map_len(out, 0));
        writer
    }

    fn put<T, E: std::fmt::Debug>(&mut self, write: impl FnOnce(&mut Vec<u8>) -> Result<T, E>) {
        write(&mut self.0).expect("a vector takes everything");
    }

    fn text(&mut self, text: Option<&str>) {
        match text {
            Some(text) => self.put(|out| encode::write_str(out, text)),
            None => self.put(encode::write_nil),
        }
    }

    fn end(self) -> Bytes {
        let mut out = self.0;
        let mut length = out.len() - MAX_LENGTH_BYTES;
        let mut digits = Vec::with_capacity(MAX_LENGTH_BYTES);
        loop {
            let more = length > 0x7f;
            digits.push((length & 0x7f) as u8 | if more { 0x80 } else { 0 });
            length >>= 7;
            if !more {
                break;
            }
        }
        let start = MAX_LENGTH_BYTES - digits.len();
        out[start..MAX_LENGTH_BYTES].copy_from_slice(&digits);
        Bytes::from(out).slice(start..)
    }
}

pub(super) fn invocation(id: Option<&str>, invocation: &Invocation<'_>) -> Result<Bytes, String> {
    let mut writer = Writer::begin_with_headers(6, 1);
    writer.text(id);
    writer.text(Some(invocation.target()));
    let arguments = invocation.arguments();
    writer.put(|out| encode::write_array_len(out, arguments.len() as u32));
    for argument in arguments {
        argument.write(Format::MessagePack, &mut writer.0)?;
    }
    writer.put(|out| encode::write_array_len(out, 0));
    Ok(writer.end())
}

pub(super) fn stream_item(id: &str, item: &dyn Payload) -> Result<Bytes, String> {
    let mut writer = Writer::begin_with_headers(4, 2);
    writer.text(Some(id));
    item.write(Format::MessagePack, &mut writer.0)?;
    Ok(writer.end())
}

pub(super) fn completion(id: &str, outcome: Result<Option<&dyn Payload>, &str>) -> Result<Bytes, String> {
    let (elements, kind) = match outcome {
        Err(_) => (5, 1),
        Ok(None) => (4, 2),
        Ok(Some(_)) => (5, 3),
    };
    let mut writer = Writer::begin_with_headers(elements, 3);
    writer.text(Some(id));
    writer.put(|out| encode::write_pfix(out, kind));
    match outcome {
        Err(error) => writer.text(Some(error)),
        Ok(None) => {}
        Ok(Some(result)) => result.write(Format::MessagePack, &mut writer.0)?,
    }
    Ok(writer.end())
}

pub(super) fn ping() -> Bytes {
    Writer::begin(1, 6).end()
}

pub(super) fn close(error: Option<&str>, allow_reconnect: bool) -> Bytes {
    let mut writer = Writer::begin(3, 7);
    writer.text(error);
    writer.put(|out| encode::write_bool(out, allow_reconnect));
    writer.end()
}

/// An Ack (8) or a Sequence (9).
pub(super) fn numbered(kind: u8, number: u64) -> Bytes {
    let mut writer = Writer::begin(2, kind);
    writer.put(|out| encode::write_uint(out, number));
    writer.end()
}
