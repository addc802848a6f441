//! What must hold for every input of each parser. The fuzz targets in `fuzz/` look for inputs that break it, and
//! the tests replay those in `tests/corpus`. Public only with the feature `fuzzing`; no part of the interface.

use bytes::{Bytes, BytesMut};
use serde_json::Value;

use super::frame::{self, Arrived, FrameReader, Violation};
use super::{Decoder, Format, IncomingCall, Message, Outcome, handshake};
use crate::payload::{Invocation, Payload, Raw};

/// The largest message that the parsers take here.
const MAX_BYTES: usize = 4 * 1024;
/// The same for what is written again: an escaped character takes six bytes.
const MAX_REWRITTEN_BYTES: usize = 8 * MAX_BYTES;

/// A property of a parser: panics if it does not hold for this input.
pub type Property = fn(&[u8]);

/// Each fuzz target, by the name that its corpus has as well.
pub const TARGETS: [(&str, Property); 6] = [
    ("json", json),
    ("messagepack", messagepack),
    ("handshake", handshake),
    ("framing", framing),
    ("frames", frames),
    ("bodies", bodies),
];

/// Records of the JSON format.
pub fn json(input: &[u8]) {
    messages(Format::Json, input);
}

/// Messages of the MessagePack format, behind their lengths.
pub fn messagepack(input: &[u8]) {
    messages(Format::MessagePack, input);
}

/// The handshake, and that what follows it is left alone.
pub fn handshake(input: &[u8]) {
    for binary in [false, true] {
        let mut whole = BytesMut::from(input);
        let taken = handshake::take(&mut whole, MAX_BYTES, binary);
        assert!(input.ends_with(&whole), "what follows is left as it is");
        let mut grown = BytesMut::new();
        let mut bytes = input.iter();
        let grown_taken = loop {
            match handshake::take(&mut grown, MAX_BYTES, binary) {
                Ok(None) => match bytes.next() {
                    Some(byte) => grown.extend_from_slice(&[*byte]),
                    None => break Ok(None),
                },
                other => break other,
            }
        };
        assert_eq!(taken, grown_taken);
        if let Err(error) = taken {
            let refusal = handshake::refused(&error.0);
            let record: Value = serde_json::from_slice(&refusal[..refusal.len() - 1]).unwrap();
            assert_eq!(record["error"], error.0);
        }
    }
}

/// How either format finds the ends of messages, whatever is in them.
pub fn framing(input: &[u8]) {
    for format in [Format::Json, Format::MessagePack] {
        let mut decoder = Decoder::new(format, MAX_BYTES, BytesMut::from(input));
        let mut records = Vec::new();
        while let Ok(Some(record)) = decoder.next_record() {
            assert!(record.len() <= MAX_BYTES);
            records.push(record);
        }
        let taken: usize = records.iter().map(|record| record.len() + 1).sum();
        assert!(taken + decoder.buffer.len() <= input.len(), "nothing is read twice");
        if format == Format::Json {
            let joined = records.iter().flat_map(|record| [record, &b"\x1e"[..]].concat());
            assert!(joined.eq(input[..taken].iter().copied()), "nothing is left out");
        }
        let mut decoder = Decoder::new(format, MAX_BYTES, BytesMut::new());
        let mut grown = Vec::new();
        'pieces: for byte in input {
            decoder.push(&[*byte]);
            loop {
                match decoder.next_record() {
                    Ok(Some(record)) => grown.push(record),
                    Ok(None) => break,
                    Err(_) => break 'pieces,
                }
            }
        }
        assert_eq!(records, grown);
    }
}

/// A client's WebSocket frames.
pub fn frames(input: &[u8]) {
    let whole = FrameReader::default().read(input);
    assert_eq!(whole, read_byte_by_byte(input));
    if let Ok(arrived) = whole {
        assert!(arrived.data.len() <= input.len());
        let again = FrameReader::default().read(&masked(0x82, &arrived.data));
        assert_eq!(again.map(|again| again.data), Ok(arrived.data));
    }
}

fn read_byte_by_byte(input: &[u8]) -> Result<Arrived, Violation> {
    let (mut reader, mut all) = (FrameReader::default(), Arrived::default());
    for byte in input {
        let one = reader.read(&[*byte])?;
        all.data.extend(one.data);
        all.ping = one.ping.or(all.ping);
        all.closed = one.closed;
        if all.closed {
            break;
        }
    }
    Ok(all)
}

/// A frame as a client sends it, beginning with the byte `first`.
pub(super) fn masked(first: u8, payload: &[u8]) -> Vec<u8> {
    let mask = [0x11, 0x22, 0x33, 0x44];
    let server = frame::binary(payload);
    let mut out = server[..server.len() - payload.len()].to_vec();
    out[0] = first;
    out[1] |= 0x80;
    out.extend_from_slice(&mask);
    out.extend(payload.iter().enumerate().map(|(index, byte)| byte ^ mask[index % 4]));
    out
}

