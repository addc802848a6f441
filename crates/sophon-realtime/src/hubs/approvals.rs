//! `/hubs/approvals`: what agents want to do and to know, and the answers.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use signalr::{Call, Connection, Hub, HubError, Invocation, Method, Reply};
use sophon_core::Gateway;
use sophon_core::approvals::Answer;
use sophon_model::{
    Approval, ApprovalEvent, ApprovalId, ApprovalStatus, Event, InfoRequest, InfoRequestEvent, InfoRequestId,
    InfoRequestStatus, Permission, Risk, Topic,
};

use super::error::hub_error;
use super::groups::Groups;
use super::named::named;
use super::project::told;
use super::rates;
use super::sign_in::People;

pub(crate) struct ApprovalsHub {
    gateway: Gateway,
    people: People,
    groups: Groups,
}

impl ApprovalsHub {
    pub(super) fn new(gateway: Gateway, people: People) -> Self {
        Self { groups: Groups::new(gateway.clone(), "approvals"), gateway, people }
    }
}

impl Hub for ApprovalsHub {
    type Auth = People;
    type Topic = Topic;
    type Event = Event;

    fn auth(&self) -> &People {
        &self.people
    }

    fn project<'a>(&'a self, seq: u64, event: &'a Event) -> Option<Invocation<'a>> {
        Some(match event {
            Event::Approval(ApprovalEvent::Requested { approval }) => {
                told("ApprovalRequested", ApprovalRequest::new(approval, seq))
            }
            Event::Approval(ApprovalEvent::Resolved { approval }) => {
                told("ApprovalResolved", Resolved::new(approval, seq))
            }
            Event::InfoRequest(InfoRequestEvent::Requested { request }) => {
                told("InfoRequested", InfoPayload::new(request, seq))
            }
            Event::InfoRequest(InfoRequestEvent::Resolved { request }) => {
                told("InfoResolved", InfoResolved::new(request, seq))
            }
            Event::Message(_)
            | Event::Task(_)
            | Event::ToolCall(_)
            | Event::Session(_)
            | Event::Node(_)
            | Event::Discussion(_)
            | Event::Announcement(_) => return None,
        })
    }

    fn methods(&self) -> &'static [Method] {
        const METHODS: &[Method] =
            &[Method::new("Approve"), Method::new("Reject"), Method::new("Edit"), Method::new("RespondInfo")];
        METHODS
    }

    /// Everybody hears what its own agents ask; who may answer for the tenant, what all of them ask.
    async fn connected(&self, connection: &Connection<Self>) -> Result<(), HubError> {
        let caller = connection.caller();
        let holders = Topic::Holders(caller.tenant.clone(), Permission::ApproveActions);
        let own = [Topic::Approvals(caller.user.clone()), holders];
        self.groups.connected(connection, own).await;
        Ok(())
    }

    async fn invoke(&self, connection: &Connection<Self>, call: Call) -> Result<Reply, HubError> {
        rates::count(&self.gateway, connection.caller(), call.method())?;
        let caller = connection.caller();
        let (approval, answer) = match call.method() {
            "Approve" => {
                (named::<ApprovalRef, ApprovalId>(&call)?.approval_id, Answer::Approve { comment: None })
            }
            "Reject" => {
                let Reject { approval_id, reason } = call.arguments::<(Reject,)>()?.0;
                (approval_id, Answer::Reject { reason })
            }
            "Edit" => {
                let Edit { approval_id, modified_params } = call.arguments::<(Edit,)>()?.0;
                (approval_id, Answer::Edit { arguments: modified_params })
            }
            "RespondInfo" => {
                let Respond { info_id, response } = call.arguments::<(Respond,)>()?.0;
                let responded = self.gateway.info_requests.respond(caller, &info_id, response);
                responded.await.map_err(hub_error)?;
                return Ok(Reply::Void);
            }
            _ => return Err(HubError::UnknownMethod),
        };
        self.gateway.approvals.answer(caller, &approval, answer).await.map_err(hub_error)?;
        Ok(Reply::Void)
    }
}

/// An approval as clients name it: its bare id, or an object with it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ApprovalRef {
    approval_id: ApprovalId,
}

