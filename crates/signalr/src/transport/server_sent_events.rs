//! The Server-Sent Events transport: one long response down, requests up. Text only.

use std::sync::Arc;
use std::task::Poll;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::{Bytes, BytesMut};
use futures_util::stream;
use http::{HeaderMap, header};

use super::pipe::RequestEnd;

/// A comment line at once: some browsers wait for data before they say that the stream is open.
const OPENING: &[u8] = b":\r\n";

/// Whether the request asks for an event stream.
pub(crate) fn is_wanted(headers: &HeaderMap) -> bool {
    let accepts = headers.get_all(header::ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepts.flat_map(|value| value.split(',')).any(|part| {
        let kind = part.split_once(';').map_or(part, |(kind, _)| kind);
        kind.trim().eq_ignore_ascii_case("text/event-stream")
    })
}

/// One write as one event. A line end inside becomes the end of a `data` line; the client joins them again.
pub(crate) fn event(bytes: &Bytes) -> Bytes {
    let mut out = BytesMut::with_capacity(bytes.len() + 16);
    let mut rest = &bytes[..];
    loop {
        let end = rest.iter().position(|byte| matches!(byte, b'\r' | b'\n'));
        out.extend_from_slice(b"data: ");
        out.extend_from_slice(&rest[..end.unwrap_or(rest.len())]);
        out.extend_from_slice(b"\r\n");
        let Some(end) = end else { break };
        let both = rest[end..].starts_with(b"\r\n");
        rest = &rest[end + if both { 2 } else { 1 }..];
    }
    out.extend_from_slice(b"\r\n");
    out.freeze()
}

/// Says that nobody will take anything any more, however the response ends.
struct Leave<F: FnMut()>(F);

impl<F: FnMut()> Drop for Leave<F> {
    fn drop(&mut self) {
        (self.0)();
    }
}

/// The response: everything the session writes. `left` is called when it is over, either way.
pub(crate) fn response(ends: Arc<RequestEnd>, left: impl FnMut() + Send + 'static) -> Response {
    let leave = Leave(left);
    let mut opening = Some(Bytes::from_static(OPENING));
    let events = stream::poll_fn(move |cx| {
        let _kept = &leave;
        if let Some(opening) = opening.take() {
            return Poll::Ready(Some(Ok::<_, std::convert::Infallible>(opening)));
        }
        match ends.outgoing.try_lock() {
            Ok(mut outgoing) => outgoing.poll_recv(cx).map(|bytes| bytes.map(Ok)),
            // Only one response ever takes from an event stream's pipe.
            Err(_) => Poll::Ready(None),
        }
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache,no-store"),
        (header::PRAGMA, "no-cache"),
        (header::CONTENT_ENCODING, "identity"),
    ];
    (headers, Body::from_stream(events)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_is_one_event_and_line_ends_make_data_lines() {
        let cases = [
            ("{}\u{1e}", "data: {}\u{1e}\r\n\r\n"),
            ("a\nb\r\nc\rd", "data: a\r\ndata: b\r\ndata: c\r\ndata: d\r\n\r\n"),
            ("a\n", "data: a\r\ndata: \r\n\r\n"),
        ];
        for (payload, wire) in cases {
            assert_eq!(event(&Bytes::from(payload)), wire);
        }
    }
}
