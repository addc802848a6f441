//! Connections without the hub protocol: bytes in both directions, over the same transports. What ASP.NET Core calls
//! a connection handler.

use std::future::poll_fn;
use std::pin::pin;

use axum::Router;
use bytes::Bytes;
use fanout::{Bus, Limits};
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use tokio::sync::mpsc;
use tokio::time::{Duration, timeout};

use crate::authenticate::{Authenticate, Caller};
use crate::connection::Connection;
use crate::error::{HubError, SendError};
use crate::hub::{Call, Hub, Method, Reply};
use crate::link::{Ending, TransportKind};
use crate::options::Options;
use crate::payload::{Broadcast, Invocation};
use crate::protocol::{Format, TransferFormat};
use crate::server::{HubServer, Slots};
use crate::transport::{Io, Transport};

/// Arrivals that may wait to be received; with more, nothing is read from the client.
const WAITING_ARRIVALS: usize = 2;
/// Sends that may wait to be written; beyond that the sender waits.
const WAITING_SENDS: usize = 1;
/// Pings are messages of the hub protocol.
const NO_PINGS: Duration = Duration::from_secs(u32::MAX as u64);

/// Serves one connection, which ends with the future.
pub(crate) type Serve<C> = Box<dyn Fn(RawConnection, C) -> BoxFuture<'static, ()> + Send + Sync>;

/// A client's connection on which no hub protocol is spoken.
pub struct RawConnection {
    received: mpsc::Receiver<Bytes>,
    outgoing: mpsc::Sender<(Bytes, TransferFormat)>,
    transport: TransportKind,
}

impl RawConnection {
    /// How the client is connected.
    pub fn transport(&self) -> TransportKind {
        self.transport
    }

    /// The bytes that came next, `None` when the connection is over. They are a stream, as with ASP.NET Core: what a
    /// client sent at a time may come in pieces, or together with what follows.
    pub async fn receive(&mut self) -> Option<Bytes> {
        self.received.recv().await
    }

    /// Sends bytes as one WebSocket message, event or poll's answer, as soon as those before them are on their way.
    pub async fn send(&self, bytes: Bytes, format: TransferFormat) -> Result<(), SendError> {
        self.outgoing.send((bytes, format)).await.map_err(|_| SendError::Closed)
    }
}

/// Raw connections at work: gives the routes. Negotiation, transports and limits are those of a [`HubServer`];
/// there are no pings, no reasons and no stateful reconnect.
pub struct RawServer<A: Authenticate>(HubServer<NoHub<A>>);

impl<A: Authenticate> RawServer<A> {
    /// A server that hands each connection, and who made it, to `serve`. The connection ends when the future that
    /// `serve` returned is done, after what it sent; when the client leaves first, the future is dropped.
    pub fn new<F>(
        auth: A,
        mut options: Options,
        serve: impl Fn(RawConnection, A::Caller) -> F + Send + Sync + 'static,
    ) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        options.keep_alive = NO_PINGS;
        options.stateful_reconnect = false;
        let bus = Bus::new(Limits::default(), 0);
        let serve: Serve<A::Caller> = Box::new(move |connection, caller| serve(connection, caller).boxed());
        Self(HubServer::with(NoHub(auth), bus, Slots::default(), options, Some(serve)))
    }

    /// The routes `path` and `path/negotiate`.
    pub fn router<S: Clone + Send + Sync + 'static>(&self, path: &str) -> Router<S> {
        self.0.router(path)
    }

    /// Ends the server: new connections are refused with 503, those open are closed and their futures dropped. Returns
    /// when all have ended, or `false` after `limit`.
    pub async fn drain(&self, limit: Duration) -> bool {
        self.0.drain("", limit).await
    }
}

/// Stands where the transports expect a hub, and is never asked anything but who connects.
struct NoHub<A>(A);

impl<A: Authenticate> Hub for NoHub<A> {
    type Auth = A;
    type Topic = ();
    type Event = Broadcast;

    fn auth(&self) -> &A {
        &self.0
    }

    fn project<'a>(&'a self, _seq: u64, event: &'a Broadcast) -> Option<Invocation<'a>> {
        Some(event.invocation())
    }

    fn methods(&self) -> &'static [Method] {
        &[]
    }

    async fn invoke(&self, _connection: &Connection<Self>, _call: Call) -> Result<Reply, HubError> {
        Err(HubError::UnknownMethod)
    }
}

/// Carries bytes between the transport and `serve` until either has had enough. `early` has arrived already.
pub(crate) async fn run<H: Hub, T: Transport>(
    connection: &Connection<H>,
    mut transport: T,
    early: Bytes,
    serve: &Serve<Caller<H>>,
) {
    let (link, server) = (connection.link(), &connection.shared.server);
    // No handshake will come.
    link.set_format(Format::Json);
    let (arrivals, received) = mpsc::channel(WAITING_ARRIVALS);
    let (outgoing, mut sent) = mpsc::channel(WAITING_SENDS);
    let raw = RawConnection { received, outgoing, transport: link.transport };
    let mut serving = pin!(serve(raw, connection.caller().clone()));
    let (mut arrived, mut writing, mut served) = (early, false, false);
    while writing || !served || !sent.is_empty() {
        tokio::select! {
            biased;
            () = link.ended.cancelled() => break,
            io = poll_fn(|cx| transport.poll(arrived.is_empty(), cx)) => match io {
                Io::Received(bytes) => arrived = bytes,
                Io::Written => {
                    link.stamp(|times| &times.write_began, 0);
                    writing = false;
                }
                Io::Left | Io::Broken(_) => break,
                Io::Lost => return,
            },
            Some((bytes, format)) = sent.recv(), if !writing => {
                link.stamp(|times| &times.write_began, server.now());
                transport.write(bytes, format);
                writing = true;
            }
            () = &mut serving, if !served => served = true,
            // A dropped end needs no answer.
            room = arrivals.reserve(), if !arrived.is_empty() => match room {
                Ok(room) => room.send(std::mem::take(&mut arrived)),
                Err(_) => arrived.clear(),
            },
        }
    }
    link.end(Ending::gone());
    drop(timeout(server.options.close_timeout, transport.close()).await);
}
