//! `POST /api/chat`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode};
use sophon_api::{Accepted, SendMessage};

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Body, IdempotencyKey};

const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Send a message
///
/// Answers as soon as the message is stored; the agent answers in the session. With an `Idempotency-Key` the same
/// request, sent again within 24 hours, is answered as it was (`Idempotency-Replayed: true`); another request under
/// that key is a conflict (`idempotency_conflict`).
#[utoipa::path(
    post, path = "/api/chat", tag = "Chat + sessions",
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters")),
    request_body = SendMessage,
    responses((status = 202, body = Accepted, headers(("Idempotency-Replayed" = Option<String>, description = "`true` on the answer of an earlier request")))),
)]
pub(super) async fn send_message(
    State(gateway): Api,
    Authorized(caller): Authorized,
    IdempotencyKey(key): IdempotencyKey,
    Body(send): Body<SendMessage>,
) -> Result<Response> {
    let sent = gateway.chat.send(&caller, send.into(), key).await?;
    let replayed = sent.replayed;
    let mut response = (StatusCode::ACCEPTED, Json(Accepted::from(sent))).into_response();
    if replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    Ok(response)
}
