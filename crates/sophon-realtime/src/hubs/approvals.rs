//! `/hubs/approvals`: what agents want to do and to know, and the answers.

use signalr::{Call, Connection, Hub, HubError, Invocation, Method, Reply};
use sophon_api::hubs::{
    ApprovalRef, ApprovalRequested, ApprovalResolved, ApprovalsEvent, EditApproval, InfoRequested,
    InfoResolved, RejectApproval, RespondInfo,
};
use sophon_core::Gateway;
use sophon_core::approvals::Answer;
use sophon_model::{ApprovalEvent, ApprovalId, Event, InfoRequestEvent, Permission, Topic};

use super::groups::Groups;
use super::named::named;
use super::project::invocation;
use super::rates;
use super::refusals::{self, CallError};
use super::sign_in::People;

/// Where it is.
pub(super) const ADDRESS: &str = "/hubs/approvals";

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
        Some(invocation(match event {
            Event::Approval(ApprovalEvent::Requested { approval }) => {
                ApprovalsEvent::ApprovalRequested(ApprovalRequested::new((**approval).clone(), seq))
            }
            Event::Approval(ApprovalEvent::Resolved { approval }) => {
                ApprovalsEvent::ApprovalResolved(ApprovalResolved::new((**approval).clone(), seq))
            }
            Event::InfoRequest(InfoRequestEvent::Requested { request }) => {
                ApprovalsEvent::InfoRequested(InfoRequested::new((**request).clone(), seq))
            }
            Event::InfoRequest(InfoRequestEvent::Resolved { request }) => {
                ApprovalsEvent::InfoResolved(InfoResolved::new((**request).clone(), seq))
            }
            Event::Message(_)
            | Event::Task(_)
            | Event::ToolCall(_)
            | Event::Session(_)
            | Event::Marks(_)
            | Event::Node(_)
            | Event::Discussion(_)
            | Event::Announcement(_) => return None,
        }))
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
        let own = [Topic::Approvals(caller.in_tenant()), holders];
        self.groups.connected(connection, own).await;
        Ok(())
    }

    async fn disconnected(&self, connection: &Connection<Self>) {
        self.groups.disconnected(connection);
    }

    async fn invoke(&self, connection: &Connection<Self>, call: Call) -> Result<Reply, HubError> {
        let method = call.method().to_owned();
        let outcome = self.call(connection, call).await;
        refusals::answer(&self.gateway, connection.caller(), (ADDRESS, &method), outcome)
    }
}

impl ApprovalsHub {
    async fn call(&self, connection: &Connection<Self>, call: Call) -> Result<Reply, CallError> {
        rates::count(&self.gateway, connection.caller(), call.method())?;
        let caller = connection.caller();
        let (approval, answer) = match call.method() {
            "Approve" => {
                (named::<ApprovalRef, ApprovalId>(&call)?.approval_id, Answer::Approve { comment: None })
            }
            "Reject" => {
                let RejectApproval { approval_id, reason } = call.arguments::<(_,)>()?.0;
                (approval_id, Answer::Reject { reason })
            }
            "Edit" => {
                let EditApproval { approval_id, modified_params } = call.arguments::<(_,)>()?.0;
                (approval_id, Answer::Edit { arguments: modified_params })
            }
            "RespondInfo" => {
                let RespondInfo { info_id, response } = call.arguments::<(_,)>()?.0;
                let responded = self.gateway.info_requests.respond(caller, &info_id, response);
                responded.await?;
                return Ok(Reply::Void);
            }
            _ => return Err(HubError::UnknownMethod.into()),
        };
        self.gateway.approvals.answer(caller, &approval, answer).await?;
        Ok(Reply::Void)
    }
}
