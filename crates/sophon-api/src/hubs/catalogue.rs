//! All hubs, as the OpenAPI document describes them in `x-hubs`: what clients may call, and which events they get.

use serde_json::{Map, Value, json};
use utoipa::ToSchema;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::{Components, OpenApi, Ref};

use super::{
    ApprovalRef, ApprovalsEvent, ChatEvent, DiscussionEvent, EditApproval, EventSpec, HubEvent, Joined,
    NodeEvent, NodeRef, NotificationEvent, RejectApproval, ReportResult, RespondInfo, RunRef, ScopeChanged,
    SessionRef, Subscribed, TaskEvent, TaskRef, component,
};
use crate::{Accepted, NodeHeartbeat, SendMessage};

/// A hub.
#[derive(Debug)]
pub struct Hub {
    /// Its address.
    pub path: &'static str,
    about: &'static str,
    /// What clients may call.
    pub methods: Vec<Method>,
    events: Vec<EventSpec>,
}

/// Something that clients may call.
#[derive(Debug)]
pub struct Method {
    /// Its name.
    pub name: &'static str,
    about: &'static str,
    argument: fn(&mut Components) -> Ref,
    result: Option<fn(&mut Components) -> Ref>,
}

/// A method that takes an `A` and answers when it is done.
fn method<A: ToSchema>(name: &'static str, about: &'static str) -> Method {
    Method { name, about, argument: component::<A>, result: None }
}

/// A method that takes an `A` and answers with an `R`.
fn asking<A: ToSchema, R: ToSchema>(name: &'static str, about: &'static str) -> Method {
    Method { name, about, argument: component::<A>, result: Some(component::<R>) }
}

/// All hubs.
pub fn all() -> Vec<Hub> {
    vec![
        Hub {
            path: "/hubs/chat",
            about: "Sending, and following sessions.",
            methods: vec![
                asking::<SendMessage, Accepted>("SendMessage", "Send a message, and join its session"),
                method::<TaskRef>("CancelTask", "Cancel a task"),
                asking::<SessionRef, Joined>("JoinSession", "Follow a session, from now on or from `since`"),
                method::<SessionRef>("LeaveSession", "Follow a session no longer"),
            ],
            events: ChatEvent::specs(),
        },
        Hub {
            path: "/hubs/tasks",
            about: "The ledger of one's work, or single tasks.",
            methods: vec![
                method::<TaskRef>("Watch", "Follow a task; without an argument, all of one's tasks"),
                method::<TaskRef>("Unwatch", "Follow it, or them, no longer"),
            ],
            events: TaskEvent::specs(),
        },
        Hub {
            path: "/hubs/approvals",
            about: "What agents want to do and to know, and the answers.",
            methods: vec![
                method::<ApprovalRef>("Approve", "Approve an action"),
                method::<RejectApproval>("Reject", "Refuse an action"),
                method::<EditApproval>("Edit", "Approve an action with other arguments"),
                method::<RespondInfo>("RespondInfo", "Answer a question"),
            ],
            events: ApprovalsEvent::specs(),
        },
        Hub {
            path: "/hubs/notifications",
            about: "Announcements, and what becomes of nodes.",
            methods: vec![
                method::<NodeRef>("Subscribe", "Follow a node closely"),
                method::<NodeRef>("Unsubscribe", "Follow it closely no longer"),
            ],
            events: NotificationEvent::specs(),
        },
        Hub {
            path: "/hubs/discussion",
            about: "Following runs of discussions.",
            methods: vec![
                asking::<RunRef, Subscribed>("Subscribe", "Follow a run, from now on or from `since`"),
                method::<RunRef>("Unsubscribe", "Follow a run no longer"),
                method::<RunRef>("CancelRun", "Cancel a run"),
            ],
            events: DiscussionEvent::specs(),
        },
        Hub {
            path: "/hubs/node",
            about: "For nodes, with their tokens: what they are to do, and what became of it.",
            methods: vec![
                method::<NodeHeartbeat>("Heartbeat", "Say that the node is there, and how it is"),
                method::<ReportResult>("CommandResult", "Report what became of a command"),
                method::<ScopeChanged>("ScopeChanged", "Confirm that the node knows its scopes"),
            ],
            events: NodeEvent::specs(),
        },
    ]
}

/// Adds the hubs to a document: their payloads as components, and `x-hubs` with what refers to them.
pub fn describe(document: &mut OpenApi) {
    let components = document.components.get_or_insert_with(Components::new);
    let hubs: Map<String, Value> =
        all().into_iter().map(|hub| (hub.path.to_owned(), described(&hub, components))).collect();
    let extensions = Extensions::builder().add("x-hubs", Value::Object(hubs)).build();
    document.extensions.get_or_insert_with(Extensions::default).merge(extensions);
}

fn described(hub: &Hub, components: &mut Components) -> Value {
    let methods = hub.methods.iter().map(|method| {
        let mut about = json!({ "description": method.about, "argument": (method.argument)(components) });
        if let Some(result) = method.result {
            about["result"] = json!(result(components));
        }
        (method.name.to_owned(), about)
    });
    let methods: Map<String, Value> = methods.collect();
    let events = hub.events.iter().map(|event| {
        let payload = (event.payload)(components);
        (event.name.to_owned(), json!({ "description": event.about, "payload": payload }))
    });
    let events: Map<String, Value> = events.collect();
    json!({ "description": hub.about, "methods": methods, "events": events })
}
