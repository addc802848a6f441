//! What a client that starts needs at once.

use axum::Json;
use axum::extract::State;
use sophon_api::{
    Agent, ApprovalRequest, Bootstrap, InfoRequest, List, ListedSession, Model, SessionTag, Task,
};
use sophon_model::ports::{ApprovalFilter, MarksFilter, SessionFilter};
use sophon_model::{Page, Permission};

use super::config::auth_config;
use crate::Api;
use crate::error::Result;
use crate::extract::Authorized;
use crate::list::Listing;

/// Give a client that starts what it needs
///
/// What somebody who signed in sees first, in one answer that is counted as one request.
#[utoipa::path(
    get, path = "/api/bootstrap", tag = "Identity & auth",
    responses((status = 200, body = Bootstrap)),
)]
pub(super) async fn get_bootstrap(
    State(gateway): Api,
    Authorized(caller): Authorized,
) -> Result<Json<Bootstrap>> {
    let (page, long_page) = (|| Page::new(None, None), || Page::new(Some(Page::MOST), None));
    let active_tasks = async {
        if caller.has(Permission::ViewActiveTasks) {
            gateway.tasks.active(&caller, page()).await.map(Some)
        } else {
            Ok(None)
        }
    };
    let pinned = MarksFilter { is_pinned: Some(true), ..MarksFilter::default() };
    let pinned = SessionFilter { marks: pinned, ..SessionFilter::default() };
    let (me, agents, sessions, pinned, tags, approvals, info_requests, active_tasks, limits) = tokio::try_join!(
        gateway.identity.me(&caller),
        gateway.agents.list(&caller, long_page()),
        gateway.sessions.list(&caller, SessionFilter::default(), page()),
        gateway.sessions.list(&caller, pinned, long_page()),
        gateway.sessions.tags(&caller),
        gateway.approvals.list(&caller, ApprovalFilter::pending(), long_page()),
        gateway.info_requests.pending(&caller, long_page()),
        active_tasks,
        gateway.attachments.usage(&caller),
    )?;
    let (list, now) = (|path| Listing::of(&gateway, path), gateway.db.now());
    Ok(Json(Bootstrap {
        config: auth_config(&gateway),
        me: me.into(),
        agents: list("/api/agents").answer(agents, Agent::from),
        sessions: list("/api/sessions").answer(sessions, ListedSession::from),
        pinned_sessions: list("/api/sessions").answer(pinned, ListedSession::from),
        session_tags: List::whole(tags.into_iter().map(SessionTag::from)),
        approvals: list("/api/approvals").answer(approvals, ApprovalRequest::from),
        info_requests: list("/api/info-requests").answer(info_requests, InfoRequest::from),
        active_tasks: active_tasks
            .map(|tasks| list("/api/tasks/active").answer(tasks, |task| Task::at(now, task))),
        models: List::whole(gateway.models.known_now().into_iter().map(Model::from)),
        offline: gateway.models.is_offline(),
        attachment_limits: limits.into(),
    }))
}
