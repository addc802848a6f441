//! The hub's own route: opening a connection and, for transports without a socket, using it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::body::{Body, to_bytes};
use axum::extract::{Query, Request, State};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::StreamExt as _;
use http::request::Parts;
use http::{Method, StatusCode, header};

use crate::authenticate::{Authenticate as _, Caller, authenticate};
use crate::connection::{Connection, Shared};
use crate::hub::Hub;
use crate::ident::{ConnectionId, ConnectionToken};
use crate::link::{Ending, Handover, Headers, Link, TransportKind};
use crate::server::{Early, Place, Server};
use crate::session;
use crate::transport::pipe::{Pipe, RequestEnd, pipe};
use crate::transport::websocket::{self, Upgrade};
use crate::transport::{long_polling, server_sent_events};

/// The largest request body taken: that of Microsoft's web server. Clients put everything that waits into one body. It
/// is passed on as it comes, and its messages have a limit of their own.
const MAX_BODY_BYTES: usize = 30_000_000;
/// What a client may send before it opens the connection that it negotiated: its handshake and a few calls. Some post
/// their handshake before their first poll.
const MAX_EARLY_BYTES: usize = 4 * 1024;

/// A request that is refused: a status and a reason.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refusal(StatusCode, &'static str);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, [(header::CONTENT_TYPE, "text/plain")], self.1).into_response()
    }
}

/// No more connections can be held, or the hub is ending.
pub(crate) const FULL: Refusal = Refusal(StatusCode::SERVICE_UNAVAILABLE, "");
pub(crate) const NOT_ALLOWED: Refusal = Refusal(StatusCode::METHOD_NOT_ALLOWED, "");
const UNNAMED: Refusal = Refusal(StatusCode::BAD_REQUEST, "Connection ID required");
const UNKNOWN: Refusal = Refusal(StatusCode::NOT_FOUND, "No Connection with that ID");
const OTHER_TRANSPORT: Refusal = Refusal(StatusCode::BAD_REQUEST, "Cannot change transports mid-connection");
const ALREADY_ACTIVE: Refusal = Refusal(StatusCode::CONFLICT, "The connection is already active.");
const OTHER_CALLER: Refusal = Refusal(StatusCode::FORBIDDEN, "");
const NO_POST: Refusal =
    Refusal(StatusCode::METHOD_NOT_ALLOWED, "POST requests are not allowed for WebSocket connections.");
const NO_DELETE: Refusal =
    Refusal(StatusCode::BAD_REQUEST, "Cannot terminate this connection using the DELETE endpoint.");
const TOO_LARGE: Refusal = Refusal(StatusCode::PAYLOAD_TOO_LARGE, "");
const TOO_EARLY: Refusal =
    Refusal(StatusCode::PAYLOAD_TOO_LARGE, "Open the connection before you send so much.");
const BROKEN_OFF: Refusal = Refusal(StatusCode::BAD_REQUEST, "");

type Names = (ConnectionId, ConnectionToken);

pub(crate) async fn serve<H: Hub>(State(server): State<Arc<Server<H>>>, request: Request) -> Response {
    let (mut parts, body) = request.into_parts();
    let caller = match authenticate(server.hub.auth(), &parts).await {
        Ok(caller) => caller,
        Err(rejection) => return rejection.into_response(),
    };
    let answer = match parts.method {
        Method::GET if server_sent_events::is_wanted(&parts.headers) => open_events(&server, &parts, caller),
        Method::GET | Method::CONNECT if websocket::is_upgrade(&parts) => {
            open_websocket(&server, &mut parts, caller)
        }
        Method::GET => poll(&server, &parts, caller).await,
        Method::POST => send(&server, &parts, &caller, body).await,
        Method::DELETE => end(&server, &parts, &caller),
        _ => Err(NOT_ALLOWED),
    };
    answer.unwrap_or_else(IntoResponse::into_response)
}

