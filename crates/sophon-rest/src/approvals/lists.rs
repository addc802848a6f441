//! What waits for an answer, and what had one.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use sophon_api::{ApprovalRequest, List, Time};
use sophon_model::ports::ApprovalFilter;
use sophon_model::{ApprovalStatus, Caller, Risk, SessionId};

use crate::error::Result;
use crate::extract::{Authorized, Params};
use crate::list::{Limit, Listing};
use crate::{Api, agents};

/// Which of those that wait.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct PendingQuery {
    /// The session.
    #[param(value_type = Option<String>)]
    session: Option<SessionId>,
    /// The agent that asks, by id or slug.
    agent: Option<String>,
    /// The tool.
    tool: Option<String>,
    /// How much harm it can do.
    #[param(value_type = Option<String>, example = "high")]
    risk: Option<Risk>,
    /// Only what one's own agents ask for, also if one may answer for others.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    mine: bool,
    /// Items in a page: 50 by default, at most 200.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: Option<Limit>,
    /// The `nextCursor` of the page before, with the same filters. Empty, or none: the first page.
    cursor: Option<String>,
}

/// Which of those that were answered or ran out.
#[derive(Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct HistoryQuery {
    /// One outcome, or several with commas between them.
    #[param(value_type = Option<String>, example = "approved,edited")]
    outcome: Option<Outcomes>,
    /// The session.
    #[param(value_type = Option<String>)]
    session: Option<SessionId>,
    /// The agent that asked, by id or slug.
    agent: Option<String>,
    /// The tool.
    tool: Option<String>,
    /// How much harm it could do.
    #[param(value_type = Option<String>, example = "high")]
    risk: Option<Risk>,
    /// Only what was asked for then or later.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Time>,
    /// Only what was asked for before.
    #[param(value_type = Option<String>, format = DateTime)]
    until: Option<Time>,
    /// Only what one's own agents asked for, also if one may answer for others.
    #[serde(default)]
    #[param(value_type = Option<bool>)]
    mine: bool,
    /// Items in a page: 50 by default, at most 200.
    #[param(value_type = Option<usize>, minimum = 1, maximum = 200)]
    limit: Option<Limit>,
    /// The `nextCursor` of the page before, with the same filters. Empty, or none: the first page.
    cursor: Option<String>,
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Outcomes(Vec<ApprovalStatus>);

impl Default for Outcomes {
    fn default() -> Self {
        let all = ApprovalStatus::ALL.iter().copied();
        Self(all.filter(|status| *status != ApprovalStatus::Pending).collect())
    }
}

impl TryFrom<String> for Outcomes {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let outcome = |word: &str| {
            let status = ApprovalStatus::parse(word).filter(|status| *status != ApprovalStatus::Pending);
            status.ok_or_else(|| format!("'{word}' is not an outcome"))
        };
        text.split(',').map(outcome).collect::<Result<_, _>>().map(Self)
    }
}

fn own(caller: &Caller, mine: bool) -> Option<sophon_model::UserId> {
    mine.then(|| caller.user.clone())
}

/// List the approvals that wait for an answer, newest first
///
/// What one's own agents ask for; what all agents of the tenant ask for if one may answer (ApproveActions).
#[utoipa::path(
    get, path = "/api/approvals", tag = "Approvals", params(PendingQuery),
    responses((status = 200, body = List<ApprovalRequest>)),
)]
pub(super) async fn list_approvals(
    State(gateway): Api,
    Authorized(caller): Authorized,
    list: Listing,
    Params(query): Params<PendingQuery>,
) -> Result<Json<List<ApprovalRequest>>> {
    let filter = ApprovalFilter {
        user: own(&caller, query.mine),
        session: query.session,
        agent: agents::named(&gateway, &caller, query.agent).await?,
        tool: query.tool,
        risk: query.risk,
        ..ApprovalFilter::pending()
    };
    let page = list.page(query.limit, query.cursor.as_deref())?;
    let approvals = gateway.approvals.list(&caller, filter, page).await?;
    Ok(Json(list.answer(approvals, ApprovalRequest::from)))
}

/// List the approvals that were answered or ran out, newest first
#[utoipa::path(
    get, path = "/api/approvals/history", tag = "Approvals", params(HistoryQuery),
    responses((status = 200, body = List<ApprovalRequest>)),
)]
pub(super) async fn list_approval_history(
    State(gateway): Api,
    Authorized(caller): Authorized,
    list: Listing,
    Params(query): Params<HistoryQuery>,
) -> Result<Json<List<ApprovalRequest>>> {
    let filter = ApprovalFilter {
        user: own(&caller, query.mine),
        statuses: query.outcome.unwrap_or_default().0,
        session: query.session,
        agent: agents::named(&gateway, &caller, query.agent).await?,
        tool: query.tool,
        risk: query.risk,
        from: query.from.map(|Time(at)| at),
        until: query.until.map(|Time(at)| at),
    };
    let page = list.page(query.limit, query.cursor.as_deref())?;
    let approvals = gateway.approvals.list(&caller, filter, page).await?;
    Ok(Json(list.answer(approvals, ApprovalRequest::from)))
}
