//! How the hubs tell events: seed 000, in the words of `sophon_api::hubs`.

use signalr::Invocation;
use sophon_api::hubs::{
    AgentStatus, ChatEvent, HubEvent, ReceiveMessage, SessionUpdated, StreamChunk, TaskEvent,
    ToolCallCompleted, ToolCallStarted,
};
use sophon_model::{Activity, Event, TaskProgress, TextDelta};

/// What is told of a message that begins again.
const VOID: &str = "The answer begins again: what was streamed of it is void.";

/// The ten events of `/hubs/chat`, and `TaskCancelled`.
pub(super) fn chat(seq: u64, event: &Event) -> Option<ChatEvent> {
    Some(match event {
        Event::MessageCreated { message, .. } => {
            ChatEvent::ReceiveMessage(ReceiveMessage::new((**message).clone(), Vec::new(), Some(seq)))
        }
        Event::MessageFinished { message, tool_calls } => {
            let received = ReceiveMessage::new((**message).clone(), tool_calls.clone(), Some(seq));
            ChatEvent::ReceiveMessage(received)
        }
        Event::TextDelta(delta) => ChatEvent::StreamChunk(chunk(delta, seq)),
        Event::MessageReset { task_id, session_id, message_id } => ChatEvent::AgentStatus(AgentStatus {
            task_id: task_id.clone(),
            session_id: session_id.clone(),
            message_id: Some(message_id.clone()),
            status: Activity::Resuming,
            detail: Some(VOID.to_owned()),
            seq,
        }),
        Event::TaskProgress(progress) => ChatEvent::AgentStatus(status(progress, seq)),
        Event::ToolCallStarted { call } => ChatEvent::ToolCallStarted(ToolCallStarted::new(call, seq)),
        Event::ToolCallEnded { call } => ChatEvent::ToolCallCompleted(ToolCallCompleted::new(call, seq)),
        Event::SessionChanged { session, change } => {
            ChatEvent::SessionUpdated(SessionUpdated::new(session, *change, seq))
        }
        Event::TaskQueued(_)
        | Event::TaskStarted(_)
        | Event::TaskCompleted(_)
        | Event::TaskFailed(_)
        | Event::TaskCancelled(_) => return tasks(seq, event).map(ChatEvent::from),
        Event::MessageOpened { .. }
        | Event::ModelCallUsed { .. }
        | Event::Typing { .. }
        | Event::Approval(_)
        | Event::Node(_)
        | Event::Discussion(_)
        | Event::Announced(_) => return None,
    })
}

/// The five events of `/hubs/tasks`.
pub(super) fn tasks(seq: u64, event: &Event) -> Option<TaskEvent> {
    match event {
        Event::TaskQueued(task)
        | Event::TaskStarted(task)
        | Event::TaskCompleted(task)
        | Event::TaskFailed(task)
        | Event::TaskCancelled(task) => Some(TaskEvent::of(task, seq)),
        _ => None,
    }
}

fn chunk(delta: &TextDelta, seq: u64) -> StreamChunk {
    StreamChunk {
        task_id: delta.task_id.clone(),
        session_id: delta.session_id.clone(),
        message_id: delta.message_id.clone(),
        delta: delta.text.clone(),
        is_final: delta.is_final,
        seq,
    }
}

fn status(progress: &TaskProgress, seq: u64) -> AgentStatus {
    AgentStatus {
        task_id: progress.task_id.clone(),
        session_id: progress.session_id.clone(),
        message_id: None,
        status: progress.activity,
        detail: progress.detail.clone(),
        seq,
    }
}

/// An event under its name, with its payload.
pub(super) fn told<'a>(event: impl HubEvent + Send + Sync + 'a) -> Invocation<'a> {
    Invocation::new(event.name()).arg(event)
}
