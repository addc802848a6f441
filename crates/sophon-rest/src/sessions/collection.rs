//! One's sessions.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use sophon_api::{List, ListedSession, NewSession, Session, Time};
use sophon_core::sessions::Expand;
use sophon_model::SessionStatus;
use sophon_model::ports::{MarksFilter, Period, SessionFilter, SessionOrder};

use crate::created::Created;
use crate::error::Result;
use crate::extract::{Authorized, OptionalBody, Params};
use crate::list::{Limit, Listing};
use crate::{Api, agents};

/// Which sessions.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct SessionsQuery {
    /// Words that title or messages contain, each by its beginning.
    q: Option<String>,
    /// The agent that answers in it, by id or slug.
    agent: Option<String>,
    /// Its status.
    #[param(value_type = Option<SessionStatus>, inline)]
    status: Option<SessionStatus>,
    /// Only archived ones, in place of all others.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    archived: bool,
    /// Only those that one has pinned, or that one has not.
    pinned: Option<bool>,
    /// Only those with messages that one has not read, or those without.
    unread: Option<bool>,
    /// Only those with this tag.
    tag: Option<String>,
    /// Only those made then or later.
    #[param(value_type = Option<String>, format = DateTime)]
    created_from: Option<Time>,
    /// Only those made before.
    #[param(value_type = Option<String>, format = DateTime)]
    created_until: Option<Time>,
    /// Only those in which something happened then or later.
    #[param(value_type = Option<String>, format = DateTime)]
    updated_from: Option<Time>,
    /// Only those in which nothing happened since.
    #[param(value_type = Option<String>, format = DateTime)]
    updated_until: Option<Time>,
    /// By which time they are ordered, newest first: `updated` (the default), in which a session moves to the top while
    /// the pages are read, or `created`, in which nothing moves.
    #[param(inline)]
    sort: Option<Sort>,
    /// What is to be read with each session: `agent`, `participants`, `lastMessage`, or several with commas between.
    #[param(value_type = Option<String>, pattern = "^(agent|participants|lastMessage)(,(agent|participants|lastMessage))*$", example = "agent,lastMessage")]
    #[serde(default)]
    expand: Expanded,
    /// Items in a page: 50 by default, at most 200.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: Option<Limit>,
    /// The `nextCursor` of the page before, with the same filters. Empty, or none: the first page.
    cursor: Option<String>,
}

/// By which time sessions are ordered.
#[derive(Clone, Copy, Debug, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
enum Sort {
    Updated,
    Created,
}

/// The names in `expand`.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(try_from = "String")]
struct Expanded(Expand);

impl TryFrom<String> for Expanded {
    type Error = String;

    fn try_from(names: String) -> Result<Self, Self::Error> {
        let mut expand = Expand::default();
        for name in names.split(',') {
            match name {
                "agent" => expand.agent = true,
                "participants" => expand.participants = true,
                "lastMessage" => expand.last_message = true,
                _ => return Err("`expand` names agent, participants or lastMessage".to_owned()),
            }
        }
        Ok(Self(expand))
    }
}

/// List one's sessions, last active first
///
/// With one's own marks. Those that one has archived are left out, unless they are asked for.
#[utoipa::path(
    get, path = "/api/sessions", tag = "Chat + sessions", params(SessionsQuery),
    responses((status = 200, body = List<ListedSession>), (status = 404)),
)]
pub(super) async fn list_sessions(
    State(gateway): Api,
    Authorized(caller): Authorized,
    list: Listing,
    Params(query): Params<SessionsQuery>,
) -> Result<Json<List<ListedSession>>> {
    let agent = agents::named(&gateway, &caller, query.agent).await?;
    let period = |from: Option<Time>, until: Option<Time>| Period {
        from: from.map(|Time(at)| at),
        until: until.map(|Time(at)| at),
    };
    let filter = SessionFilter {
        search: query.q.filter(|words| !words.trim().is_empty()),
        agent,
        status: query.status,
        created: period(query.created_from, query.created_until),
        updated: period(query.updated_from, query.updated_until),
        marks: MarksFilter {
            is_archived: query.archived,
            is_pinned: query.pinned,
            is_unread: query.unread,
            tag: query.tag,
        },
        order: match query.sort {
            Some(Sort::Created) => SessionOrder::Created,
            Some(Sort::Updated) | None => SessionOrder::Updated,
        },
    };
    let page = list.page(query.limit, query.cursor.as_deref())?;
    let Expanded(expand) = query.expand;
    let sessions = gateway.sessions.list_expanded(&caller, filter, page, expand).await?;
    Ok(Json(list.answer(sessions, ListedSession::from)))
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
