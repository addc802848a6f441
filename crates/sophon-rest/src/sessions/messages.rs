//! The messages of a session.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use sophon_api::{List, Message};
use sophon_model::SessionId;

use crate::Api;
use crate::error::Result;
use crate::extract::{Id, MaybeCaller, Params};

/// Which messages.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct MessagesQuery {
    /// Only those with a higher number, beginning with the next one.
    since: Option<i64>,
    /// Only those with a lower number, ending with the one before.
    before: Option<i64>,
    /// Items in a page: 50 unless told otherwise, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
}

/// Read the messages of a session, oldest first
///
/// The newest ones, unless `since` or `before` says otherwise. What is being written has its text so far. A public
/// session can be read without signing in.
#[utoipa::path(
    get, path = "/api/sessions/{id}/messages", tag = "Chat + sessions", security((), ("bearer" = [])),
    params(("id" = String, Path), MessagesQuery),
    responses((status = 200, body = List<Message>)),
)]
pub(super) async fn list_messages(
    State(gateway): Api,
    MaybeCaller(caller): MaybeCaller,
    Id(id): Id<SessionId>,
    Params(query): Params<MessagesQuery>,
) -> Result<Json<List<Message>>> {
    let MessagesQuery { since, before, limit } = query;
    let history = gateway.sessions.messages(caller.as_ref(), &id, since, before, limit).await?;
    let items = history.items.into_iter().map(Message::from).collect();
    Ok(Json(List { items, next_cursor: None, has_more: history.has_more }))
}
