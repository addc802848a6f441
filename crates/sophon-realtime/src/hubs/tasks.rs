//! `/hubs/tasks`: the ledger of all the user's work.

use fanout::Start;
use signalr::{Call, Connection, Hub, HubError, Invocation, Method, Rejection, Reply};
use sophon_core::Gateway;
use sophon_core::policy::{Act, authorize};
use sophon_model::{Caller, Event, Permission, Topic};
use tokio::time::Instant;

use super::error::hub_error;
use super::{project, sign_in};

pub(crate) struct TasksHub {
    gateway: Gateway,
}

impl TasksHub {
    pub(super) fn new(gateway: Gateway) -> Self {
        Self { gateway }
    }
}

impl Hub for TasksHub {
    type Caller = Caller;
    type Topic = Topic;
    type Event = Event;

    async fn authenticate(&self, _: &http::request::Parts, token: Option<&str>) -> Result<Caller, Rejection> {
        sign_in::sign_in(&self.gateway, token).await
    }

    fn same_caller(&self, first: &Caller, now: &Caller) -> bool {
        sign_in::is_same(first, now)
    }

    fn expires(&self, caller: &Caller) -> Option<Instant> {
        sign_in::expires(&self.gateway, caller)
    }

    fn project<'a>(&'a self, seq: u64, event: &'a Event) -> Option<Invocation<'a>> {
        project::tasks(seq, event)
    }

    fn methods(&self) -> &'static [Method] {
        const METHODS: &[Method] = &[Method::new("Watch"), Method::new("Unwatch")];
        METHODS
    }

    async fn invoke(&self, connection: &Connection<Self>, call: Call) -> Result<Reply, HubError> {
        let () = call.arguments()?;
        let ledger = Topic::Tasks(connection.caller().user.clone());
        match call.method() {
            "Watch" => {
                authorize(Some(connection.caller()), Act::Use(Permission::ViewActiveTasks))
                    .map_err(hub_error)?;
                connection.follow(&ledger, Start::Now);
            }
            "Unwatch" => connection.unfollow(&ledger),
            _ => return Err(HubError::UnknownMethod),
        }
        Ok(Reply::Void)
    }
}
