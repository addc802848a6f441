//! Who is told of what.

use sophon_model::{ApprovalEvent, Event, NodeEvent, SessionId, TaskId, Topic, UserId};

/// The topics under which an event is published. `owner` is the person whose session or task it is about, if it is
/// about one.
pub fn topics_of(event: &Event, owner: &UserId) -> Vec<Topic> {
    match event {
        Event::Approval(event) => of_approvals(event),
        Event::Node(event) => of_nodes(event),
        Event::Discussion(event) => vec![Topic::Discussion(event.run_id().clone())],
        Event::Announced(announcement) => vec![Topic::Tenant(announcement.tenant_id.clone())],
        _ => of_sessions(event, owner),
    }
}

/// What happens in a session goes to the session and the owner's feed; those who watch the ledger, or one task, are
/// told of tasks; all connections of the owner are told of a session's changes.
fn of_sessions(event: &Event, owner: &UserId) -> Vec<Topic> {
    let mut topics = Vec::new();
    if let Some(session) = session_of(event) {
        topics.extend([Topic::Session(session.clone()), Topic::Feed(owner.clone())]);
    }
    if let Some(task) = task_of(event) {
        topics.push(Topic::Task(task.clone()));
    }
    match event {
        Event::TaskQueued(_)
        | Event::TaskStarted(_)
        | Event::TaskCompleted(_)
        | Event::TaskFailed(_)
        | Event::TaskCancelled(_) => topics.push(Topic::Tasks(owner.clone())),
        Event::SessionChanged { .. } => topics.push(Topic::User(owner.clone())),
        _ => {}
    }
    topics
}

/// Who is asked, and, where it is for more than one person to answer, all who may.
fn of_approvals(event: &ApprovalEvent) -> Vec<Topic> {
    match event {
        ApprovalEvent::Requested { approval } | ApprovalEvent::Resolved { approval } => vec![
            Topic::Session(approval.session_id.clone()),
            Topic::Feed(approval.user_id.clone()),
            Topic::Task(approval.task_id.clone()),
            Topic::Approvals(approval.user_id.clone()),
            Topic::TenantApprovals(approval.tenant_id.clone()),
        ],
        ApprovalEvent::InfoRequested { request } | ApprovalEvent::InfoResolved { request } => vec![
            Topic::Session(request.session_id.clone()),
            Topic::Feed(request.user_id.clone()),
            Topic::Task(request.task_id.clone()),
            Topic::Approvals(request.user_id.clone()),
        ],
    }
}

fn of_nodes(event: &NodeEvent) -> Vec<Topic> {
    let (node, tenant) = event.about();
    let mut topics = vec![Topic::Node(node.clone())];
    if !matches!(event, NodeEvent::Heard { .. } | NodeEvent::Command { .. }) {
        topics.push(Topic::Nodes(tenant.clone()));
    }
    topics
}

fn session_of(event: &Event) -> Option<&SessionId> {
    match event {
        Event::MessageCreated { message }
        | Event::MessageOpened { message }
        | Event::MessageFinished { message, .. } => Some(&message.session_id),
        Event::TextDelta(delta) => Some(&delta.session_id),
        Event::TaskProgress(progress) => Some(&progress.session_id),
        Event::ToolCallStarted { call } | Event::ToolCallEnded { call } => Some(&call.session_id),
        Event::MessageReset { session_id, .. } | Event::ModelCallUsed { session_id, .. } => Some(session_id),
        Event::TaskQueued(task)
        | Event::TaskStarted(task)
        | Event::TaskCompleted(task)
        | Event::TaskFailed(task)
        | Event::TaskCancelled(task) => task.session_id.as_ref(),
        Event::SessionChanged { session, .. } => Some(&session.id),
        Event::Approval(_) | Event::Node(_) | Event::Discussion(_) | Event::Announced(_) => None,
    }
}

fn task_of(event: &Event) -> Option<&TaskId> {
    match event {
        Event::TaskQueued(task)
        | Event::TaskStarted(task)
        | Event::TaskCompleted(task)
        | Event::TaskFailed(task)
        | Event::TaskCancelled(task) => Some(&task.id),
        Event::TaskProgress(progress) => Some(&progress.task_id),
        Event::ToolCallStarted { call } | Event::ToolCallEnded { call } => Some(&call.task_id),
        _ => None,
    }
}
