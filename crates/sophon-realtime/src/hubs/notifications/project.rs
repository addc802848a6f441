//! How the notifications hub tells events. Who follows a node closely is told more of it, by the topics it follows.

use serde::Serialize;
use serde_json::Value;
use signalr::Invocation;
use sophon_model::{
    Announcement, Event, Node, NodeCommand, NodeCommandStatus, NodeEvent, NodeScope, NodeStatus, Severity,
    TaskId, UserId,
};

use super::super::project::told;

/// Announcements, and what becomes of nodes.
pub(super) fn notifications(seq: u64, event: &Event) -> Option<Invocation<'_>> {
    match event {
        Event::Announcement(event) => {
            Some(told("SystemAnnouncement", SystemAnnouncement::new(&event.announcement, seq)))
        }
        Event::Node(event) => Some(match event {
            NodeEvent::Online { node } => told("NodeOnline", NodeNews::new(node, seq)),
            NodeEvent::Offline { node } => told("NodeOffline", NodeNews::new(node, seq)),
            NodeEvent::Removed { node } => told("NodeRemoved", NodeNews::new(node, seq)),
            NodeEvent::Changed { node } => told("NodeChanged", WholeNode::new(node, seq)),
            NodeEvent::Heard { node } => told("NodeHeartbeat", NodeHeartbeat::new(node, seq)),
            NodeEvent::Command { command } => told("NodeCommand", WholeCommand::new(command, seq)),
        }),
        Event::Message(_)
        | Event::Task(_)
        | Event::ToolCall(_)
        | Event::Session(_)
        | Event::Approval(_)
        | Event::InfoRequest(_)
        | Event::Discussion(_) => None,
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SystemAnnouncement<'a> {
    id: &'a str,
    title: &'a str,
    body: &'a str,
    severity: Severity,
    created_by: &'a str,
    created_at: String,
    seq: u64,
}

impl<'a> SystemAnnouncement<'a> {
    fn new(announcement: &'a Announcement, seq: u64) -> Self {
        Self {
            id: announcement.id.as_str(),
            title: &announcement.title,
            body: &announcement.body,
            severity: announcement.severity,
            created_by: announcement.created_by.as_str(),
            created_at: announcement.created_at.to_string(),
            seq,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeNews<'a> {
    node_id: &'a str,
    name: &'a str,
    platform: &'a str,
    status: NodeStatus,
    last_seen_at: Option<String>,
    seq: u64,
}

impl<'a> NodeNews<'a> {
    fn new(node: &'a Node, seq: u64) -> Self {
        Self {
            node_id: node.id.as_str(),
            name: &node.name,
            platform: &node.platform,
            status: node.status,
            last_seen_at: node.last_seen_at.map(|at| at.to_string()),
            seq,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NodeHeartbeat<'a> {
    node_id: &'a str,
    last_seen_at: Option<String>,
    uptime: Option<i64>,
    cpu_percent: Option<i64>,
    memory_mb: Option<i64>,
    seq: u64,
}

impl<'a> NodeHeartbeat<'a> {
    fn new(node: &'a Node, seq: u64) -> Self {
        Self {
            node_id: node.id.as_str(),
            last_seen_at: node.last_seen_at.map(|at| at.to_string()),
            uptime: node.uptime_seconds,
            cpu_percent: node.cpu_percent,
            memory_mb: node.memory_mb,
            seq,
        }
    }
}

/// The same shape as REST's.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WholeNode<'a> {
    id: &'a str,
    name: &'a str,
    display_name: &'a str,
    platform: &'a str,
    status: NodeStatus,
    online: bool,
    scopes: &'a [NodeScope],
    pairing_code: Option<&'a str>,
    registered_by: &'a str,
    decided_by: Option<&'a str>,
    version: Option<&'a str>,
    last_seen_at: Option<String>,
    uptime: Option<i64>,
    cpu_percent: Option<i64>,
    memory_mb: Option<i64>,
    created_at: String,
    updated_at: String,
    seq: u64,
}

impl<'a> WholeNode<'a> {
    fn new(node: &'a Node, seq: u64) -> Self {
        let is_paired = node.status == NodeStatus::Paired;
        Self {
            id: node.id.as_str(),
            name: &node.name,
            display_name: &node.name,
            platform: &node.platform,
            status: node.status,
            online: node.is_online,
            scopes: &node.scopes,
            pairing_code: (!is_paired).then_some(&node.pairing_code),
            registered_by: node.registered_by.as_str(),
            decided_by: node.decided_by.as_ref().map(UserId::as_str),
            version: node.version.as_deref(),
            last_seen_at: node.last_seen_at.map(|at| at.to_string()),
            uptime: node.uptime_seconds,
            cpu_percent: node.cpu_percent,
            memory_mb: node.memory_mb,
            created_at: node.created_at.to_string(),
            updated_at: node.updated_at.to_string(),
            seq,
        }
    }
}

/// The same shape as REST's.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct WholeCommand<'a> {
    command_id: &'a str,
    node_id: &'a str,
    command: &'a str,
    params: &'a Value,
    status: NodeCommandStatus,
    ok: Option<bool>,
    result: Option<&'a Value>,
    error: Option<NodeError<'a>>,
    requested_by: &'a str,
    task_id: Option<&'a str>,
    created_at: String,
    expires_at: String,
    dispatched_at: Option<String>,
    ended_at: Option<String>,
    seq: u64,
}

#[derive(Serialize)]
struct NodeError<'a> {
    code: &'a str,
    message: &'a str,
}

impl<'a> WholeCommand<'a> {
    fn new(command: &'a NodeCommand, seq: u64) -> Self {
        let message = command.error_message.as_deref().unwrap_or_default();
        Self {
            command_id: command.id.as_str(),
            node_id: command.node_id.as_str(),
            command: &command.command,
            params: &command.params,
            status: command.status,
            ok: command.status.was_done(),
            result: command.result.as_ref(),
            error: command.error_code.as_deref().map(|code| NodeError { code, message }),
            requested_by: command.requested_by.as_str(),
            task_id: command.task_id.as_ref().map(TaskId::as_str),
            created_at: command.created_at.to_string(),
            expires_at: command.expires_at.to_string(),
            dispatched_at: command.dispatched_at.map(|at| at.to_string()),
            ended_at: command.ended_at.map(|at| at.to_string()),
            seq,
        }
    }
}
