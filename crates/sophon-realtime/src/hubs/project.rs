//! How the hubs tell events: seed 000, with fields added that it leaves room for.
//!
//! Each payload bears `seq`, which `JoinSession` takes as `since`: the event's number, or that of the last one before it for
//! what is not kept (`StreamChunk`, most of `AgentStatus`), or 0 if the client is told of a session that it has not joined.

use serde::Serialize;
use signalr::Invocation;
use sophon_model::{
    AgentId, Event, MessageEvent, SessionChange, SessionEvent, SessionId, Task, TaskEvent, TaskId, TaskKind,
    TaskProgress, TaskStatus, TextDelta, ToolCall, ToolCallEvent, ToolCallStatus,
};

use crate::payload::MessagePayload;

/// The ten events of `/hubs/chat`, and `TaskCancelled`.
pub(super) fn chat(seq: u64, event: &Event) -> Option<Invocation<'_>> {
    match event {
        Event::Message(event) => message(seq, event),
        Event::Task(TaskEvent::Progress(progress)) => {
            Some(told("AgentStatus", AgentStatus::doing(progress, seq)))
        }
        Event::Task(event) => event.ledger_row().map(|task| ledger(seq, task)),
        Event::ToolCall(event) => Some(tool_call(seq, event)),
        Event::Session(event) => Some(told("SessionUpdated", SessionUpdated::new(event, seq))),
        Event::Approval(_)
        | Event::InfoRequest(_)
        | Event::Node(_)
        | Event::Discussion(_)
        | Event::Announcement(_) => None,
    }
}

/// The five events of `/hubs/tasks`.
pub(super) fn tasks(seq: u64, event: &Event) -> Option<Invocation<'_>> {
    match event {
        Event::Task(event) => event.ledger_row().map(|task| ledger(seq, task)),
        Event::Message(_)
        | Event::ToolCall(_)
        | Event::Session(_)
        | Event::Approval(_)
        | Event::InfoRequest(_)
        | Event::Node(_)
        | Event::Discussion(_)
        | Event::Announcement(_) => None,
    }
}

fn message(seq: u64, event: &MessageEvent) -> Option<Invocation<'_>> {
    Some(match event {
        MessageEvent::Created { message } => {
            told("ReceiveMessage", MessagePayload::new(message, &[], Some(seq)))
        }
        MessageEvent::Finished { message, tool_calls } => {
            told("ReceiveMessage", MessagePayload::new(message, tool_calls, Some(seq)))
        }
        MessageEvent::Delta(delta) => told("StreamChunk", StreamChunk::new(delta, seq)),
        MessageEvent::Reset { task_id, session_id, message_id } => told(
            "AgentStatus",
            AgentStatus {
                task_id: task_id.as_str(),
                session_id: session_id.as_str(),
                message_id: Some(message_id.as_str()),
                status: "resuming",
                detail: Some("The answer begins again: what was streamed of it is void."),
                seq,
            },
        ),
        MessageEvent::Opened { .. } => return None,
    })
}

fn tool_call(seq: u64, event: &ToolCallEvent) -> Invocation<'_> {
    match event {
        ToolCallEvent::Started { call } => told("ToolCallStarted", ToolCallStarted::new(call, seq)),
        ToolCallEvent::Ended { call } => told("ToolCallCompleted", ToolCallCompleted::new(call, seq)),
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

impl<'a> StreamChunk<'a> {
    fn new(delta: &'a TextDelta, seq: u64) -> Self {
        Self {
            task_id: delta.task_id.as_str(),
            session_id: delta.session_id.as_str(),
            message_id: delta.message_id.as_str(),
            delta: &delta.text,
            offset: delta.offset,
            is_final: delta.is_final,
            seq,
        }
    }
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

impl<'a> AgentStatus<'a> {
    fn doing(progress: &'a TaskProgress, seq: u64) -> Self {
        Self {
            task_id: progress.task_id.as_str(),
            session_id: progress.session_id.as_str(),
            message_id: None,
            status: progress.activity.as_str(),
            detail: progress.detail.as_deref(),
            seq,
        }
    }
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

impl<'a> ToolCallStarted<'a> {
    fn new(call: &'a ToolCall, seq: u64) -> Self {
        Self {
            task_id: call.task_id.as_str(),
            session_id: call.session_id.as_str(),
            tool_call_id: call.id.as_str(),
            tool_name: &call.tool,
            args_hash: &call.arguments_hash,
            seq,
        }
    }
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

impl<'a> ToolCallCompleted<'a> {
    fn new(call: &'a ToolCall, seq: u64) -> Self {
        Self {
            task_id: call.task_id.as_str(),
            session_id: call.session_id.as_str(),
            tool_call_id: call.id.as_str(),
            tool_name: &call.tool,
            duration_ms: call.duration_ms(),
            ok: call.status == ToolCallStatus::Completed,
            seq,
        }
    }
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

impl<'a> SessionUpdated<'a> {
    fn new(event: &'a SessionEvent, seq: u64) -> Self {
        let session = &event.session;
        Self {
            session_id: session.id.as_str(),
            title: &session.title,
            updated_at: session.updated_at.to_string(),
            status: session.status.as_str(),
            visibility: session.visibility.as_str(),
            change: event.change,
            seq,
        }
    }
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
