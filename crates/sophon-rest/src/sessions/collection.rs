//! One's sessions.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use sophon_api::{List, NewSession, Session};

use crate::created::Created;
use crate::error::Result;
use crate::extract::{Authorized, OptionalBody, Params};
use crate::list::{Limit, Listing};
use crate::{Api, agents};

/// Which sessions.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SessionsQuery {
    /// Words that title or messages contain, each by its beginning.
    q: Option<String>,
    /// The agent that answers in it, by id or slug.
    agent: Option<String>,
    /// Items in a page: 50 by default, at most 200.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: Option<Limit>,
    /// The `nextCursor` of the page before, with the same filters. Empty, or none: the first page.
    cursor: Option<String>,
}

/// List one's sessions, last active first
#[utoipa::path(
    get, path = "/api/sessions", tag = "Chat + sessions", params(SessionsQuery),
    responses((status = 200, body = List<Session>), (status = 404)),
)]
pub(super) async fn list_sessions(
    State(gateway): Api,
    Authorized(caller): Authorized,
    list: Listing,
    Params(query): Params<SessionsQuery>,
) -> Result<Json<List<Session>>> {
    let agent = agents::named(&gateway, &caller, query.agent).await?;
    let search = query.q.filter(|words| !words.trim().is_empty());
    let page = list.page(query.limit, query.cursor.as_deref())?;
    let sessions = gateway.sessions.list(&caller, search, agent, page).await?;
    Ok(Json(list.answer(sessions, Session::from)))
}

/// Make a session
#[utoipa::path(
    post, path = "/api/sessions", tag = "Chat + sessions", request_body = Option<NewSession>,
    responses((status = 201, body = Session), (status = 404)),
)]
pub(super) async fn create_session(
    State(gateway): Api,
    Authorized(caller): Authorized,
    OptionalBody(new): OptionalBody<NewSession>,
) -> Result<Created<Session>> {
    let session = gateway.sessions.create(&caller, new.into()).await?;
    Ok(Created::at(format!("/api/sessions/{}", session.id), session.into()))
}
