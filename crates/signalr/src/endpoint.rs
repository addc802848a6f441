//! The hub's own route: opening a connection and, for transports without a socket, using it.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use http::request::Parts;
use http::{Method, StatusCode, header};

use crate::connection::Connection;
use crate::error::Rejection;
use crate::hub::Hub;
use crate::ident::{ConnectionId, ConnectionToken};
use crate::link::{Headers, Link, TransportKind};
use crate::server::{Place, Server};
use crate::session;
use crate::transport::websocket::{self, Upgrade};

pub(crate) async fn serve<H: Hub>(State(server): State<Arc<Server<H>>>, mut parts: Parts) -> Response {
    let caller = match authenticate(&server, &parts).await {
        Ok(caller) => caller,
        Err(rejection) => return rejection.into_response(),
    };
    let result = match parts.method {
        Method::GET if websocket::is_upgrade(&parts.headers) => open_websocket(&server, &mut parts, caller),
        Method::GET | Method::POST | Method::DELETE => Err(UNKNOWN),
        _ => Err(NOT_ALLOWED),
    };
    result.unwrap_or_else(IntoResponse::into_response)
}

/// A request that is turned away: a status and a word to whoever reads it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Refusal(pub(crate) StatusCode, pub(crate) &'static str);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, [(header::CONTENT_TYPE, "text/plain")], self.1).into_response()
    }
}

const UNKNOWN: Refusal = Refusal(StatusCode::NOT_FOUND, "No Connection with that ID");
/// No more connections can be held, or the hub is ending.
pub(crate) const FULL: Refusal = Refusal(StatusCode::SERVICE_UNAVAILABLE, "");
pub(crate) const NOT_ALLOWED: Refusal = Refusal(StatusCode::METHOD_NOT_ALLOWED, "");

/// The value of a query parameter, whose name is matched without regard to case.
pub(crate) fn query(parts: &Parts, name: &str) -> Option<String> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri).ok()?;
    pairs.into_iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
}

/// Asks the hub who this is.
pub(crate) async fn authenticate<H: Hub>(server: &Server<H>, parts: &Parts) -> Result<H::Caller, Rejection> {
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = header.and_then(|value| {
        let (scheme, token) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
    });
    let token = bearer.or_else(|| query(parts, "access_token"));
    server.hub.authenticate(parts, token.as_deref()).await
}

/// Opens a connection over a WebSocket: one that was negotiated, or a new one if the request names none.
fn open_websocket<H: Hub>(
    server: &Arc<Server<H>>,
    parts: &mut Parts,
    caller: H::Caller,
) -> Result<Response, Refusal> {
    if !server.options.transports.websockets {
        return Err(unsupported(TransportKind::WebSockets));
    }
    let upgrade = Upgrade::of(parts).map_err(|status| Refusal(status, ""))?;
    let (id, token) = match query(parts, "id") {
        Some(text) => named(server, &text)?,
        None => server.add(1).map_err(|_| FULL)?,
    };
    let connection = open(server, parts, caller, (id, token), TransportKind::WebSockets)?;
    let (response, socket) = upgrade.accept();
    server.tasks.spawn(async move {
        match socket.await {
            Some(socket) => session::run(connection, socket).await,
            None => connection.shared.server.forget(connection.link()),
        }
    });
    Ok(response)
}

fn unsupported(transport: TransportKind) -> Refusal {
    let text = match transport {
        TransportKind::WebSockets => "WebSockets transport not supported by this end point type",
        TransportKind::ServerSentEvents => "ServerSentEvents transport not supported by this end point type",
        TransportKind::LongPolling => "LongPolling transport not supported by this end point type",
    };
    Refusal(StatusCode::NOT_FOUND, text)
}

/// The connection that a request names by its token.
fn named<H: Hub>(server: &Server<H>, text: &str) -> Result<(ConnectionId, ConnectionToken), Refusal> {
    let token = ConnectionToken(text.parse().map_err(|_| UNKNOWN)?);
    let id = server.registry.lock().tokens.get(&token).copied().ok_or(UNKNOWN)?;
    Ok((id, token))
}

/// Turns a negotiated place into an open connection.
fn open<H: Hub>(
    server: &Arc<Server<H>>,
    parts: &Parts,
    caller: H::Caller,
    (id, token): (ConnectionId, ConnectionToken),
    transport: TransportKind,
) -> Result<Connection<H>, Refusal> {
    let headers = Headers::of(&parts.headers, server.options.max_header_bytes);
    let link = Link::new(id, token, transport, headers, server.now());
    if let Some(at) = server.hub.expires(&caller) {
        link.stamp(|times| &times.expires, server.millis(at));
    }
    let connection = Connection::new(server.clone(), caller, link);
    let mut registry = server.registry.lock();
    match registry.places.get_mut(&id) {
        Some(place @ Place::Negotiated { .. }) => *place = Place::Open(connection.shared.clone()),
        Some(Place::Open(other)) if other.link.transport != transport => {
            return Err(Refusal(StatusCode::BAD_REQUEST, "Cannot change transports mid-connection"));
        }
        Some(Place::Open(_)) => {
            return Err(Refusal(StatusCode::CONFLICT, "The connection is already active."));
        }
        None => return Err(UNKNOWN),
    }
    drop(registry);
    Ok(connection)
}
