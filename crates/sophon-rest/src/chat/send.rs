//! `POST /api/chat`.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};
use sophon_core::chat;
use sophon_model::{Attachment, MessageId, SessionId, TaskId};
use utoipa::ToSchema;

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Body, IdempotencyKey};

const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// A message to be sent.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct SendMessage {
    /// Where to; a new session if absent.
    #[schema(value_type = Option<String>)]
    session_id: Option<SessionId>,
    /// Who is to answer, by id or slug; the session's agent if absent.
    agent_id: Option<String>,
    /// The text, in Markdown: at most 100,000 bytes.
    content: String,
    /// The channel it comes by, for example `webchat`.
    channel_id: Option<String>,
    /// At most 10 files.
    attachments: Option<Vec<NewAttachment>>,
    /// Whether the answer is streamed while it is written; so if absent.
    is_streaming: Option<bool>,
    /// An id given by the sender. Sending the same message twice with it, in a session, is sending it once.
    local_id: Option<String>,
    /// The message it answers.
    #[schema(value_type = Option<String>)]
    reply_to: Option<MessageId>,
}

/// A file that goes with a message.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewAttachment {
    /// Where it is kept.
    key: String,
    /// Its media type.
    mime: String,
    /// Its size in bytes, at most 25 MiB.
    size: i64,
    /// What to call it.
    name: Option<String>,
}

/// A message that was accepted: it is stored, and its task waits or runs.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "these are the names of the wire")]
pub(crate) struct Accepted {
    /// The task that answers.
    #[schema(value_type = String)]
    task_id: TaskId,
    #[schema(value_type = String)]
    session_id: SessionId,
    /// The message that is answered.
    #[schema(value_type = String)]
    message_id: MessageId,
}

impl From<chat::Sent> for Accepted {
    fn from(sent: chat::Sent) -> Self {
        Self { task_id: sent.task_id, session_id: sent.session_id, message_id: sent.message_id }
    }
}

impl From<SendMessage> for chat::SendMessage {
    fn from(send: SendMessage) -> Self {
        let attachment = |new: NewAttachment| {
            let NewAttachment { key, mime, size, name } = new;
            Attachment { key, mime, size, name }
        };
        Self {
            session: send.session_id,
            agent: send.agent_id,
            content: send.content,
            channel_id: send.channel_id,
            attachments: send.attachments.into_iter().flatten().map(attachment).collect(),
            is_streaming: send.is_streaming.unwrap_or(true),
            local_id: send.local_id,
            reply_to: send.reply_to,
            id: None,
        }
    }
}

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
