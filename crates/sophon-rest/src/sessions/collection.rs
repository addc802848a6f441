//! One's sessions.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use sophon_model::{SessionMode, Visibility};
use utoipa::ToSchema;

use super::session::Session;
use crate::error::Result;
use crate::extract::{Authorized, Body, Params};
use crate::list::{self, Cursor, List};
use crate::{Api, agents, words};

/// Which sessions.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct SessionsQuery {
    /// Words that title or messages contain, each by its beginning.
    q: Option<String>,
    /// The agent that answers in it, by id or slug.
    agent: Option<String>,
    /// Items in a page: 50 unless told otherwise, at most 200.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// The `nextCursor` of the page before.
    #[param(value_type = Option<String>)]
    cursor: Option<Cursor>,
}

/// A session to be made.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(super) struct NewSession {
    /// The agent that answers, by id or slug; the first agent if absent.
    agent_id: Option<String>,
    /// At most 200 characters; the first message gives it a title if absent.
    title: Option<String>,
    /// Private if absent.
    #[schema(schema_with = words::visibility)]
    visibility: Option<Visibility>,
    /// Each in its own time if absent.
    #[schema(schema_with = words::session_mode)]
    mode: Option<SessionMode>,
    /// A model for this session alone.
    model: Option<String>,
}

impl From<NewSession> for sophon_core::sessions::NewSession {
    fn from(new: NewSession) -> Self {
        Self {
            agent: new.agent_id,
            title: new.title,
            visibility: new.visibility,
            mode: new.mode,
            channel_id: None,
            model: new.model,
        }
    }
}

/// List one's sessions, last active first
#[utoipa::path(
    get, path = "/api/sessions", tag = "Chat + sessions", params(SessionsQuery),
    responses((status = 200, body = List<Session>)),
)]
pub(super) async fn list_sessions(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Params(query): Params<SessionsQuery>,
) -> Result<Json<List<Session>>> {
    let agent = agents::named(&gateway, &caller, query.agent).await?;
    let search = query.q.filter(|words| !words.trim().is_empty());
    let page = list::page(query.limit, query.cursor);
    let sessions = gateway.sessions.list(&caller, search, agent, page).await?;
    Ok(Json(List::page(sessions, Session::from)))
}

/// Make a session
#[utoipa::path(
    post, path = "/api/sessions", tag = "Chat + sessions", request_body = NewSession,
    responses((status = 201, body = Session)),
)]
pub(super) async fn create_session(
    State(gateway): Api,
    Authorized(caller): Authorized,
    Body(new): Body<NewSession>,
) -> Result<(StatusCode, Json<Session>)> {
    let session = gateway.sessions.create(&caller, new.into()).await?;
    Ok((StatusCode::CREATED, Json(session.into())))
}
