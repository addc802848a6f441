//! `/hubs/tasks`: the ledger of all the user's work.

use fanout::Start;
use signalr::{Call, Connection, Hub, HubError, Invocation, Method, Reply};
use sophon_core::policy::{Act, authorize};
use sophon_model::{Event, Permission, Topic};

use super::error::hub_error;
use super::project;
use super::sign_in::People;

pub(crate) struct TasksHub {
    people: People,
}

impl TasksHub {
    pub(super) fn new(people: People) -> Self {
        Self { people }
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
