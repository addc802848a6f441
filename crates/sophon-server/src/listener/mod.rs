//! Accepting connections: bounded, without Nagle's delay, and with limits on slow requests and readers.

mod slots;
mod stalled;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use sophon_core::lifecycle::Lifecycle;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

pub(crate) use slots::Limits;
use slots::{SlotKind, Slots};
use stalled::{StallLimited, Use};

/// How long a client may take to send the head of a request.
const HEAD_TIME: Duration = Duration::from_secs(10);
/// How long a connection in a reserved slot may take for its request, and for the answer.
const RESERVED_TIME: Duration = Duration::from_secs(10);
/// The head of a request, and what is read at a time, in bytes.
const READ_BUFFER: usize = 16 * 1024;
/// Request headers.
const MOST_HEADERS: usize = 100;
/// How long a peer may leave what was sent to it unacknowledged. Otherwise a machine that is gone would keep its
/// connection, and what waits in it, for a quarter of an hour.
#[cfg(target_os = "linux")]
const UNACKNOWLEDGED: Duration = Duration::from_secs(30);
/// The pause when the system has no more file descriptors to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Serves `router` until `closing`. While the gateway drains, connections are still taken and kept, so that requests are
/// answered (with 503, most of them) rather than cut off; at the end idle ones are closed and busy ones may finish.
pub(crate) async fn serve(
    listener: TcpListener,
    router: Router,
    lifecycle: Lifecycle,
    closing: CancellationToken,
    limits: Limits,
) {
    let slots = Slots::new(limits);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = closing.cancelled() => return,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
                continue;
            }
        };
        let slot = tokio::select! {
            slot = slots.take(peer.ip()) => slot,
            () = closing.cancelled() => return,
        };
        let Some(slot) = slot else {
            metrics::counter!("sophon_connections_refused_total").increment(1);
            continue;
        };
        let (router, closing) = (router.clone(), closing.clone());
        lifecycle.spawn(async move {
            let serving = connection(stream, peer, router, slot.kind(), closing);
            if let Err(error) = serving.await {
                tracing::debug!(%error, "a connection ended early");
            }
            drop(slot);
        });
    }
}

type Outcome = Result<(), Box<dyn std::error::Error + Send + Sync>>;

async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    kind: SlotKind,
    closing: CancellationToken,
) -> Outcome {
    prepare(&stream)?;
    let used = Use::default();
    let io = TokioIo::new(StallLimited::new(stream, used.clone()));
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (router, used) = (router.clone(), used.clone());
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            let Ok(response) = router.oneshot(request).await;
            if is_event_stream(&response) {
                used.is_event_stream();
            }
            Ok::<_, Infallible>(response)
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(HEAD_TIME)
        .max_buf_size(READ_BUFFER)
        .max_headers(MOST_HEADERS)
        .keep_alive(kind == SlotKind::Whole);
    let serving = http.serve_connection(io, service);
    if kind == SlotKind::Reserved {
        // Without upgrades: a WebSocket is no short request.
        return Ok(tokio::time::timeout(RESERVED_TIME, serving).await??);
    }
    let serving = serving.with_upgrades();
    tokio::pin!(serving);
    tokio::select! {
        ended = serving.as_mut() => ended?,
        () = closing.cancelled() => {
            serving.as_mut().graceful_shutdown();
            serving.await?;
        }
    }
    Ok(())
}

fn is_event_stream(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/event-stream"))
}

fn prepare(stream: &TcpStream) -> std::io::Result<()> {
    signalr::prepare(stream)?;
    #[cfg(target_os = "linux")]
    socket2::SockRef::from(stream).set_tcp_user_timeout(Some(UNACKNOWLEDGED))?;
    Ok(())
}
