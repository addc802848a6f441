//! How the hubs tell events: seed 000, with fields added that it leaves room for.
//!
//! Each payload bears `seq`, which `JoinSession` takes as `since`: the event's number, or that of the last one before it for
//! what is not kept (`StreamChunk`, most of `AgentStatus`), or 0 if the client is told of a session that it has not joined.

use serde::Serialize;
use signalr::Invocation;
use sophon_model::{
    AgentId, Event, SessionChange, SessionId, Task, TaskId, TaskKind, TaskStatus, ToolCallStatus,
};

use crate::payload::MessagePayload;

/// The ten events of `/hubs/chat`, and `TaskCancelled`.
pub(super) fn chat(seq: u64, event: &Event) -> Option<Invocation<'_>> {
    match event {
        Event::MessageCreated { message } => {
            Some(told("ReceiveMessage", MessagePayload::new(message, &[], Some(seq))))
        }
        Event::MessageFinished { message, tool_calls } => {
            Some(told("ReceiveMessage", MessagePayload::new(message, tool_calls, Some(seq))))
        }
        Event::TextDelta(delta) => Some(told(
            "StreamChunk",
            StreamChunk {
                task_id: delta.task_id.as_str(),
                session_id: delta.session_id.as_str(),
                message_id: delta.message_id.as_str(),
                delta: &delta.text,
                offset: delta.offset,
                is_final: delta.is_final,
                seq,
            },
        )),
        Event::MessageReset { task_id, session_id, message_id } => Some(told(
            "AgentStatus",
            AgentStatus {
                task_id: task_id.as_str(),
                session_id: session_id.as_str(),
                message_id: Some(message_id.as_str()),
                status: "resuming",
                detail: Some("The answer begins again: what was streamed of it is void."),
                seq,
            },
        )),
        Event::TaskProgress(progress) => Some(told(
            "AgentStatus",
            AgentStatus {
                task_id: progress.task_id.as_str(),
                session_id: progress.session_id.as_str(),
                message_id: None,
                status: progress.activity.as_str(),
                detail: progress.detail.as_deref(),
                seq,
            },
        )),
        Event::ToolCallStarted { call } => Some(told(
            "ToolCallStarted",
            ToolCallStarted {
                task_id: call.task_id.as_str(),
                session_id: call.session_id.as_str(),
                tool_call_id: call.id.as_str(),
                tool_name: &call.tool,
                args_hash: &call.arguments_hash,
                seq,
            },
        )),
        Event::ToolCallEnded { call } => Some(told(
            "ToolCallCompleted",
            ToolCallCompleted {
                task_id: call.task_id.as_str(),
                session_id: call.session_id.as_str(),
                tool_call_id: call.id.as_str(),
                tool_name: &call.tool,
                duration_ms: call.duration_ms(),
                ok: call.status == ToolCallStatus::Completed,
                seq,
            },
        )),
        Event::SessionChanged { session, change } => Some(told(
            "SessionUpdated",
            SessionUpdated {
                session_id: session.id.as_str(),
                title: &session.title,
                updated_at: session.updated_at.to_string(),
                status: session.status.as_str(),
                visibility: session.visibility.as_str(),
                change: *change,
                seq,
            },
        )),
        Event::MessageOpened { .. }
        | Event::ModelCallUsed { .. }
        | Event::Approval(_)
        | Event::Node(_)
        | Event::Discussion(_)
        | Event::Announced(_) => None,
        Event::TaskQueued(task)
        | Event::TaskStarted(task)
        | Event::TaskCompleted(task)
        | Event::TaskFailed(task)
        | Event::TaskCancelled(task) => Some(ledger(seq, task)),
    }
}

/// The five events of `/hubs/tasks`.
pub(super) fn tasks(seq: u64, event: &Event) -> Option<Invocation<'_>> {
    match event {
        Event::TaskQueued(task)
        | Event::TaskStarted(task)
        | Event::TaskCompleted(task)
        | Event::TaskFailed(task)
        | Event::TaskCancelled(task) => Some(ledger(seq, task)),
        _ => None,
    }
}

/// What the ledger says of a task, by its status.
fn ledger(seq: u64, task: &Task) -> Invocation<'_> {
    let target = match task.status {
        TaskStatus::Queued => "TaskQueued",
        TaskStatus::Running => "TaskStarted",
        TaskStatus::Completed => "TaskCompleted",
        TaskStatus::Failed => "TaskFailed",
        TaskStatus::Cancelled => "TaskCancelled",
    };
    let has_ended = task.status.is_final();
    told(
        target,
        TaskNews {
            task_id: task.id.as_str(),
            parent_id: task.parent_id.as_ref().map(TaskId::as_str),
            session_id: task.session_id.as_ref().map(SessionId::as_str),
            agent_id: task.agent_id.as_ref().map(AgentId::as_str),
            kind: task.kind,
            description: &task.description,
            started_at: (task.status == TaskStatus::Running)
                .then(|| task.started_at.map(|at| at.to_string()))
                .flatten(),
            duration_ms: has_ended.then(|| task.ended_at.map_or(0, |ended| task.duration_ms(ended))),
            tokens_used: (task.status == TaskStatus::Completed)
                .then(|| task.usage.as_ref().map_or(0, sophon_model::Usage::total)),
            error: task.error.as_deref(),
            cancelled_by: task.cancelled_by.as_ref().map(sophon_model::UserId::as_str),
            seq,
        },
    )
}

/// An event by its name, with its one argument.
pub(super) fn told<'a>(target: &'static str, payload: impl Serialize + Send + Sync + 'a) -> Invocation<'a> {
    Invocation::new(target).arg(payload)
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StreamChunk<'a> {
    task_id: &'a str,
    session_id: &'a str,
    message_id: &'a str,
    delta: &'a str,
    offset: usize,
    is_final: bool,
    seq: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AgentStatus<'a> {
    task_id: &'a str,
    session_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    message_id: Option<&'a str>,
    status: &'static str,
    detail: Option<&'a str>,
    seq: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ToolCallStarted<'a> {
    task_id: &'a str,
    session_id: &'a str,
    tool_call_id: &'a str,
    tool_name: &'a str,
    args_hash: &'a str,
    seq: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ToolCallCompleted<'a> {
    task_id: &'a str,
    session_id: &'a str,
    tool_call_id: &'a str,
    tool_name: &'a str,
    duration_ms: i64,
    ok: bool,
    seq: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SessionUpdated<'a> {
    session_id: &'a str,
    title: &'a str,
    updated_at: String,
    status: &'static str,
    visibility: &'static str,
    change: SessionChange,
    seq: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TaskNews<'a> {
    task_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    parent_id: Option<&'a str>,
    session_id: Option<&'a str>,
    agent_id: Option<&'a str>,
    kind: TaskKind,
    description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    started_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    duration_ms: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tokens_used: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cancelled_by: Option<&'a str>,
    seq: u64,
}
