//! What waits and runs, and what has been.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use sophon_api::{List, Task, Time};
use sophon_model::ports::TaskFilter;
use sophon_model::{SessionId, TaskStatus};

use crate::error::Result;
use crate::extract::{Authorized, Params};
use crate::list::{Limit, Listing, PageQuery};
use crate::{Api, agents};

/// Which tasks.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct HistoryQuery {
    /// One status, or several with commas between them.
    #[param(value_type = Option<String>, example = "completed,failed")]
    status: Option<Statuses>,
    /// The agent that does it, by id or slug.
    agent: Option<String>,
    /// The session it is about.
    #[param(value_type = Option<String>)]
    session: Option<SessionId>,
    /// Only what was asked for then or later.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Time>,
    /// Only what was asked for before.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Time>,
    /// A text in the description.
    q: Option<String>,
    /// Items in a page: 50 by default, at most 200.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: Option<Limit>,
    /// The `nextCursor` of the page before, with the same filters. Empty, or none: the first page.
    cursor: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(try_from = "String")]
struct Statuses(Vec<TaskStatus>);

impl TryFrom<String> for Statuses {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let status = |word| TaskStatus::parse(word).ok_or_else(|| format!("'{word}' is not a status"));
        text.split(',').map(status).collect::<Result<_, _>>().map(Self)
    }
}

/// List one's tasks that wait or run, newest first
#[utoipa::path(
    get, path = "/api/tasks/active", tag = "Tasks", params(PageQuery),
    responses((status = 200, body = List<Task>)),
)]
pub(super) async fn list_active_tasks(
    State(gateway): Api,
    Authorized(caller): Authorized,
    list: Listing,
    Params(page): Params<PageQuery>,
) -> Result<Json<List<Task>>> {
    let tasks = gateway.tasks.active(&caller, list.page(page.limit, page.cursor.as_deref())?).await?;
    let now = gateway.db.now();
    Ok(Json(list.answer(tasks, |task| Task::at(now, task))))
}

/// List one's tasks of any status, newest first
#[utoipa::path(
    get, path = "/api/tasks/history", tag = "Tasks", params(HistoryQuery),
    responses((status = 200, body = List<Task>)),
)]
pub(super) async fn list_task_history(
    State(gateway): Api,
    Authorized(caller): Authorized,
    list: Listing,
    Params(query): Params<HistoryQuery>,
) -> Result<Json<List<Task>>> {
    let filter = TaskFilter {
        user: None,
        statuses: query.status.unwrap_or_default().0,
        agent: agents::named(&gateway, &caller, query.agent).await?,
        session: query.session,
        from: query.from.map(|Time(at)| at),
        until: query.until.map(|Time(at)| at),
        text: query.q.filter(|text| !text.trim().is_empty()),
    };
    let tasks =
        gateway.tasks.history(&caller, filter, list.page(query.limit, query.cursor.as_deref())?).await?;
    let now = gateway.db.now();
    Ok(Json(list.answer(tasks, |task| Task::at(now, task))))
}
