//! How the notifications hub sends events. A connection that follows a node is sent more of it, by its topics.

use sophon_api::hubs::{
    NodeChanged, NodeCommandChanged, NodeHeard, NodePresence, NotificationEvent, SystemAnnouncement,
};
use sophon_model::{Event, NodeEvent};

/// Announcements, and what becomes of nodes.
pub(super) fn notifications(seq: u64, event: &Event) -> Option<NotificationEvent> {
    match event {
        Event::Announcement(event) => {
            let announcement = SystemAnnouncement::new((*event.announcement).clone(), seq);
            Some(NotificationEvent::SystemAnnouncement(announcement))
        }
        Event::Node(event) => Some(node(seq, event)),
        Event::Message(_)
        | Event::Task(_)
        | Event::ToolCall(_)
        | Event::Session(_)
        | Event::Marks(_)
        | Event::Approval(_)
        | Event::InfoRequest(_)
        | Event::Discussion(_) => None,
    }
}

fn node(seq: u64, event: &NodeEvent) -> NotificationEvent {
    match event {
        NodeEvent::Online { node } => NotificationEvent::NodeOnline(NodePresence::new(node, seq)),
        NodeEvent::Offline { node } => NotificationEvent::NodeOffline(NodePresence::new(node, seq)),
        NodeEvent::Removed { node } => NotificationEvent::NodeRemoved(NodePresence::new(node, seq)),
        NodeEvent::Changed { node } => {
            NotificationEvent::NodeChanged(NodeChanged::new((**node).clone(), seq))
        }
        NodeEvent::Heard { node } => NotificationEvent::NodeHeartbeat(NodeHeard::new(node, seq)),
        NodeEvent::Command { command } => {
            NotificationEvent::NodeCommand(NodeCommandChanged::new((**command).clone(), seq))
        }
    }
}
