//! The handshake: one JSON record each way, whatever the format that follows.

use bytes::{Bytes, BytesMut};
use serde::Deserialize;

use super::{Format, ProtocolError, RECORD_SEPARATOR, take_until_separator};

/// The server's yes.
pub(crate) const ACCEPTED: &[u8] = b"{}\x1e";

/// The answer to a client that takes too long, or that says more than fits.
pub(crate) const CANCELED: &str = "Handshake was canceled.";

/// The highest version of the hub protocol: 2 is what a client with stateful reconnect speaks.
/// Lower ones are taken as well, as Microsoft's server does: some clients say 0.
const MAX_VERSION: i64 = 2;

#[derive(Deserialize)]
struct Request {
    protocol: String,
    version: i64,
}

/// Takes the handshake off the front of `buffer`, once it is whole. What follows it belongs to the protocol
/// chosen. Not every transport takes `binary` formats.
pub(crate) fn take(
    buffer: &mut BytesMut,
    max_bytes: usize,
    binary: bool,
) -> Result<Option<Format>, ProtocolError> {
    let taken = take_until_separator(buffer, &mut 0, max_bytes);
    let Some(record) = taken.map_err(|_| ProtocolError(CANCELED.to_owned()))? else { return Ok(None) };
    let request: Request = serde_json::from_slice(&record)
        .map_err(|_| ProtocolError("An unexpected error occurred during connection handshake.".to_owned()))?;
    let known = [("json", Format::Json), ("messagepack", Format::MessagePack)];
    let Some((name, format)) =
        known.into_iter().find(|(name, _)| name.eq_ignore_ascii_case(&request.protocol))
    else {
        return Err(ProtocolError(format!("The protocol '{}' is not supported.", request.protocol)));
    };
    if request.version > MAX_VERSION {
        return Err(ProtocolError(format!(
            "The server does not support version {} of the '{}' protocol.",
            request.version, request.protocol
        )));
    }
    if format == Format::MessagePack && !binary {
        return Err(ProtocolError(format!(
            "Cannot use the '{name}' protocol on the current transport. The transport does not support 'Binary' \
             transfer format."
        )));
    }
    Ok(Some(format))
}

/// The server's no, with the reason.
pub(crate) fn refused(error: &str) -> Bytes {
    let mut reply = serde_json::json!({ "error": error }).to_string().into_bytes();
    reply.push(RECORD_SEPARATOR);
    reply.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Option<Format>, String> {
        take(&mut BytesMut::from(text), 1024, true).map_err(|error| error.0)
    }

    #[test]
    fn what_follows_the_handshake_stays_in_the_buffer() {
        let mut buffer = BytesMut::from("{\"protocol\":\"json\",\"version\":1}\x1e{\"type\":6}\x1e");
        assert_eq!(take(&mut buffer, 1024, true), Ok(Some(Format::Json)));
        assert_eq!(&buffer[..], b"{\"type\":6}\x1e");
    }

    #[test]
    fn a_part_of_a_handshake_waits_for_the_rest() {
        assert_eq!(read("{\"protocol\":\"js"), Ok(None));
    }

    #[test]
    fn protocols_are_known_whatever_the_case_of_their_names() {
        assert_eq!(read("{\"protocol\":\"MessagePack\",\"version\":1}\u{1e}"), Ok(Some(Format::MessagePack)));
    }

    #[test]
    fn some_clients_say_version_0() {
        assert_eq!(read("{\"protocol\":\"json\",\"version\":0}\x1e"), Ok(Some(Format::Json)));
    }

    #[test]
    fn other_protocols_and_versions_are_refused_by_name() {
        assert_eq!(
            read("{\"protocol\":\"x\",\"version\":1}\x1e"),
            Err("The protocol 'x' is not supported.".to_owned())
        );
        assert_eq!(
            read("{\"protocol\":\"json\",\"version\":9}\x1e"),
            Err("The server does not support version 9 of the 'json' protocol.".to_owned())
        );
        assert!(read("hello\x1e").is_err());
        assert_eq!(read(&"x".repeat(2000)), Err(CANCELED.to_owned()));
    }
}
