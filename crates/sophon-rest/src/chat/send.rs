//! `POST /api/chat`.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Deserialize;
use sophon_api::{Accepted, Answered, Message, SendMessage};
use sophon_core::Gateway;
use sophon_core::chat::Sent;
use sophon_model::{Caller, Page};

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Body, Params};
use crate::idempotency::mark_replayed;

/// The longest that a sender may wait, in seconds. Proxies give up on requests that take longer.
const LONGEST_WAIT: u64 = 50;

/// How long to wait.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct WaitQuery {
    /// Seconds to wait for the answer: none by default, at most 50.
    #[param(value_type = Option<u64>, minimum = 0, maximum = 50)]
    wait: Option<Wait>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "u64")]
struct Wait(Duration);

impl TryFrom<u64> for Wait {
    type Error = String;

    fn try_from(seconds: u64) -> Result<Self, Self::Error> {
        let is_short = seconds <= LONGEST_WAIT;
        is_short
            .then_some(Self(Duration::from_secs(seconds)))
            .ok_or_else(|| format!("one waits for {LONGEST_WAIT} seconds at the most"))
    }
}

/// Send a message
///
/// Answers as soon as the message is stored (202); the agent answers in the session. With `wait` it answers when the
/// agent has (200), or with 202 when that takes longer: read the session, or send the request again under its
/// `Idempotency-Key` to go on waiting. A `localId` counts like an `Idempotency-Key` within its session.
#[utoipa::path(
    post, path = "/api/chat", tag = "Chat + sessions", params(WaitQuery),
    request_body = SendMessage,
    responses((status = 202, body = Accepted), (status = 200, body = Answered), (status = 404)),
)]
pub(super) async fn send_message(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Params(WaitQuery { wait }): Params<WaitQuery>,
    Body(send): Body<SendMessage>,
) -> Result<Response> {
    let sent = gateway.chat.send(&caller, send.into()).await?;
    let replayed = sent.replayed;
    let answered = match wait {
        Some(Wait(time)) if !time.is_zero() => answered(&gateway, &caller, &sent, time).await?,
        _ => None,
    };
    let mut response = match answered {
        Some(answered) => Json(answered).into_response(),
        None => (StatusCode::ACCEPTED, Json(Accepted::from(sent))).into_response(),
    };
    if replayed {
        mark_replayed(&mut response);
    }
    Ok(response)
}

/// What became of a message, if that is known within `time`.
async fn answered(
    gateway: &Gateway,
    caller: &Caller,
    sent: &Sent,
    time: Duration,
) -> Result<Option<Answered>> {
    let task = gateway.tasks.until_ended(caller, &sent.task_id, time).await?.task;
    if !task.status.is_final() {
        return Ok(None);
    }
    let history =
        gateway.sessions.messages(Some(caller), &sent.session_id, None, None, Some(Page::MOST)).await?;
    let mut messages = history.items.into_iter();
    let reply = messages.find(|stored| Some(&stored.message.id) == task.reply_message_id.as_ref());
    Ok(Some(Answered {
        task_id: task.id,
        session_id: sent.session_id.clone(),
        message_id: sent.message_id.clone(),
        status: task.status,
        error: task.error,
        reply: reply.map(Message::from),
    }))
}
