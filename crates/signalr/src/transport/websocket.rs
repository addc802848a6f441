//! The WebSocket transport.

use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::{Buf as _, Bytes};
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use http::{Method, StatusCode};
use hyper::ext::Protocol;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use sha1::{Digest as _, Sha1};
use tokio::io::{AsyncRead as _, AsyncWrite as _, AsyncWriteExt as _, ReadBuf};

use super::{Io, Transport};
use crate::protocol::TransferFormat;
use crate::protocol::frame::{self, FrameReader};

/// Bytes read at a time. They are on the stack: an idle connection has no buffer.
const READ_BYTES: usize = 4 * 1024;
/// What a server adds to the client's key (RFC 6455, 1.3).
const KEY_SUFFIX: &[u8] = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
const CLOSED_NORMALLY: u16 = 1000;
const PROTOCOL_ERROR: u16 = 1002;

/// Whether the request asks for a WebSocket: by an upgrade (HTTP/1.1) or an extended CONNECT (HTTP/2).
pub(crate) fn is_upgrade(parts: &Parts) -> bool {
    let headers = &parts.headers;
    is_extended_connect(parts)
        || names_token(headers, &header::UPGRADE, "websocket")
            && names_token(headers, &header::CONNECTION, "upgrade")
}

/// RFC 8441, 4.
fn is_extended_connect(parts: &Parts) -> bool {
    let protocol = parts.extensions.get::<Protocol>();
    parts.method == Method::CONNECT && protocol.is_some_and(|protocol| protocol.as_str() == "websocket")
}

fn names_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|part| part.trim().eq_ignore_ascii_case(token))
}

/// The upgrade of a request, agreed but not done yet.
pub(crate) struct Upgrade {
    upgrade: OnUpgrade,
    /// The answer to the client's key; over HTTP/2 there is none.
    accept: Option<HeaderValue>,
}

impl Upgrade {
    /// Checks the request's side of the opening handshake (RFC 6455, 4.2.1).
    pub(crate) fn of(parts: &mut Parts) -> Result<Self, StatusCode> {
        let version = parts.headers.get(header::SEC_WEBSOCKET_VERSION);
        if version.is_none_or(|version| version != "13") {
            return Err(StatusCode::UPGRADE_REQUIRED);
        }
        let accept = if is_extended_connect(parts) { None } else { Some(accept(&parts.headers)?) };
        let upgrade = parts.extensions.remove::<OnUpgrade>().ok_or(StatusCode::UPGRADE_REQUIRED)?;
        Ok(Self { upgrade, accept })
    }

    /// The answer to the client, and the socket that follows it.
    pub(crate) fn accept(self) -> (Response, impl Future<Output = Option<WebSocket>> + Send) {
        let response = match self.accept {
            Some(accept) => {
                let headers = [
                    (header::CONNECTION, HeaderValue::from_static("Upgrade")),
                    (header::UPGRADE, HeaderValue::from_static("websocket")),
                    (header::SEC_WEBSOCKET_ACCEPT, accept),
                ];
                (StatusCode::SWITCHING_PROTOCOLS, headers).into_response()
            }
            None => StatusCode::OK.into_response(),
        };
        (response, async move { self.upgrade.await.ok().map(WebSocket::new) })
    }
}

fn accept(headers: &HeaderMap) -> Result<HeaderValue, StatusCode> {
    let key = headers.get(header::SEC_WEBSOCKET_KEY).ok_or(StatusCode::BAD_REQUEST)?;
    let digest = Sha1::new().chain_update(key.as_bytes()).chain_update(KEY_SUFFIX).finalize();
    HeaderValue::from_str(&STANDARD.encode(digest)).map_err(|_| StatusCode::BAD_REQUEST)
}

struct Write {
    frame: Bytes,
    /// It came from the session, which wants to know when it is out.
    of_session: bool,
}

pub(crate) struct WebSocket {
    io: TokioIo<Upgraded>,
    reader: FrameReader,
    /// What is being written, and what comes after it.
    current: Option<Write>,
    data: Option<Bytes>,
    control: Option<Bytes>,
    /// The client has sent its close frame.
    left: bool,
    close_code: u16,
}

impl WebSocket {
    fn new(upgraded: Upgraded) -> Self {
        Self {
            io: TokioIo::new(upgraded),
            reader: FrameReader::default(),
            current: None,
            data: None,
            control: None,
            left: false,
            close_code: CLOSED_NORMALLY,
        }
    }

    /// Writes what there is to write; ready when the session's write is out, or the socket broken.
    fn poll_write(&mut self, cx: &mut Context<'_>) -> Poll<Io> {
        loop {
            let Some(current) = &mut self.current else {
                let control = self.control.take().map(|frame| Write { frame, of_session: false });
                let next = || self.data.take().map(|frame| Write { frame, of_session: true });
                self.current = control.or_else(next);
                if self.current.is_none() {
                    return Poll::Pending;
                }
                continue;
            };
            if current.frame.is_empty() {
                let flushed = ready!(Pin::new(&mut self.io).poll_flush(cx));
                let of_session = current.of_session;
                self.current = None;
                match flushed {
                    Ok(()) if of_session => return Poll::Ready(Io::Written),
                    Ok(()) => continue,
                    Err(_) => return Poll::Ready(Io::Lost),
                }
            }
            match ready!(Pin::new(&mut self.io).poll_write(cx, &current.frame)) {
                Ok(written) if written > 0 => current.frame.advance(written),
                _ => return Poll::Ready(Io::Lost),
            }
        }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Io> {
        while !self.left {
            let mut space = [0; READ_BYTES];
            let mut buffer = ReadBuf::new(&mut space);
            match ready!(Pin::new(&mut self.io).poll_read(cx, &mut buffer)) {
                Ok(()) if !buffer.filled().is_empty() => {}
                _ => return Poll::Ready(Io::Lost),
            }
            let arrived = match self.reader.read(buffer.filled()) {
                Ok(arrived) => arrived,
                Err(violation) => {
                    self.close_code = PROTOCOL_ERROR;
                    return Poll::Ready(Io::Broken(violation.to_owned()));
                }
            };
            self.left = arrived.closed;
            if let Some(payload) = arrived.ping {
                self.control = Some(frame::pong(&payload));
                // Nobody else may have a reason to poll soon.
                cx.waker().wake_by_ref();
            }
            if !arrived.data.is_empty() {
                return Poll::Ready(Io::Received(arrived.data.into()));
            }
        }
        Poll::Ready(Io::Left)
    }
}

impl Transport for WebSocket {
    fn write(&mut self, bytes: Bytes, format: TransferFormat) {
        self.data = Some(match format {
            TransferFormat::Text => frame::text(&bytes),
            TransferFormat::Binary => frame::binary(&bytes),
        });
    }

    fn poll(&mut self, reading: bool, cx: &mut Context<'_>) -> Poll<Io> {
        match self.poll_write(cx) {
            Poll::Pending if reading => self.poll_read(cx),
            written => written,
        }
    }

    async fn close(&mut self) {
        // Also in answer to an empty close frame: Microsoft's server does so.
        self.data = Some(frame::close(self.close_code));
        while self.data.is_some() || self.current.is_some() {
            if !matches!(poll_fn(|cx| self.poll_write(cx)).await, Io::Written) {
                return;
            }
        }
        if self.io.shutdown().await.is_err() {
            return;
        }
        while matches!(poll_fn(|cx| self.poll_read(cx)).await, Io::Received(_)) {}
    }
}
