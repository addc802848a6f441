//! What the hubs send and take: seed 000, with fields added that it leaves room for. Each event is one object under a
//! name; it bears the event's number `seq`, which `JoinSession` takes as `since`.

mod approvals;
mod catalogue;
mod chat;
mod discussion;
mod node;
mod notifications;
mod tasks;

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa::openapi::{Components, Ref};

pub use approvals::{
    ApprovalRef, ApprovalRequested, ApprovalResolved, ApprovalsEvent, EditApproval, InfoRequested,
    InfoResolved, RejectApproval, RespondInfo,
};
pub use catalogue::{Hub, Method, all, describe};
pub use chat::{
    AgentStatus, ChatEvent, Joined, PendingMessage, ReceiveMessage, SessionMarked, SessionRef,
    SessionUpdated, StreamChunk, ToolCallCompleted, ToolCallStarted,
};
pub use discussion::{
    DiscussionCancelled, DiscussionCompleted, DiscussionDecided, DiscussionEvent, DiscussionFailed,
    DiscussionStarted, JudgeStarted, RoundStarted, RunRef, Subscribed, TurnCompleted, TurnStarted,
};
pub use node::{NodeEvent, RefreshScopes, ReportResult, RevokeAccess, ScopeChanged};
pub use notifications::{
    NodeChanged, NodeCommandChanged, NodeHeard, NodePresence, NodeRef, NotificationEvent, SystemAnnouncement,
};
pub use tasks::{
    TaskCancelled, TaskCompleted, TaskEvent, TaskFailed, TaskQueued, TaskRef, TaskStarted, TaskSummary,
};

/// The events of a hub: their names, and what each carries. Serialized, one is its payload alone.
pub trait HubEvent: Serialize + Sized {
    /// The name that clients listen to.
    fn name(&self) -> &'static str;

    /// Reads an event by its name; `None` for names that are not known.
    fn read(name: &str, payload: Value) -> serde_json::Result<Option<Self>>;

    /// All of them.
    fn specs() -> Vec<EventSpec>;
}

/// What the document says of an event.
#[derive(Clone, Debug)]
pub struct EventSpec {
    name: &'static str,
    about: String,
    payload: fn(&mut Components) -> Ref,
}

impl EventSpec {
    fn of<T: ToSchema>(name: &'static str, about: &[&str]) -> Self {
        let about = about.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
        Self { name, about, payload: component::<T> }
    }
}

/// Makes `T`, and what it is made of, components of the document; returns how to refer to it.
fn component<T: ToSchema>(components: &mut Components) -> Ref {
    let mut parts = vec![(T::name().into_owned(), T::schema())];
    T::schemas(&mut parts);
    for (name, schema) in parts {
        components.schemas.entry(name).or_insert(schema);
    }
    Ref::from_schema_name(T::name())
}

/// Declares the events of a hub, each by its name with its payload.
macro_rules! hub_events {
    (
        $(#[doc = $doc:literal])*
        pub enum $hub:ident {
            $($(#[doc = $about:literal])* $name:ident($payload:ident),)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize)]
        #[serde(untagged)]
        pub enum $hub {
            $($(#[doc = $about])* $name($payload),)*
        }

        impl $crate::hubs::HubEvent for $hub {
            fn name(&self) -> &'static str {
                match self {
                    $($hub::$name(_) => stringify!($name),)*
                }
            }

            fn read(name: &str, payload: serde_json::Value) -> serde_json::Result<Option<Self>> {
                Ok(Some(match name {
                    $(stringify!($name) => $hub::$name(serde_json::from_value(payload)?),)*
                    _ => return Ok(None),
                }))
            }

            fn specs() -> Vec<$crate::hubs::EventSpec> {
                vec![$($crate::hubs::EventSpec::of::<$payload>(stringify!($name), &[$($about),*]),)*]
            }
        }
    };
}
use hub_events;

/// Declares payloads that are a thing as REST shows it, and the number of the event.
macro_rules! numbered {
    ($($(#[doc = $doc:literal])* $name:ident($thing:ident);)*) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        pub struct $name {
            /// The thing, as it is now.
            #[serde(flatten)]
            pub thing: $thing,
            /// The event's number.
            pub seq: u64,
        }

        impl $name {
            /// Of a thing as the model has it.
            pub fn new(thing: impl Into<$thing>, seq: u64) -> Self {
                Self { thing: thing.into(), seq }
            }
        }
    )*};
}
use numbered;

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_is_read_by_its_name_and_written_as_its_payload() {
        let payload = json!({ "taskId": "task_1", "sessionId": "ses_1", "status": "thinking", "detail": null, "seq": 9 });
        let event = ChatEvent::read("AgentStatus", payload.clone()).unwrap().unwrap();
        assert_eq!((event.name(), event.task_id()), ("AgentStatus", Some(&"task_1".into())));
        assert_eq!(serde_json::to_value(&event).unwrap(), payload);
    }

    #[test]
    fn unknown_events_are_passed_over_and_broken_ones_are_not() {
        assert_eq!(ChatEvent::read("FutureEvent", Value::Null).unwrap(), None);
        assert!(ChatEvent::read("TaskQueued", Value::Null).is_err());
    }
}
