//! `/hubs/tasks`: the ledger of all the user's work, or single tasks.

use signalr::{Call, Connection, Hub, HubError, Invocation, Method, Reply};
use sophon_api::hubs::TaskRef;
use sophon_core::Gateway;
use sophon_model::{Event, TaskId, Topic};

use super::groups::Groups;
use super::named::named;
use super::project::{self, invocation};
use super::rates;
use super::refusals::{self, CallError};
use super::sign_in::People;

/// Where it is.
pub(super) const ADDRESS: &str = "/hubs/tasks";

pub(crate) struct TasksHub {
    gateway: Gateway,
    people: People,
    groups: Groups,
}

impl TasksHub {
    pub(super) fn new(gateway: Gateway, people: People) -> Self {
        Self { groups: Groups::new(gateway.clone(), "tasks"), gateway, people }
    }
}

impl Hub for TasksHub {
    type Auth = People;
    type Topic = Topic;
    type Event = Event;

    fn auth(&self) -> &People {
        &self.people
    }

    fn project<'a>(&'a self, seq: u64, event: &'a Event) -> Option<Invocation<'a>> {
        project::tasks(seq, event).map(invocation)
    }

    fn methods(&self) -> &'static [Method] {
        const METHODS: &[Method] = &[Method::new("Watch"), Method::new("Unwatch")];
        METHODS
    }

    async fn connected(&self, connection: &Connection<Self>) -> Result<(), HubError> {
        self.groups.connected(connection, []).await;
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

impl TasksHub {
    async fn call(&self, connection: &Connection<Self>, call: Call) -> Result<Reply, CallError> {
        rates::count(&self.gateway, connection.caller(), call.method())?;
        let task = match call.argument_count() {
            0 => None,
            _ if call.arguments::<(Option<TaskId>,)>().is_ok_and(|(id,)| id.is_none()) => None,
            _ => Some(named::<TaskRef, TaskId>(&call)?.task_id),
        };
        let ledger = || Topic::Tasks(connection.caller().in_tenant());
        let topic = task.map_or_else(ledger, Topic::Task);
        match call.method() {
            "Watch" => self.groups.join(connection, topic).await?,
            "Unwatch" => self.groups.leave(connection, &topic),
            _ => return Err(HubError::UnknownMethod.into()),
        }
        Ok(Reply::Void)
    }
}