/// The value of a query parameter, whose name is matched without regard to case.
pub(crate) fn query(parts: &Parts, name: &str) -> Option<String> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).ok()?;
    pairs.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Opens a connection over a WebSocket: one that was negotiated, or a new one if the request names none.
fn open_websocket<H: Hub>(
    server: &Arc<Server<H>>,
    parts: &mut Parts,
    caller: Caller<H>,
) -> Result<Response, Refusal> {
    if !server.options.transports.websockets {
        return Err(unsupported(TransportKind::WebSockets));
    }
    let upgrade = Upgrade::of(parts).map_err(|status| Refusal(status, ""))?;
    let names = match token(parts) {
        Some(_) => named(server, parts)?,
        None => server.add(1, false).map_err(|_| FULL)?,
    };
    if let Some(shared) = opened(server, names.0).filter(|shared| shared.link.handover.is_some()) {
        return resume(server, shared, &caller, upgrade);
    }
    let (connection, early) = open(server, parts, caller, names, TransportKind::WebSockets, None)?;
    let (response, socket) = upgrade.accept();
    server.tasks.spawn(async move {
        let handover = connection.link().handover.clone();
        match socket.await {
            Some(socket) => session::run(connection, socket, handover, early).await,
            None => connection.shared.server.forget(connection.link()),
        }
    });
    Ok(response)
}

/// Gives the session of a stateful connection another socket, in place of the one it may still have.
fn resume<H: Hub>(
    server: &Arc<Server<H>>,
    shared: Arc<Shared<H>>,
    caller: &Caller<H>,
    upgrade: Upgrade,
) -> Result<Response, Refusal> {
    if !server.hub.auth().same_caller(&shared.caller, caller) {
        return Err(OTHER_CALLER);
    }
    if shared.link.ended.is_cancelled() {
        return Err(UNKNOWN);
    }
    renew(&shared, caller);
    let (response, socket) = upgrade.accept();
    server.tasks.spawn(async move {
        if let (Some(socket), Some(handover)) = (socket.await, &shared.link.handover) {
            handover.put(socket);
            shared.link.wake.notify_one();
        }
    });
    Ok(response)
}

/// The connection lives as long as the credential of its last request.
fn renew<H: Hub>(shared: &Shared<H>, caller: &Caller<H>) {
    let server = &shared.server;
    let expires = server.hub.auth().expires(caller).map_or(u64::MAX, |at| server.millis(at));
    shared.link.stamp(|times| &times.expires, expires);
}

/// Opens the event stream of a negotiated connection.
fn open_events<H: Hub>(
    server: &Arc<Server<H>>,
    parts: &Parts,
    caller: Caller<H>,
) -> Result<Response, Refusal> {
    let names = named(server, parts)?;
    if !server.options.transports.server_sent_events {
        return Err(unsupported(TransportKind::ServerSentEvents));
    }
    let (pipe, ends) = pipe(server_sent_events::event);
    let ends = Arc::new(ends);
    let kind = TransportKind::ServerSentEvents;
    let (connection, early) = open(server, parts, caller, names, kind, Some(ends.clone()))?;
    let left = {
        let (connection, over) = (connection.clone(), ends.over.clone());
        move || {
            over.cancel();
            connection.link().end(Ending::gone());
        }
    };
    run(connection, pipe, early);
    Ok(server_sent_events::response(ends, left))
}

/// The first poll of a connection opens it and returns at once; later ones wait.
async fn poll<H: Hub>(
    server: &Arc<Server<H>>,
    parts: &Parts,
    caller: Caller<H>,
) -> Result<Response, Refusal> {
    let names = named(server, parts)?;
    if !server.options.transports.long_polling {
        return Err(unsupported(TransportKind::LongPolling));
    }
    let Some(shared) = opened(server, names.0) else {
        let (pipe, ends) = pipe(Bytes::clone);
        let ends = Some(Arc::new(ends));
        let (connection, early) = open(server, parts, caller, names, TransportKind::LongPolling, ends)?;
        run(connection, pipe, early);
        return Ok(long_polling::Polled::Nothing.into_response());
    };
    if shared.link.transport != TransportKind::LongPolling {
        return Err(OTHER_TRANSPORT);
    }
    let ends = requests(&shared, &caller)?;
    renew(&shared, &caller);
    let _under_way = Poll::begin(shared.clone());
    Ok(long_polling::poll(&ends, server.options.poll_timeout).await.into_response())
}

