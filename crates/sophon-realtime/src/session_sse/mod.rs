//! `GET /api/sessions/{id}/stream`: seed 004, the events of this stage. Public sessions are for everybody; private
//! ones need a token, in the header or, since `EventSource` has no headers, as `?token=`. Who takes no part in a public
//! session is told what is said, and not how answers come about; on coming back it is told to read the session anew.
//!
//! Each block of an event that is kept bears an `id:` line with its number. The seed knows no replay; who sends
//! `Last-Event-ID` (browsers do by themselves) gets what was missed as far as it is kept.

mod project;
mod shares;

use std::convert::Infallible;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use async_stream::stream;
use axum::body::Body;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Extension, Router};
use bytes::{Bytes, BytesMut};
use fanout::Start;
use serde::Deserialize;
use sophon_core::Gateway;
use sophon_core::audit::Refused;
use sophon_core::following::{CatchUp, catch_up, revokes_access};
use sophon_core::identity::{AuthorizationState, Identified, NamedTenant, Presented, TENANT_HEADER};
use sophon_core::live::{EventDelivery, EventSubscription};
use sophon_core::network::ClientAddress;
use sophon_core::rates::Asker;
use sophon_core::sessions::View;
use sophon_model::{Caller, Error, Origin, Result, SessionId, Topic};
use tokio::sync::broadcast::error::RecvError;

use shares::{OpenStream, Streams};

/// How the audit log calls it.
const OPERATION: &str = "GET /api/sessions/{id}/stream";
/// The pace of the keep-alive event.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The most that goes into one write, in bytes, unless a single event is larger.
const MOST_IN_A_WRITE: usize = 64 * 1024;
/// How long a client waits before it comes back.
const RETRY: &str = "retry: 1000\n\n";

/// How this wire sends an error; the same envelope as the rest of `/api`.
pub type ErrorResponse = fn(Error) -> Response;

struct Wire {
    gateway: Gateway,
    streams: Streams,
    error_response: ErrorResponse,
}

/// The route of the stream. `error_response` renders errors in the envelope of `/api`.
pub fn router(gateway: Gateway, error_response: ErrorResponse) -> Router {
    let wire = Wire { streams: Streams::new(gateway.connections), gateway, error_response };
    Router::new().route("/api/sessions/{id}/stream", get(stream_session)).with_state(Arc::new(wire))
}

#[derive(Deserialize)]
struct StreamQuery {
    #[serde(alias = "access_token")]
    token: Option<String>,
}

async fn stream_session(
    State(wire): State<Arc<Wire>>,
    Path(id): Path<String>,
    Query(query): Query<StreamQuery>,
    client: Option<Extension<ClientAddress>>,
    origin: Option<Extension<Arc<Origin>>>,
    headers: HeaderMap,
) -> Response {
    let token = query.token.as_deref().filter(|token| !token.is_empty());
    let address = client.and_then(|Extension(client)| client.0);
    let origin = origin.map(|Extension(origin)| origin).unwrap_or_default();
    let identified = match identify(&wire.gateway, token, &headers).await {
        Ok(identified) => identified.from(&origin),
        Err(error) => return (wire.error_response)(error),
    };
    match open(&wire, SessionId::from(id.as_str()), (&identified, address), &headers).await {
        Ok(opened) => respond(opened),
        Err(error) => {
            if Refused::is_one(&identified, &error) {
                let refused = Refused {
                    identified: &identified,
                    origin: &origin,
                    operation: OPERATION,
                    target: &id,
                    error: &error,
                };
                wire.gateway.audit.refuse(refused);
            }
            (wire.error_response)(error)
        }
    }
}

/// A stream that may begin.
struct Opened {
    gateway: Gateway,
    session: SessionId,
    caller: Option<Caller>,
    view: View,
    subscription: EventSubscription,
    caught_up: Option<CatchUp>,
    place: OpenStream,
}

async fn open(
    wire: &Wire,
    session: SessionId,
    (identified, address): (&Identified, Option<IpAddr>),
    headers: &HeaderMap,
) -> Result<Opened> {
    let gateway = wire.gateway.clone();
    let caller = identified.optional_user()?.cloned();
    let view = gateway.sessions.view(caller.as_ref(), &session).await?;
    let place = wire.streams.open(Asker::of(identified, address))?;
    let topic = Topic::Session(session.clone());
    let subscription = gateway.db.bus().subscribe();
    let mut caught_up = None;
    let start = match last_event_id(headers) {
        // What visitors have missed may have been edited away, or be from before the session was public.
        Some(after) if view == View::Visitor => {
            caught_up = Some(CatchUp { missed: Vec::new(), resume_after: after, complete: false });
            Start::Now
        }
        Some(after) => {
            let from = subscription.complete_after(&topic);
            let missed = catch_up(&gateway.db, &topic, after, from).await?;
            let start = Start::After(missed.resume_after);
            caught_up = Some(missed);
            start
        }
        None => Start::Now,
    };
    subscription.follow(&topic, start);
    // Once more, now that what changes it is heard: the right to read may have ended before.
    if gateway.sessions.view(caller.as_ref(), &session).await? != view {
        return Err(Error::not_found("session"));
    }
    Ok(Opened { gateway, session, caller, view, subscription, caught_up, place })
}

