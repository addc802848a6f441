//! `/hubs/notifications`: what a person wants to know of, whatever it looks at just now.

mod project;

use signalr::{Call, Connection, Hub, HubError, Invocation, Method, Reply};
use sophon_api::hubs::NodeRef;
use sophon_core::Gateway;
use sophon_model::{Event, NodeId, Permission, Topic};

use super::groups::Groups;
use super::named::named;
use super::project::invocation;
use super::rates;
use super::refusals::{self, CallError};
use super::sign_in::People;

/// Where it is.
pub(super) const ADDRESS: &str = "/hubs/notifications";

pub(crate) struct NotificationsHub {
    gateway: Gateway,
    people: People,
    groups: Groups,
}

impl NotificationsHub {
    pub(super) fn new(gateway: Gateway, people: People) -> Self {
        Self { groups: Groups::new(gateway.clone(), "nodes"), gateway, people }
    }
}

impl Hub for NotificationsHub {
    type Auth = People;
    type Topic = Topic;
    type Event = Event;

    fn auth(&self) -> &People {
        &self.people
    }

    fn project<'a>(&'a self, seq: u64, event: &'a Event) -> Option<Invocation<'a>> {
        project::notifications(seq, event).map(invocation)
    }

    fn methods(&self) -> &'static [Method] {
        const METHODS: &[Method] = &[Method::new("Subscribe"), Method::new("Unsubscribe")];
        METHODS
    }

    /// Everybody hears what is its own and what is announced; who manages the nodes, what becomes of them.
    async fn connected(&self, connection: &Connection<Self>) -> Result<(), HubError> {
        let caller = connection.caller();
        let tenant = || caller.tenant.clone();
        let own = [
            Topic::User(caller.in_tenant()),
            Topic::Tenant(tenant()),
            Topic::Holders(tenant(), Permission::ManageNodes),
        ];
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

impl NotificationsHub {
    async fn call(&self, connection: &Connection<Self>, call: Call) -> Result<Reply, CallError> {
        rates::count(&self.gateway, connection.caller(), call.method())?;
        let topic = Topic::Node(named::<NodeRef, NodeId>(&call)?.node_id);
        match call.method() {
            "Subscribe" => self.groups.join(connection, topic).await?,
            "Unsubscribe" => self.groups.leave(connection, &topic),
            _ => return Err(HubError::UnknownMethod.into()),
        }
        Ok(Reply::Void)
    }
}
