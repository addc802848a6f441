//! The hub protocol, without any input or output: messages, their formats and the handshake.

pub(crate) mod frame;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
pub(crate) mod handshake;
mod json;
mod messagepack;

use bytes::{Bytes, BytesMut};

use crate::payload::{Invocation, Payload, Raw};

/// A format of the hub protocol, chosen by the client in its handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// `json`: text, records ended by 0x1E.
    Json,
    /// `messagepack`: binary, records behind their length.
    MessagePack,
}

/// How bytes go out where text and binary are told apart: over a WebSocket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TransferFormat {
    /// They are UTF-8. Event streams carry nothing else.
    Text,
    /// They may be anything.
    Binary,
}

/// Ends a JSON record and the handshake, in either direction.
pub(crate) const RECORD_SEPARATOR: u8 = 0x1e;

/// What a client says.
#[derive(Debug, PartialEq)]
pub(crate) enum Message {
    Invocation(IncomingCall),
    /// An item of an upload stream.
    StreamItem {
        id: String,
        item: Raw,
    },
    /// The end of an upload stream, or the answer to a request to the client.
    Completion {
        id: String,
        outcome: Outcome,
    },
    /// The client wants no more of a stream.
    Cancel {
        id: String,
    },
    Ping,
    Close {
        error: Option<String>,
    },
    /// The client has everything up to this number (stateful reconnect).
    Ack(u64),
    /// The client goes on with the message of this number (stateful reconnect).
    Sequence(u64),
}

/// A call of a hub method as it comes from the wire.
#[derive(Debug, PartialEq)]
pub(crate) struct IncomingCall {
    /// Without an id no answer is wanted, not even an error.
    pub(crate) id: Option<String>,
    pub(crate) target: String,
    pub(crate) arguments: Vec<Raw>,
    pub(crate) upload_ids: Vec<String>,
    /// The client expects a stream of items.
    pub(crate) streaming: bool,
}

/// How something ended.
#[derive(Debug, PartialEq)]
pub(crate) enum Outcome {
    Void,
    Value(Raw),
    Error(String),
}

/// The client broke the protocol; in words for its log.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub(crate) struct ProtocolError(pub(crate) String);

/// Cuts what arrives into messages. Messages may share a packet or be spread over several.
pub(crate) struct Decoder {
    format: Format,
    max_message_bytes: usize,
    buffer: BytesMut,
    /// The first so many bytes of the buffer are known to hold no separator.
    scanned: usize,
}

impl Decoder {
    pub(crate) fn new(format: Format, max_message_bytes: usize, rest: BytesMut) -> Self {
        Self { format, max_message_bytes, buffer: rest, scanned: 0 }
    }

    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.buffer.extend_from_slice(bytes);
    }

    /// Forgets a part of a message: the rest will not come.
    pub(crate) fn reset(&mut self) {
        self.buffer = BytesMut::new();
        self.scanned = 0;
    }

    /// The next whole message, if there is one. An unknown type of message is passed over.
    pub(crate) fn next(&mut self) -> Result<Option<Message>, ProtocolError> {
        loop {
            let Some(record) = self.next_record()? else { return Ok(None) };
            let message = match self.format {
                Format::Json => json::decode(&record)?,
                Format::MessagePack => messagepack::decode(&record)?,
            };
            if message.is_some() {
                return Ok(message);
            }
        }
    }

    fn next_record(&mut self) -> Result<Option<Bytes>, ProtocolError> {
        let max_bytes = self.max_message_bytes;
        let record = match self.format {
            Format::Json => take_until_separator(&mut self.buffer, &mut self.scanned, max_bytes)?,
            Format::MessagePack => messagepack::take_record(&mut self.buffer, max_bytes)?,
        };
        if self.buffer.is_empty() {
            // An idle connection keeps no buffer.
            self.buffer = BytesMut::new();
        }
        Ok(record)
    }
}

/// Takes the bytes before the next separator. `scanned` remembers how far there was none.
pub(crate) fn take_until_separator(
    buffer: &mut BytesMut,
    scanned: &mut usize,
    max_bytes: usize,
) -> Result<Option<Bytes>, ProtocolError> {
    let at = buffer[*scanned..].iter().position(|byte| *byte == RECORD_SEPARATOR).map(|at| at + *scanned);
    if at.unwrap_or(buffer.len()) > max_bytes {
        return Err(too_long(max_bytes));
    }
    let Some(at) = at else {
        *scanned = buffer.len();
        return Ok(None);
    };
    *scanned = 0;
    let mut record = buffer.split_to(at + 1);
    record.truncate(at);
    Ok(Some(record.freeze()))
}

fn too_long(max_bytes: usize) -> ProtocolError {
    ProtocolError(format!(
        "The maximum message size of {max_bytes}B was exceeded. The message size can be configured in AddHubOptions."
    ))
}

impl Format {
    /// How its messages go out.
    pub(crate) fn transfer(self) -> TransferFormat {
        match self {
            Self::Json => TransferFormat::Text,
            Self::MessagePack => TransferFormat::Binary,
        }
    }
}

/// The encoders: each gives one whole message, ready to be written after any other.
impl Format {
    pub(crate) fn invocation(self, id: Option<&str>, invocation: &Invocation<'_>) -> Result<Bytes, String> {
        match self {
            Self::Json => json::invocation(id, invocation),
            Self::MessagePack => messagepack::invocation(id, invocation),
        }
    }

    pub(crate) fn stream_item(self, id: &str, item: &dyn Payload) -> Result<Bytes, String> {
        match self {
            Self::Json => json::stream_item(id, item),
            Self::MessagePack => messagepack::stream_item(id, item),
        }
    }

    pub(crate) fn completion(
        self,
        id: &str,
        outcome: Result<Option<&dyn Payload>, &str>,
    ) -> Result<Bytes, String> {
        match self {
            Self::Json => json::completion(id, outcome),
            Self::MessagePack => messagepack::completion(id, outcome),
        }
    }

    pub(crate) fn ping(self) -> Bytes {
        match self {
            Self::Json => Bytes::from_static(b"{\"type\":6}\x1e"),
            Self::MessagePack => messagepack::ping(),
        }
    }

    pub(crate) fn ack(self, number: u64) -> Bytes {
        match self {
            Self::Json => json::numbered(8, number),
            Self::MessagePack => messagepack::numbered(8, number),
        }
    }

    pub(crate) fn sequence(self, number: u64) -> Bytes {
        match self {
            Self::Json => json::numbered(9, number),
            Self::MessagePack => messagepack::numbered(9, number),
        }
    }

    pub(crate) fn close(self, error: Option<&str>, allow_reconnect: bool) -> Bytes {
        match self {
            Self::Json => json::close(error, allow_reconnect),
            Self::MessagePack => messagepack::close(error, allow_reconnect),
        }
    }
}

#[cfg(test)]
mod tests;
