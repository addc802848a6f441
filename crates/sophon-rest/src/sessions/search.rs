//! The search in the messages of all of one's sessions.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use sophon_api::{ExcerptPiece, FoundMessage, List};
use sophon_core::sessions;
use sophon_model::Error;

use crate::Api;
use crate::error::Result;
use crate::extract::{Authorized, Params};
use crate::list::{Limit, Listing};

/// Which messages.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SearchQuery {
    /// Words that the message contains, each by its beginning. The first 16 count.
    #[param(min_length = 1)]
    q: String,
    /// Items in a page: 50 by default, at most 200.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: Option<Limit>,
    /// The `nextCursor` of the page before, with the same words. Empty, or none: the first page.
    cursor: Option<String>,
}

/// Search the messages of all of one's sessions, newest first
///
/// What is being written is not searched yet.
#[utoipa::path(
    get, path = "/api/messages/search", tag = "Chat + sessions", params(SearchQuery),
    responses((status = 200, body = List<FoundMessage>)),
)]
pub(super) async fn search_messages(
    State(gateway): Api,
    Authorized(caller): Authorized,
    list: Listing,
    Params(query): Params<SearchQuery>,
) -> Result<Json<List<FoundMessage>>> {
    if query.q.trim().is_empty() {
        return Err(Error::validation("q", "Say what to search for.").into());
    }
    let page = list.page(query.limit, query.cursor.as_deref())?;
    let found = gateway.sessions.search(&caller, query.q, page).await?;
    Ok(Json(list.answer(found, found_message)))
}

fn found_message(found: sessions::FoundMessage) -> FoundMessage {
    let sessions::FoundMessage { message, session_title, excerpt } = found;
    let piece = |sessions::Piece { text, is_hit }| ExcerptPiece { text, is_hit };
    FoundMessage {
        id: message.number,
        message_id: message.id,
        session_id: message.session_id,
        session_title,
        role: message.role,
        created_at: message.created_at.into(),
        excerpt: excerpt.into_iter().map(piece).collect(),
    }
}
