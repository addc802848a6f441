//! `/hubs/tasks`: the ledger of all the user's work, or single tasks.

use fanout::Start;
use serde::Deserialize;
use signalr::{Call, Connection, Hub, HubError, Invocation, Method, Reply};
use sophon_core::Gateway;
use sophon_core::policy::{Act, authorize};
use sophon_model::{Event, Permission, TaskId, Topic};

use super::error::hub_error;
use super::project;
use super::sign_in::People;

/// Tasks that one connection may follow one by one.
const MOST_TASKS: usize = 100;

pub(crate) struct TasksHub {
    gateway: Gateway,
    people: People,
}

impl TasksHub {
    pub(super) fn new(gateway: Gateway, people: People) -> Self {
        Self { gateway, people }
    }

    async fn watch(&self, connection: &Connection<Self>, task: Option<TaskId>) -> Result<(), HubError> {
        let caller = connection.caller();
        let Some(task) = task else {
            authorize(Some(caller), Act::Use(Permission::ViewActiveTasks)).map_err(hub_error)?;
            connection.follow(&Topic::Tasks(caller.user.clone()), Start::Now);
            return Ok(());
        };
        self.gateway.tasks.get(caller, &task).await.map_err(hub_error)?;
        let topic = Topic::Task(task);
        let followed = connection.followed();
        // One of them may be the ledger.
        if followed.len() > MOST_TASKS && !followed.contains(&topic) {
            let text =
                format!("conflict: A connection watches at most {MOST_TASKS} tasks. Unwatch one first.");
            return Err(HubError::message(text));
        }
        connection.follow(&topic, Start::Now);
        Ok(())
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
        let task = match call.argument_count() {
            0 => None,
            _ => call.arguments::<(Option<TaskRef>,)>()?.0.map(TaskRef::id),
        };
        match call.method() {
            "Watch" => self.watch(connection, task).await?,
            "Unwatch" => {
                let ledger = || Topic::Tasks(connection.caller().user.clone());
                connection.unfollow(&task.map_or_else(ledger, Topic::Task));
            }
            _ => return Err(HubError::UnknownMethod),
        }
        Ok(Reply::Void)
    }
}

/// A task as clients name it: its bare id, or an object with it.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum TaskRef {
    Id(TaskId),
    #[serde(rename_all = "camelCase")]
    Object {
        task_id: TaskId,
    },
}

impl TaskRef {
    pub(super) fn id(self) -> TaskId {
        match self {
            TaskRef::Id(id) | TaskRef::Object { task_id: id } => id,
        }
    }
}
