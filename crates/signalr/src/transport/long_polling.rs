//! The long-polling transport: requests down, each answered when there is something to send, and requests up.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http::{StatusCode, header};

use super::pipe::RequestEnd;

/// What a poll brings home.
pub(crate) enum Polled {
    /// The writes since the last poll.
    Bytes(Bytes),
    /// Nothing happened in the time that a poll may take.
    Nothing,
    /// The connection is over.
    Over,
    /// Another poll has come.
    Replaced,
}

/// Waits for the next write. A poll that waits already is sent home first.
pub(crate) async fn poll(ends: &RequestEnd, limit: Duration) -> Polled {
    let mut mine = 0;
    ends.turn.send_modify(|turn| {
        *turn += 1;
        mine = *turn;
    });
    let mut turn = ends.turn.subscribe();
    let replaced = async move { drop(turn.wait_for(|now| *now != mine).await) };
    let waiting = async {
        let mut outgoing = ends.outgoing.lock().await;
        outgoing.recv().await
    };
    tokio::select! {
        biased;
        () = replaced => Polled::Replaced,
        bytes = tokio::time::timeout(limit, waiting) => match bytes {
            Ok(Some(bytes)) => Polled::Bytes(bytes),
            Ok(None) => {
                ends.over.cancel();
                Polled::Over
            }
            Err(_) => Polled::Nothing,
        },
    }
}

impl IntoResponse for Polled {
    fn into_response(self) -> Response {
        let (status, kind, body) = match self {
            Self::Bytes(bytes) => (StatusCode::OK, "application/octet-stream", bytes),
            Self::Nothing => (StatusCode::OK, "application/octet-stream", Bytes::new()),
            Self::Over | Self::Replaced => (StatusCode::NO_CONTENT, "text/plain", Bytes::new()),
        };
        let headers = [
            (header::CONTENT_TYPE, kind),
            (header::CACHE_CONTROL, "no-cache, no-store"),
            (header::PRAGMA, "no-cache"),
        ];
        (status, headers, body).into_response()
    }
}
