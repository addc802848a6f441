//! The WebSocket transport.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Sink, SinkExt as _, Stream, StreamExt as _};
use http::StatusCode;
use http::header::{self, HeaderMap, HeaderName, HeaderValue};
use http::request::Parts;
use hyper::upgrade::{OnUpgrade, Upgraded};
use hyper_util::rt::TokioIo;
use tokio::io::AsyncWriteExt as _;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::protocol::{CloseFrame, Role, WebSocketConfig};
use tokio_tungstenite::tungstenite::{Error, Message, Utf8Bytes};

use super::{Io, Transport};
use crate::protocol::Format;

/// What an idle connection keeps for reading, in bytes.
const READ_BUFFER_BYTES: usize = 2 * 1024;
/// The largest WebSocket message taken. It may hold many hub messages, each with a limit of its own.
const MAX_MESSAGE_BYTES: usize = 256 * 1024;
/// A close frame with code 1000 (unmasked, as servers send it).
const CLOSE_NORMALLY: &[u8] = &[0x88, 0x02, 0x03, 0xe8];

/// Whether the request asks for a WebSocket.
pub(crate) fn is_upgrade(headers: &HeaderMap) -> bool {
    names_token(headers, &header::UPGRADE, "websocket")
        && names_token(headers, &header::CONNECTION, "upgrade")
}

fn names_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|part| part.trim().eq_ignore_ascii_case(token))
}

/// The upgrade of a request, agreed but not done yet.
pub(crate) struct Upgrade {
    upgrade: OnUpgrade,
    accept: HeaderValue,
}

impl Upgrade {
    /// Checks the request's side of the opening handshake (RFC 6455, 4.2.1).
    pub(crate) fn of(parts: &mut Parts) -> Result<Self, StatusCode> {
        let version = parts.headers.get(header::SEC_WEBSOCKET_VERSION);
        if version.is_none_or(|version| version != "13") {
            return Err(StatusCode::UPGRADE_REQUIRED);
        }
        let key = parts.headers.get(header::SEC_WEBSOCKET_KEY).ok_or(StatusCode::BAD_REQUEST)?;
        let accept = HeaderValue::from_str(&derive_accept_key(key.as_bytes()));
        let upgrade = parts.extensions.remove::<OnUpgrade>().ok_or(StatusCode::UPGRADE_REQUIRED)?;
        Ok(Self { upgrade, accept: accept.map_err(|_| StatusCode::BAD_REQUEST)? })
    }

    /// The answer to the client, and the socket that follows it.
    pub(crate) fn accept(self) -> (Response, impl Future<Output = Option<WebSocket>> + Send) {
        let headers = [
            (header::CONNECTION, HeaderValue::from_static("Upgrade")),
            (header::UPGRADE, HeaderValue::from_static("websocket")),
            (header::SEC_WEBSOCKET_ACCEPT, self.accept),
        ];
        let socket = async move { Some(WebSocket::new(self.upgrade.await.ok()?).await) };
        ((StatusCode::SWITCHING_PROTOCOLS, headers).into_response(), socket)
    }
}

pub(crate) struct WebSocket {
    stream: WebSocketStream<TokioIo<Upgraded>>,
    writing: bool,
    /// A failed write; told at the next poll.
    failed: bool,
    /// The client has sent its close frame.
    left: bool,
}

impl WebSocket {
    async fn new(upgraded: Upgraded) -> Self {
        let config = WebSocketConfig::default()
            .read_buffer_size(READ_BUFFER_BYTES)
            .write_buffer_size(0)
            .max_message_size(Some(MAX_MESSAGE_BYTES))
            .max_frame_size(Some(MAX_MESSAGE_BYTES));
        let io = TokioIo::new(upgraded);
        let stream = WebSocketStream::from_raw_socket(io, Role::Server, Some(config)).await;
        Self { stream, writing: false, failed: false, left: false }
    }

    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Io> {
        loop {
            return Poll::Ready(match Pin::new(&mut self.stream).poll_next(cx) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Some(Ok(Message::Text(text)))) => Io::Received(text.into()),
                Poll::Ready(Some(Ok(Message::Binary(bytes)))) => Io::Received(bytes),
                Poll::Ready(Some(Ok(Message::Close(_)))) => {
                    self.left = true;
                    Io::Left
                }
                Poll::Ready(Some(Ok(_))) => continue,
                Poll::Ready(Some(Err(error @ (Error::Capacity(_) | Error::Utf8(_))))) => {
                    Io::Broken(error.to_string())
                }
                Poll::Ready(Some(Err(_)) | None) => Io::Lost,
            });
        }
    }
}

impl Transport for WebSocket {
    fn write(&mut self, bytes: Bytes, format: Format) {
        let message = match format {
            // Everything the JSON format writes is UTF-8; anything else is a fault of an encoder.
            Format::Json => Utf8Bytes::try_from(bytes).map(Message::Text).map_err(drop),
            Format::MessagePack => Ok(Message::Binary(bytes)),
        };
        self.writing = true;
        self.failed = !message.is_ok_and(|message| Pin::new(&mut self.stream).start_send(message).is_ok());
    }

    fn poll(&mut self, reading: bool, cx: &mut Context<'_>) -> Poll<Io> {
        if self.failed {
            return Poll::Ready(Io::Lost);
        }
        if self.writing
            && let Poll::Ready(done) = Pin::new(&mut self.stream).poll_flush(cx)
        {
            self.writing = false;
            return Poll::Ready(if done.is_ok() { Io::Written } else { Io::Lost });
        }
        if reading { self.poll_read(cx) } else { Poll::Pending }
    }

    async fn close(&mut self) {
        if self.left && !self.writing {
            // The library would echo an empty close frame; Microsoft's server answers 1000 to every one.
            let io = self.stream.get_mut();
            if io.write_all(CLOSE_NORMALLY).await.is_ok() {
                let _ = io.shutdown().await;
            }
            return;
        }
        let frame = CloseFrame { code: CloseCode::Normal, reason: Utf8Bytes::default() };
        if self.stream.send(Message::Close(Some(frame))).await.is_ok() {
            while let Some(Ok(_)) = self.stream.next().await {}
        }
    }
}