/// The header counts before the query. A credential that is given must be valid, also where none is needed, and
/// good for the tenant that the request names.
async fn identify(gateway: &Gateway, token: Option<&str>, headers: &HeaderMap) -> Result<Identified> {
    let values = headers.get_all(header::AUTHORIZATION).iter().map(HeaderValue::as_bytes);
    let presented = match Presented::in_headers(values) {
        Presented::Nothing => token.map_or(Presented::Nothing, Presented::Bearer),
        in_header => in_header,
    };
    let named = headers.get_all(TENANT_HEADER).iter().map(HeaderValue::as_bytes);
    gateway.identify(presented, NamedTenant::in_headers(named)).await
}

fn last_event_id(headers: &HeaderMap) -> Option<u64> {
    headers.get("last-event-id")?.to_str().ok()?.trim().parse().ok()
}

fn respond(opened: Opened) -> Response {
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-cache, no-store")),
        // nginx would hold the stream back.
        (HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    (headers, Body::from_stream(blocks(opened))).into_response()
}

/// The blocks of a stream, those that are ready together in one piece, until the client is too slow, its rights
/// change, the session is deleted or the gateway stops.
fn blocks(opened: Opened) -> impl futures_util::Stream<Item = Result<Bytes, Infallible>> {
    let Opened { gateway, session, caller, view, subscription, caught_up, place } = opened;
    stream! {
        let _held_while_it_streams = place;
        let mut changes = gateway.identity.changes();
        let mut first = BytesMut::from(RETRY);
        if let Some(caught_up) = &caught_up {
            for entry in &caught_up.missed {
                first.extend_from_slice(&project::block(entry, view));
            }
            if !caught_up.complete {
                first.extend_from_slice(&project::gap(&session));
            }
        }
        // Also the first heartbeat: it opens the stream in browsers that wait for data.
        first.extend_from_slice(&project::heartbeat(gateway.db.now()));
        yield Ok(first.freeze());
        let mut heartbeat = tokio::time::interval_at(tokio::time::Instant::now() + HEARTBEAT, HEARTBEAT);
        let mut entries: Vec<EventDelivery> = Vec::new();
        loop {
            tokio::select! {
                read = subscription.next(&mut entries) => {
                    if read.is_err() {
                        return;
                    }
                    let mut is_over = false;
                    let mut write = BytesMut::new();
                    for entry in entries.drain(..) {
                        if revokes_access(entry.value(), caller.as_ref(), view) {
                            is_over = true;
                            break;
                        }
                        let block = project::block(&entry, view);
                        if !write.is_empty() && write.len() + block.len() > MOST_IN_A_WRITE {
                            yield Ok(write.split().freeze());
                        }
                        write.extend_from_slice(&block);
                        is_over |= project::is_deletion(entry.value());
                    }
                    if !write.is_empty() {
                        yield Ok(write.freeze());
                    }
                    if is_over {
                        return;
                    }
                }
                _ = heartbeat.tick() => {
                    if !may_still_read(&gateway, caller.as_ref(), &session, view).await {
                        return;
                    }
                    yield Ok(project::heartbeat(gateway.db.now()));
                }
                changed = changes.recv() => {
                    let is_meant = match changed {
                        Ok(of) => caller.as_ref().is_some_and(|caller| of.concern(caller)),
                        Err(RecvError::Lagged(_)) => true,
                        Err(RecvError::Closed) => return,
                    };
                    if is_meant && !may_still_read(&gateway, caller.as_ref(), &session, view).await {
                        return;
                    }
                }
                () = expiry(&gateway, caller.as_ref()) => return,
                () = gateway.lifecycle.followers_released() => return,
            }
        }
    }
}

/// Resolves when the caller's credential expires; never if it does not by itself.
async fn expiry(gateway: &Gateway, caller: Option<&Caller>) {
    match caller.and_then(|caller| caller.credential.expires_at()) {
        // The clock may be set meanwhile: it is looked at again with each heartbeat.
        Some(at) => tokio::time::sleep(at.since(gateway.db.now())).await,
        None => std::future::pending().await,
    }
}

/// Whether the session may still be read as it is by who watches it: it may have been made private, or a token run out.
async fn may_still_read(gateway: &Gateway, caller: Option<&Caller>, session: &SessionId, view: View) -> bool {
    if let Some(caller) = caller
        && matches!(
            gateway.identity.standing(caller).await,
            Ok(AuthorizationState::Changed | AuthorizationState::Ended)
        )
    {
        return false;
    }
    match gateway.sessions.view(caller, session).await {
        Ok(now) => now == view,
        // Storage in trouble is no reason to cut off who was allowed.
        Err(error) => error.kind() == sophon_model::Kind::ServiceUnavailable,
    }
}