/// A poll under way, so that the connection is not taken for abandoned.
struct Poll<H: Hub>(Arc<Shared<H>>);

impl<H: Hub> Poll<H> {
    fn begin(shared: Arc<Shared<H>>) -> Self {
        shared.link.times.present.fetch_add(1, Ordering::Relaxed);
        Self(shared)
    }
}

impl<H: Hub> Drop for Poll<H> {
    fn drop(&mut self) {
        let now = self.0.server.now();
        self.0.link.stamp(|times| &times.left, now);
        self.0.link.times.present.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Hands the body to the session, piece by piece; answered when all of it has been taken.
async fn send<H: Hub>(
    server: &Server<H>,
    parts: &Parts,
    caller: &Caller<H>,
    body: Body,
) -> Result<Response, Refusal> {
    let (id, _) = named(server, parts)?;
    let (shared, body) = if let Some(shared) = opened(server, id) {
        (shared, body)
    } else {
        let bytes = to_bytes(body, MAX_EARLY_BYTES).await.map_err(|_| TOO_EARLY)?;
        if keep_early(server, id, caller, &bytes)? {
            return Ok(taken());
        }
        (opened(server, id).ok_or(UNKNOWN)?, Body::from(bytes))
    };
    let ends = requests(&shared, caller)?;
    // The Close message is on its way down the stream by then. JavaScript clients whose first ping is taken after it
    // believe that they are connected. A poller hears of the end with its next poll, and may say more until then.
    let is_too_late = |link: &Link| link.ended.is_cancelled() && link.transport != TransportKind::LongPolling;
    if ends.over.is_cancelled() || is_too_late(&shared.link) {
        return Err(UNKNOWN);
    }
    let bodies = ends.bodies.lock().await;
    let (mut pieces, mut room) = (body.into_data_stream(), MAX_BODY_BYTES);
    while let Some(piece) = pieces.next().await {
        let piece = piece.map_err(|_| BROKEN_OFF)?;
        room = room.checked_sub(piece.len()).ok_or(TOO_LARGE)?;
        if bodies.send(piece).await.is_err() {
            break;
        }
    }
    if is_too_late(&shared.link) {
        return Err(UNKNOWN);
    }
    Ok(taken())
}

/// Keeps what is sent to a connection that is negotiated and not open yet: it is what the session reads first. False if
/// the connection has been opened meanwhile.
fn keep_early<H: Hub>(
    server: &Server<H>,
    id: ConnectionId,
    caller: &Caller<H>,
    bytes: &[u8],
) -> Result<bool, Refusal> {
    let mut registry = server.registry.lock();
    let Place::Negotiated { early, .. } = registry.places.get_mut(&id).ok_or(UNKNOWN)? else {
        return Ok(false);
    };
    let early = early.get_or_insert_with(|| Box::new(Early { caller: caller.clone(), bytes: Vec::new() }));
    if !server.hub.auth().same_caller(&early.caller, caller) {
        return Err(OTHER_CALLER);
    }
    if early.bytes.len() + bytes.len() > MAX_EARLY_BYTES {
        return Err(TOO_EARLY);
    }
    early.bytes.extend_from_slice(bytes);
    Ok(true)
}

/// The answer to a request whose body was accepted.
fn taken() -> Response {
    ([(header::CONTENT_TYPE, "text/plain")], "").into_response()
}

/// Ends a long-polling connection.
fn end<H: Hub>(server: &Server<H>, parts: &Parts, caller: &Caller<H>) -> Result<Response, Refusal> {
    let (id, _) = named(server, parts)?;
    let shared = opened(server, id).filter(|shared| shared.link.transport == TransportKind::LongPolling);
    let shared = shared.ok_or(NO_DELETE)?;
    let ends = requests(&shared, caller)?;
    shared.link.end(Ending::gone());
    ends.over.cancel();
    Ok((StatusCode::ACCEPTED, [(header::CONTENT_TYPE, "text/plain")]).into_response())
}

fn unsupported(transport: TransportKind) -> Refusal {
    let text = match transport {
        TransportKind::WebSockets => "WebSockets transport not supported by this end point type",
        TransportKind::ServerSentEvents => "ServerSentEvents transport not supported by this end point type",
        TransportKind::LongPolling => "LongPolling transport not supported by this end point type",
    };
    Refusal(StatusCode::NOT_FOUND, text)
}

/// The token by which a request names its connection.
fn token(parts: &Parts) -> Option<String> {
    query(parts, "id").filter(|token| !token.is_empty())
}

/// The connection that a request names.
fn named<H: Hub>(server: &Server<H>, parts: &Parts) -> Result<Names, Refusal> {
    let token = ConnectionToken(token(parts).ok_or(UNNAMED)?.parse().map_err(|_| UNKNOWN)?);
    let id = server.registry.lock().tokens.get(&token).copied().ok_or(UNKNOWN)?;
    Ok((id, token))
}

/// The connection, if it has been opened.
fn opened<H: Hub>(server: &Server<H>, id: ConnectionId) -> Option<Arc<Shared<H>>> {
    match server.registry.lock().places.get(&id)? {
        Place::Open(shared) => Some(shared.clone()),
        Place::Negotiated { .. } => None,
    }
}

/// The way to the session, for a request of the same caller.
fn requests<H: Hub>(shared: &Shared<H>, caller: &Caller<H>) -> Result<Arc<RequestEnd>, Refusal> {
    if !shared.server.hub.auth().same_caller(&shared.caller, caller) {
        return Err(OTHER_CALLER);
    }
    shared.link.requests.clone().ok_or(NO_POST)
}

/// Turns a negotiated place into an open connection; with what was sent to it before.
fn open<H: Hub>(
    server: &Arc<Server<H>>,
    parts: &Parts,
    caller: Caller<H>,
    (id, token): Names,
    transport: TransportKind,
    requests: Option<Arc<RequestEnd>>,
) -> Result<(Connection<H>, Bytes), Refusal> {
    let headers = Headers::of(&parts.headers, server.options.max_header_bytes);
    let mut link = Link::new(id, token, transport, headers, server.now());
    link.requests = requests;
    let mut registry = server.registry.lock();
    if registry.closing {
        return Err(FULL);
    }
    let place = registry.places.get_mut(&id).ok_or(UNKNOWN)?;
    let mut sent = Bytes::new();
    match place {
        Place::Negotiated { stateful, early, .. } => {
            if let Some(early) = early.take() {
                if !server.hub.auth().same_caller(&early.caller, &caller) {
                    return Err(OTHER_CALLER);
                }
                sent = early.bytes.into();
            }
            if *stateful && transport == TransportKind::WebSockets {
                link.handover = Some(Handover::default());
                link.stamp(|times| &times.present, 1);
            }
        }
        Place::Open(other) if other.link.transport != transport => return Err(OTHER_TRANSPORT),
        Place::Open(_) => return Err(ALREADY_ACTIVE),
    }
    let connection = Connection::new(server.clone(), caller, link);
    *place = Place::Open(connection.shared.clone());
    drop(registry);
    server.counts.opened.fetch_add(1, Ordering::Relaxed);
    renew(&connection.shared, connection.caller());
    Ok((connection, sent))
}

fn run<H: Hub>(connection: Connection<H>, pipe: Pipe, early: Bytes) {
    connection.shared.server.tasks.clone().spawn(session::run(connection, pipe, None, early));
}