/// Request bodies from the handshake on: the first byte says how large each is, the rest is what they bring. It
/// does not matter where one ends and the next begins.
pub fn bodies(input: &[u8]) {
    let Some((size, stream)) = input.split_first() else { return };
    let bodies = stream.chunks(usize::from(*size) + 1);
    assert_eq!(hear(std::iter::once(stream)), hear(bodies));
}

/// What a session makes of these bodies: the format, its messages, and the error that ends them.
fn hear<'a>(bodies: impl Iterator<Item = &'a [u8]>) -> (Option<Format>, Vec<Message>, Option<String>) {
    let mut waiting = BytesMut::new();
    let mut decoder = None;
    let mut messages = Vec::new();
    for body in bodies {
        let decoder = if let Some(decoder) = &mut decoder {
            Decoder::push(decoder, body);
            decoder
        } else {
            waiting.extend_from_slice(body);
            match handshake::take(&mut waiting, MAX_BYTES, true) {
                Ok(None) => continue,
                Ok(Some(format)) => {
                    decoder.insert(Decoder::new(format, MAX_BYTES, std::mem::take(&mut waiting)))
                }
                Err(error) => return (None, messages, Some(error.0)),
            }
        };
        if let Some(error) = take_all(decoder, &mut messages) {
            return (Some(decoder.format), messages, Some(error));
        }
    }
    (decoder.map(|decoder| decoder.format), messages, None)
}

/// Takes every whole message; the error, if one ends them.
fn take_all(decoder: &mut Decoder, messages: &mut Vec<Message>) -> Option<String> {
    loop {
        match decoder.next() {
            Ok(Some(message)) => messages.push(message),
            Ok(None) => return None,
            Err(error) => return Some(error.0),
        }
    }
}

/// Everything that comes out of an input given in these pieces: the messages, and the error that ends them.
pub(super) fn decode<'a>(
    format: Format,
    max_bytes: usize,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<Message>, Option<String>) {
    let mut decoder = Decoder::new(format, max_bytes, BytesMut::new());
    let mut messages = Vec::new();
    for piece in pieces {
        decoder.push(piece);
        if let Some(error) = take_all(&mut decoder, &mut messages) {
            return (messages, Some(error));
        }
    }
    (messages, None)
}

fn messages(format: Format, input: &[u8]) {
    let whole = decode(format, MAX_BYTES, [input]);
    assert_eq!(whole, decode(format, MAX_BYTES, input.chunks(1)));
    for message in whole.0 {
        values(&message).into_iter().for_each(value_survives);
        let Some(wire) = write(format, &message) else { continue };
        let again = decode(format, MAX_REWRITTEN_BYTES, [&wire[..]]);
        assert_eq!(again, (vec![as_written(message)], None));
    }
}

fn values(message: &Message) -> Vec<&Raw> {
    match message {
        Message::Invocation(call) => call.arguments.iter().collect(),
        Message::StreamItem { item, .. } => vec![item],
        Message::Completion { outcome: Outcome::Value(result), .. } => vec![result],
        _ => Vec::new(),
    }
}

/// A value that can be read at all is the same after it was written and read again.
fn value_survives(raw: &Raw) {
    let Ok(value) = raw.decode::<Value>() else { return };
    let mut out = Vec::new();
    value.write(raw.format, &mut out).unwrap();
    let again = Raw { format: raw.format, bytes: out.into() };
    assert_eq!(again.decode::<Value>(), Ok(value));
}

/// A value to be written as it was read.
struct Verbatim<'a>(&'a Raw);

impl Payload for Verbatim<'_> {
    fn write(&self, _format: Format, out: &mut Vec<u8>) -> Result<(), String> {
        out.extend_from_slice(&self.0.bytes);
        Ok(())
    }
}

/// The message as a server writes it; `None` for those that only clients send.
fn write(format: Format, message: &Message) -> Option<Bytes> {
    let written = match message {
        Message::Invocation(call) => {
            let invocation =
                call.arguments.iter().map(Verbatim).fold(Invocation::new(&call.target), Invocation::arg);
            format.invocation(call.id.as_deref(), &invocation)
        }
        Message::StreamItem { id, item } => format.stream_item(id, &Verbatim(item)),
        Message::Completion { id, outcome: Outcome::Void } => format.completion(id, Ok(None)),
        Message::Completion { id, outcome: Outcome::Error(error) } => format.completion(id, Err(error)),
        Message::Completion { id, outcome: Outcome::Value(result) } => {
            format.completion(id, Ok(Some(&Verbatim(result))))
        }
        Message::Cancel { .. } => return None,
        Message::Ping => Ok(format.ping()),
        Message::Close { error } => Ok(format.close(error.as_deref(), false)),
        Message::Ack(number) => Ok(format.ack(*number)),
        Message::Sequence(number) => Ok(format.sequence(*number)),
    };
    Some(written.expect("everything here can be written"))
}

/// Servers neither call streams nor upload.
fn as_written(message: Message) -> Message {
    match message {
        Message::Invocation(call) => {
            Message::Invocation(IncomingCall { upload_ids: Vec::new(), streaming: false, ..call })
        }
        other => other,
    }
}