impl From<ApprovalId> for ApprovalRef {
    fn from(approval_id: ApprovalId) -> Self {
        Self { approval_id }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Reject {
    approval_id: ApprovalId,
    #[serde(default)]
    reason: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Edit {
    approval_id: ApprovalId,
    modified_params: Value,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Respond {
    info_id: InfoRequestId,
    /// Null: there will be no answer.
    response: Option<String>,
}

/// REST's shape, without what only one that was answered has.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ApprovalRequest<'a> {
    id: &'a str,
    kind: &'static str,
    tool_name: &'a str,
    risk_level: Risk,
    params: &'a Value,
    preview: Option<&'a str>,
    editable: bool,
    digest: &'a str,
    session_id: &'a str,
    task_id: &'a str,
    tool_call_id: &'a str,
    agent_id: &'a str,
    user_id: &'a str,
    status: ApprovalStatus,
    requested_at: String,
    expires_at: String,
    seq: u64,
}

impl<'a> ApprovalRequest<'a> {
    fn new(approval: &'a Approval, seq: u64) -> Self {
        Self {
            id: approval.id.as_str(),
            kind: "tool",
            tool_name: &approval.tool,
            risk_level: approval.risk,
            params: &approval.arguments,
            preview: approval.preview.as_deref(),
            editable: approval.is_editable,
            digest: &approval.digest,
            session_id: approval.session_id.as_str(),
            task_id: approval.task_id.as_str(),
            tool_call_id: approval.tool_call_id.as_str(),
            agent_id: approval.agent_id.as_str(),
            user_id: approval.user_id.as_str(),
            status: approval.status,
            requested_at: approval.requested_at.to_string(),
            expires_at: approval.expires_at.to_string(),
            seq,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Resolved<'a> {
    id: &'a str,
    outcome: ApprovalStatus,
    outcome_detail: Option<&'a str>,
    modified_params: Option<&'a Value>,
    decided_by: Option<&'a str>,
    session_id: &'a str,
    task_id: &'a str,
    seq: u64,
}

impl<'a> Resolved<'a> {
    fn new(approval: &'a Approval, seq: u64) -> Self {
        Self {
            id: approval.id.as_str(),
            outcome: approval.status,
            outcome_detail: approval.reason.as_deref(),
            modified_params: approval.edited_arguments.as_ref(),
            decided_by: approval.decided_by.as_ref().map(sophon_model::UserId::as_str),
            session_id: approval.session_id.as_str(),
            task_id: approval.task_id.as_str(),
            seq,
        }
    }
}

/// REST's shape, without what only one that was answered has.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InfoPayload<'a> {
    id: &'a str,
    question: &'a str,
    choices: &'a [String],
    session_id: &'a str,
    task_id: &'a str,
    tool_call_id: &'a str,
    agent_id: &'a str,
    user_id: &'a str,
    status: InfoRequestStatus,
    requested_at: String,
    expires_at: String,
    seq: u64,
}

impl<'a> InfoPayload<'a> {
    fn new(request: &'a InfoRequest, seq: u64) -> Self {
        Self {
            id: request.id.as_str(),
            question: &request.question,
            choices: &request.choices,
            session_id: request.session_id.as_str(),
            task_id: request.task_id.as_str(),
            tool_call_id: request.tool_call_id.as_str(),
            agent_id: request.agent_id.as_str(),
            user_id: request.user_id.as_str(),
            status: request.status,
            requested_at: request.requested_at.to_string(),
            expires_at: request.expires_at.to_string(),
            seq,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct InfoResolved<'a> {
    id: &'a str,
    response: Option<&'a str>,
    status: InfoRequestStatus,
    session_id: &'a str,
    task_id: &'a str,
    seq: u64,
}

impl<'a> InfoResolved<'a> {
    fn new(request: &'a InfoRequest, seq: u64) -> Self {
        Self {
            id: request.id.as_str(),
            response: request.response.as_deref(),
            status: request.status,
            session_id: request.session_id.as_str(),
            task_id: request.task_id.as_str(),
            seq,
        }
    }
}
