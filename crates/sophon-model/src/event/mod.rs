//! What happens, as the wires send it. Built in the core, in the transaction of the state that it describes.
//!
//! One file a subject: what can happen, whom it concerns ([`Audience`]), and whether it is durable, that is stored with
//! the state that it tells of. What is not durable is for those who are there.

mod announcements;
mod approvals;
mod audience;
mod discussions;
mod info_requests;
mod marks;
mod messages;
mod nodes;
mod sessions;
mod tasks;
mod tool_calls;
mod topic;

pub use announcements::AnnouncementEvent;
pub use approvals::ApprovalEvent;
pub use audience::Audience;
pub use discussions::DiscussionEvent;
pub use info_requests::InfoRequestEvent;
pub use marks::MarksEvent;
pub use messages::{MessageEvent, TextDelta};
pub use nodes::NodeEvent;
pub use sessions::{SessionChange, SessionEvent};
pub use tasks::{Activity, ModelUse, TaskEvent, TaskProgress};
pub use tool_calls::ToolCallEvent;
pub use topic::Topic;

use serde::{Deserialize, Serialize};

use crate::SessionId;

/// The version of the encoding under which events are stored. One more whenever a change of an event, or of an entity
/// in it, keeps what was stored before from being read: then those who come back are told to read anew.
pub const EVENT_VERSION: i64 = 2;

/// What happened. One variant a subject.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// To a message.
    Message(MessageEvent),
    /// To a task.
    Task(TaskEvent),
    /// To a tool call.
    ToolCall(ToolCallEvent),
    /// To a session.
    Session(SessionEvent),
    /// To what a user keeps about a session.
    Marks(MarksEvent),
    /// To an approval.
    Approval(ApprovalEvent),
    /// To an agent's question.
    InfoRequest(InfoRequestEvent),
    /// To a node.
    Node(NodeEvent),
    /// In a discussion.
    Discussion(DiscussionEvent),
    /// An announcement.
    Announcement(AnnouncementEvent),
}

impl Event {
    /// The audience.
    pub fn audience(&self) -> Vec<Audience<'_>> {
        match self {
            Event::Message(event) => event.audience(),
            Event::Task(event) => event.audience(),
            Event::ToolCall(event) => event.audience(),
            Event::Session(event) => event.audience(),
            Event::Marks(event) => event.audience(),
            Event::Approval(event) => event.audience(),
            Event::InfoRequest(event) => event.audience(),
            Event::Node(event) => event.audience(),
            Event::Discussion(event) => event.audience(),
            Event::Announcement(event) => event.audience(),
        }
    }

    /// The session whose members it concerns.
    pub fn session(&self) -> Option<&SessionId> {
        self.audience().into_iter().find_map(|audience| match audience {
            Audience::Members(session) => Some(session),
            _ => None,
        })
    }

    /// Whether it is stored with the state that it describes. The others are for those who are there.
    pub fn is_durable(&self) -> bool {
        match self {
            Event::Message(event) => event.is_durable(),
            Event::Task(event) => event.is_durable(),
            Event::Node(event) => event.is_durable(),
            Event::ToolCall(_)
            | Event::Session(_)
            | Event::Marks(_)
            | Event::Approval(_)
            | Event::InfoRequest(_)
            | Event::Discussion(_)
            | Event::Announcement(_) => true,
        }
    }
}

macro_rules! subjects {
    ($($subject:ident($event:ident),)*) => {
        $(impl From<$event> for Event {
            fn from(event: $event) -> Self {
                Event::$subject(event)
            }
        })*
    };
}

subjects! {
    Message(MessageEvent),
    Task(TaskEvent),
    ToolCall(ToolCallEvent),
    Session(SessionEvent),
    Marks(MarksEvent),
    Approval(ApprovalEvent),
    InfoRequest(InfoRequestEvent),
    Node(NodeEvent),
    Discussion(DiscussionEvent),
    Announcement(AnnouncementEvent),
}
