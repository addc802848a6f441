//! The messages of a session.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use sophon_api::{List, Message};
use sophon_model::{Position, SessionId};

use crate::Api;
use crate::error::Result;
use crate::extract::{Id, MaybeCaller, Params};
use crate::list::{Limit, Listing};

/// Which messages.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct MessagesQuery {
    /// Only those with a higher number, beginning with the next one.
    since: Option<i64>,
    /// Only those with a lower number, ending with the one before.
    before: Option<i64>,
    /// Items in a page: 50 by default, at most 200.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: Option<Limit>,
    /// The `nextCursor` of the page before, which goes on in its direction: to later messages with `since`, else to
    /// earlier ones.
    cursor: Option<String>,
}

/// Read the messages of a session, oldest first
///
/// The newest ones, unless `since` or `before` says otherwise. What is being written has its text so far. A public
/// session can be read without signing in.
#[utoipa::path(
    get, path = "/api/sessions/{id}/messages", tag = "Chat + sessions", security((), ("bearer" = [])),
    params(("id" = SessionId, Path, description = "The session."), MessagesQuery),
    responses((status = 200, body = List<Message>)),
)]
pub(super) async fn list_messages(
    State(gateway): Api,
    MaybeCaller(caller): MaybeCaller,
    Id(id): Id<SessionId>,
    list: Listing,
    Params(query): Params<MessagesQuery>,
) -> Result<Json<List<Message>>> {
    let MessagesQuery { since, before, limit, cursor } = query;
    let reached = list.position(cursor.as_deref())?.map(|position| position.at);
    let goes_forward = since.is_some();
    let (since, before) = if goes_forward { (reached.or(since), before) } else { (None, reached.or(before)) };
    let limit = limit.map(|Limit(limit)| limit);
    let history = gateway.sessions.messages(caller.as_ref(), &id, since, before, limit).await?;
    let items: Vec<Message> = history.items.into_iter().map(Message::from).collect();
    let edge = if goes_forward { items.last() } else { items.first() };
    let next = edge
        .filter(|_| history.has_more)
        .map(|message| list.cursor(&Position { at: message.id, id: message.message_id.to_string() }));
    Ok(Json(List { items, next_cursor: next, has_more: history.has_more }))
}
