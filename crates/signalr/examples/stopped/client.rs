//! A client by hand that reads from its socket only while it is asked for more.

use std::collections::VecDeque;
use std::io::BufRead as _;
use std::net::SocketAddr;
use std::pin::Pin;

use axum::body::{Body, BodyDataStream};
use futures_util::{SinkExt as _, StreamExt as _};
use http::{Method, Request, StatusCode};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use signalr::TransportKind;
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;

/// Receive buffer of a client's socket: soon full.
const RECEIVE_BUFFER_BYTES: u32 = 8 * 1024;
/// The largest answer to a poll or a negotiation.
const MAX_BODY_BYTES: usize = 1024 * 1024;
const HANDSHAKE: &str = "{\"protocol\":\"json\",\"version\":1}\u{1e}";

/// Why a run could not go on.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// A connected client, its handshake done.
pub struct Client {
    way: Way,
    /// Bytes of a record that is not whole yet.
    partial: Vec<u8>,
    records: VecDeque<Value>,
}

enum Way {
    Socket(Box<WebSocketStream<TcpStream>>),
    Events(Http, BodyDataStream),
    Polls(Http, String),
}

impl Client {
    /// Connects as `number`, which is its credential as well.
    pub async fn connect(
        address: SocketAddr,
        transport: TransportKind,
        number: usize,
    ) -> Result<Self, Failure> {
        let way = if transport == TransportKind::WebSockets {
            let url = format!("ws://{address}/hub?access_token={number}");
            let (socket, _) = tokio_tungstenite::client_async(url, open(address).await?).await?;
            Way::Socket(Box::new(socket))
        } else {
            let mut http = Http::open(address).await?;
            let negotiate = format!("/hub/negotiate?negotiateVersion=1&access_token={number}");
            let (_, offer) = http.whole(Method::POST, &negotiate, "").await?;
            let offer: Value = serde_json::from_slice(&offer)?;
            let token = offer["connectionToken"].as_str().ok_or("no token")?;
            let uri = format!("/hub?id={token}&access_token={number}");
            let way = if transport == TransportKind::LongPolling {
                http.whole(Method::GET, &uri, "").await?;
                Way::Polls(http, uri.clone())
            } else {
                let response = http.request(Method::GET, &uri, "", "text/event-stream").await?;
                Way::Events(http, Body::new(response.into_body()).into_data_stream())
            };
            Http::open(address).await?.whole(Method::POST, &uri, HANDSHAKE).await?;
            way
        };
        let mut client = Self { way, partial: Vec::new(), records: VecDeque::new() };
        if let Way::Socket(socket) = &mut client.way {
            socket.send(Message::text(HANDSHAKE)).await?;
        }
        match client.next().await? {
            Some(accepted) if accepted == serde_json::json!({}) => Ok(client),
            other => Err(format!("{other:?} instead of the handshake's answer").into()),
        }
    }

    /// The next record; `None` when the connection is over.
    pub async fn next(&mut self) -> Result<Option<Value>, Failure> {
        while self.records.is_empty() {
            let Some(more) = self.way.more().await? else { return Ok(None) };
            self.partial.extend_from_slice(&more);
            let heard = std::mem::take(&mut self.partial);
            let mut rest = &heard[..];
            while !rest.is_empty() {
                let mut record = Vec::new();
                rest.read_until(0x1e, &mut record)?;
                if record.pop_if(|last| *last == 0x1e).is_none() {
                    self.partial = record;
                    break;
                }
                // What an event stream puts around its data holds no brace.
                let start =
                    record.iter().position(|byte| *byte == b'{').ok_or("a record without an object")?;
                self.records.push_back(serde_json::from_slice(&record[start..])?);
            }
        }
        Ok(self.records.pop_front())
    }
}

impl Way {
    async fn more(&mut self) -> Result<Option<Vec<u8>>, Failure> {
        match self {
            Self::Socket(socket) => Ok(match socket.next().await.transpose()? {
                Some(Message::Text(text)) => Some(text.as_bytes().to_vec()),
                Some(Message::Close(_)) | None => None,
                Some(_) => Some(Vec::new()),
            }),
            Self::Events(http, body) => {
                let chunk = http.drive(body.next()).await.transpose()?;
                Ok(chunk.map(Vec::from))
            }
            Self::Polls(http, uri) => {
                let (status, body) = http.whole(Method::GET, uri, "").await?;
                Ok((status == StatusCode::OK).then_some(body))
            }
        }
    }
}

/// An HTTP connection that moves only while something is wanted of it.
struct Http {
    sender: SendRequest<Body>,
    /// Reads and writes; done when the connection is closed.
    moving: Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    host: String,
}

impl Http {
    async fn open(address: SocketAddr) -> Result<Self, Failure> {
        let (sender, connection) = handshake(TokioIo::new(open(address).await?)).await?;
        let moving: Pin<Box<dyn Future<Output = ()> + Send>> =
            Box::pin(async move { drop(connection.await) });
        Ok(Self { sender, moving: Some(moving), host: address.to_string() })
    }

    /// Moves the connection until `wanted` is there.
    async fn drive<T>(&mut self, wanted: impl Future<Output = T>) -> T {
        drive(&mut self.moving, wanted).await
    }

    async fn request(
        &mut self,
        method: Method,
        uri: &str,
        body: &'static str,
        accept: &str,
    ) -> Result<http::Response<hyper::body::Incoming>, Failure> {
        let request = Request::builder().method(method).uri(uri).header("host", &self.host);
        let request = request.header("accept", accept).body(Body::from(body))?;
        drive(&mut self.moving, self.sender.ready()).await?;
        Ok(drive(&mut self.moving, self.sender.send_request(request)).await?)
    }

    /// A request and its whole answer.
    async fn whole(
        &mut self,
        method: Method,
        uri: &str,
        body: &'static str,
    ) -> Result<(StatusCode, Vec<u8>), Failure> {
        let response = self.request(method, uri, body, "*/*").await?;
        let status = response.status();
        let body = axum::body::to_bytes(Body::new(response.into_body()), MAX_BODY_BYTES);
        Ok((status, self.drive(body).await?.into()))
    }
}

async fn drive<T>(
    moving: &mut Option<Pin<Box<dyn Future<Output = ()> + Send>>>,
    wanted: impl Future<Output = T>,
) -> T {
    let mut wanted = std::pin::pin!(wanted);
    if let Some(connection) = moving {
        tokio::select! {
            biased;
            there = &mut wanted => return there,
            () = connection => {}
        }
        *moving = None;
    }
    wanted.await
}

async fn open(address: SocketAddr) -> std::io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    socket.set_recv_buffer_size(RECEIVE_BUFFER_BYTES)?;
    let stream = socket.connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}
